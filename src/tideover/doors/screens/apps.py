from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "tideover.doors.screens"
    label = "screens"
