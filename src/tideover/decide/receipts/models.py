from django.db import models


class DecisionDay(models.Model):
    """The receipt of a client's day: what was looked at, under which policies, and what was decided."""

    client_id = models.BigIntegerField()
    day = models.DateField()
    account_day_digest = models.CharField(max_length=64)
    collector_day_digest = models.CharField(max_length=64)
    decision_day_digest = models.CharField(max_length=64)
    policy_versions = models.JSONField(help_text="kind and id of every policy that decided: its version")
    ends_at = models.DateTimeField(help_text="when the day ends at the client: a parameter of the decision")
    pool = models.JSONField(
        default=list, help_text="the other clients that were assigned with it: what each of them was decided on"
    )
    rows = models.BigIntegerField()
    summary = models.JSONField()
    filed_at = models.DateTimeField()
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "day"], name="receipts_day_once")]
