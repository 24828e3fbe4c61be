"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from tideover.doors.desk.ladder import view as ladder

urlpatterns = [
    path("ladder", ladder.ladder, name="ladder"),
]
