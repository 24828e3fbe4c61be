from django.db import models


class PolicyActivation(models.Model):
    """One version of one policy file, from when it holds here. Old decisions replay with the text kept."""

    kind = models.TextField()
    policy_id = models.TextField()
    version = models.CharField(max_length=64, help_text="SHA-256 of the file's bytes")
    layer = models.TextField()
    text = models.TextField()
    activated_at = models.DateTimeField()
    fact_id = models.BigIntegerField(help_text="the journal's fact that activated it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy_id", "version"], name="policy_activation_once"),
        ]
