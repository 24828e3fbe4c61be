from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string


class PolicyConfig(AppConfig):
    name = "tideover.core.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the door that the settings name hand over the rooms' kinds of policy."""
        import_string(settings.POLICY_KINDS)()
