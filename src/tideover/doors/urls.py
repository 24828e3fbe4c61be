"""Every address of the desk. A view without a stated role answers nobody (screens.middleware)."""

from __future__ import annotations

from django.urls import include, path

from tideover.doors.screens import demo, errors, home, language, sign_in, styleguide

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("language", language.switch, name="language"),
    path("demo/next-day", demo.next_day, name="demo-next-day"),
    path("demo/time", demo.set_time, name="demo-time"),
    path("demo/progress", demo.progress, name="demo-progress"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
    path("", include("tideover.doors.desk.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
