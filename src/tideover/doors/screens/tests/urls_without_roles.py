"""An address whose view forgot to state its roles."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tideover.doors.screens import errors, sign_in


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


urlpatterns = [
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("language", sign_in.sign_out, name="language"),
    path("forgotten", forgotten),
]
handler403 = errors.forbidden
