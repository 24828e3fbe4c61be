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
        indexes = [
            models.Index(fields=["client_id", "booked_at", "id"], name="payments_payment_latest"),
            models.Index(fields=["fact_id"], name="payments_payment_fact"),
        ]


class Reversal(models.Model):
    """A payment that was taken back, once and whole: by file or by page. What it takes back stands in the ledger."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="+")
    account_id = models.BigIntegerField(db_index=True)
    client_id = models.BigIntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    value_date = models.DateField()
    booked_at = models.DateTimeField()
    reference = models.CharField(max_length=120)
    cause = models.CharField(max_length=40, help_text="out of the closed list in types.py")
    source = models.CharField(max_length=20, help_text="payments or page")
    import_id = models.BigIntegerField(null=True)
    recorded_by = models.CharField(max_length=80)
    followed = models.CharField(max_length=40, null=True, help_text="what became of the case; null while it is found")
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "reference"], name="payments_reversal_reference_once")
        ]


class FailedDebit(models.Model):
    """A direct debit that the customer's bank did not honour: nothing came, so it is no payment."""

    account_id = models.BigIntegerField(db_index=True)
    client_id = models.BigIntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    tried_date = models.DateField()
    booked_at = models.DateTimeField()
    reference = models.CharField(max_length=120)
    cause = models.CharField(max_length=40, help_text="out of the closed list in types.py")
    source = models.CharField(max_length=20, help_text="payments or page")
    import_id = models.BigIntegerField(null=True)
    recorded_by = models.CharField(max_length=80)
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "reference"], name="payments_failed_debit_reference_once")
        ]
