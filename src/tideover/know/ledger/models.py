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


class ProductTerms(models.Model):
    """What a product's policy says of money, kept so that sets may be reckoned by it. Append-only.

    On a day the terms count that took effect last; before the first took effect, none do.
    """

    product = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    minor_digits = models.IntegerField(help_text="how many digits the currency has after the point")
    effective_from = models.DateField()
    policy_version = models.CharField(max_length=64)
    tail_amount = models.DecimalField(
        max_digits=18, decimal_places=4, help_text="a remainder up to this counts as paid"
    )
    check_amount = models.DecimalField(
        max_digits=18, decimal_places=4, help_text="a difference from the lender up to this is no break"
    )
    penalty_multiple = models.DecimalField(
        max_digits=9, decimal_places=6, null=True, help_text="of the contract's rate; null: no penalty interest"
    )
    penalty_days_of_year = models.IntegerField(null=True)
    penalty_year_rate_max = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    late_fee_amount = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, help_text="once for an instalment left late; null: none"
    )
    late_fee_after_days = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "currency", "policy_version", "effective_from"], name="ledger_terms_once"
            )
        ]
