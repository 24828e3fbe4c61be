from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tideover.know.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
