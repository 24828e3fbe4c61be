from django.apps import AppConfig


class ArrangementsConfig(AppConfig):
    name = "tideover.act.arrangements"
    label = "arrangements"
    default_auto_field = "django.db.models.BigAutoField"
