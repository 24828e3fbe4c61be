from django.db import models


class Batch(models.Model):
    """One hand-over by one client (批次), with its terms."""

    client_id = models.BigIntegerField()
    number = models.CharField(max_length=60)
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    mandate = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "number"], name="portfolio_batch_number")]


class Account(models.Model):
    """One credit agreement under one client, in one currency."""

    client_id = models.BigIntegerField()
    number = models.CharField(max_length=80)
    product = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    credit_limit_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    opened_date = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "number"], name="portfolio_account_number")]


class Party(models.Model):
    """A customer's role on an account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    customer_id = models.BigIntegerField(db_index=True)
    role = models.CharField(max_length=20, help_text="borrower, co-borrower or guarantor")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "customer_id", "role"], name="portfolio_party_once"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(role="borrower"), name="portfolio_one_borrower"
            ),
        ]


class Placement(models.Model):
    """One account in one batch, with the amount placed (委案)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    placed_amount = models.DecimalField(max_digits=18, decimal_places=4)
    placed_date = models.DateField()
    ended_date = models.DateField(null=True)
    import_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "batch"], name="portfolio_placement_once")]


class Standing(models.Model):
    """How late the client says an account was at a cut-off. Append-only; the latest cut-off counts."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    cut_off_date = models.DateField()
    dpd = models.IntegerField(help_text="days past due at cut-off; 0: not late")
    dpd_basis = models.CharField(
        max_length=20, help_text="stated, or read-from-code when the source only gives a class"
    )
    next_due_date = models.DateField(null=True)
    next_due_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    import_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "cut_off_date"], name="portfolio_standing_once")]
