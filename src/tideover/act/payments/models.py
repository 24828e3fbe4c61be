from django.db import models


class Payment(models.Model):
    """Money that came in for an account, by file or by page; how it was used is in the ledger."""

    account_id = models.BigIntegerField(db_index=True)
    client_id = models.BigIntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    value_date = models.DateField()
    booked_at = models.DateTimeField()
    reference = models.CharField(max_length=120)
    source = models.CharField(max_length=20, help_text="payments or page")
    import_id = models.BigIntegerField(null=True)
    recorded_by = models.CharField(max_length=80)
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "reference"], name="payments_reference_once")]
