from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "tideover.rehearsal"
    label = "rehearsal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The simulated line stands beside the manual one; only a rehearsal dials on it."""
        from tideover.act.contact import lines
        from tideover.rehearsal.simulated_line import LINE

        lines.register("simulated", LINE)
