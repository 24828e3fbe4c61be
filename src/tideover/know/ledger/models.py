from django.db import models


class StatedBalance(models.Model):
    """What the client states was owed at the end of a cut-off date, a row a component. Append-only."""

    account_id = models.BigIntegerField()
    cut_off_date = models.DateField()
    component = models.CharField(
        max_length=40, help_text="principal, interest, penalty-interest, fee:<name>, as-stated"
    )
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    cut_off_at = models.DateTimeField(help_text="the instant at which the cut-off date ended at the client")
    import_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "cut_off_date", "component"], name="ledger_stated_once")
        ]


class Posting(models.Model):
    """One movement of what is owed. A payment is negative, a reversal positive. Append-only.

    Owed at an instant is the latest balance stated before it, plus the postings booked after that cut-off.
    """

    account_id = models.BigIntegerField()
    component = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=20, help_text="payment or reversal")
    source = models.CharField(max_length=20, help_text="payments, page, or history: paid before we knew the account")
    value_date = models.DateField()
    value_date_basis = models.CharField(max_length=10, help_text="day, or month where the source tells no day")
    booked_at = models.DateTimeField()
    reference = models.CharField(max_length=120)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    fact_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["account_id", "booked_at"], name="ledger_posting_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "source", "reference", "component", "kind"], name="ledger_posting_once"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=models.Q(reverses__isnull=False), name="ledger_reversed_once"
            ),
        ]
