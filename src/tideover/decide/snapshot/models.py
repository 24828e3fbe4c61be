from django.db import models


class Snapshot(models.Model):
    """What a day's decision may look at, kept by its digest: account_day or collector_day in Parquet."""

    client_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=20, help_text="account-day or collector-day")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the Parquet file: its name in the store")
    rows = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "day", "kind"], name="snapshot_once")]
