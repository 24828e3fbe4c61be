from django.db import models


class Batch(models.Model):
    """One hand-over by one client (批次), with its terms."""

    client_id = models.BigIntegerField()
    number = models.CharField(max_length=60)
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    mandate = models.CharField(max_length=20)
    target_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, null=True, help_text="of the target")
    commission_share = models.DecimalField(
        max_digits=7, decimal_places=6, null=True, help_text="of what is recovered, from 0 to 1"
    )
    retain_share_max = models.DecimalField(
        max_digits=7, decimal_places=6, null=True, help_text="of its accounts, that may be kept longer; null: none"
    )
    ended_date = models.DateField(null=True, help_text="the first day on which it is over")

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
    annual_rate = models.DecimalField(
        max_digits=9, decimal_places=6, null=True, help_text="the contract's rate of interest a year; 0.12: 12 %"
    )

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
    ended_date = models.DateField(null=True, help_text="the first day on which it is no longer placed")
    ended_cause = models.CharField(max_length=20, null=True, help_text="recalled, batch-ended or handed-back")
    ended_import_id = models.BigIntegerField(null=True, help_text="the file that recalled it")
    retained_until_date = models.DateField(null=True, help_text="kept beyond the batch's end, up to this day")
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


class Absence(models.Model):
    """An account that a full file ought to have named and did not: gone, unexplained, until a file names it again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    import_id = models.BigIntegerField()
    cut_off_date = models.DateField()
    returned_import_id = models.BigIntegerField(null=True, help_text="the file that named it again")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(returned_import_id=None), name="portfolio_absent_once"
            )
        ]


class Instalment(models.Model):
    """One instalment of an account's schedule: what falls due, and when. Append-only."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.IntegerField()
    due_date = models.DateField()
    principal_amount = models.DecimalField(max_digits=18, decimal_places=4)
    interest_amount = models.DecimalField(max_digits=18, decimal_places=4)
    fee_amount = models.DecimalField(max_digits=18, decimal_places=4)
    import_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="portfolio_instalment_number")]


class InstalmentStanding(models.Model):
    """What the client says was paid on an instalment by a cut-off. Append-only, a row only where it changed."""

    instalment = models.ForeignKey(Instalment, on_delete=models.CASCADE, related_name="+", db_index=False)
    cut_off_date = models.DateField()
    paid_amount = models.DecimalField(max_digits=18, decimal_places=4)
    paid_date = models.DateField(null=True, help_text="the day on which it was paid in full, where the client says it")
    import_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instalment", "cut_off_date"], name="portfolio_instalment_standing_once")
        ]


class InstalmentCutOff(models.Model):
    """That a file told how an account's instalments stood at a cut-off, changed or not. Append-only."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    cut_off_date = models.DateField()
    import_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "cut_off_date"], name="portfolio_instalment_cut_off_once")
        ]
