from django.contrib.postgres.fields import ArrayField
from django.db import models


class Case(models.Model):
    """One borrower, one client, one mandate: all their accounts there, worked together by one collector (案件)."""

    customer_id = models.BigIntegerField(db_index=True)
    person_id = models.BigIntegerField(db_index=True)
    client_id = models.BigIntegerField()
    mandate = models.CharField(max_length=20)
    collector_id = models.BigIntegerField(null=True, db_index=True, help_text="user; null until first assigned")
    opened_date = models.DateField()
    closed_date = models.DateField(null=True)
    close_cause = models.CharField(max_length=40, null=True, help_text="cured, paid, handed-back")
    call_back_at = models.DateTimeField(null=True, help_text="when the customer asked to be called")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer_id", "client_id", "mandate"],
                condition=models.Q(closed_date=None),
                name="cases_one_open",
            )
        ]


class CaseAccount(models.Model):
    """An account within a case, and the rung of the ladder on which it stands."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    account_id = models.BigIntegerField(db_index=True)
    stage = models.CharField(max_length=40)
    stage_since_date = models.DateField()
    stage_deadline_date = models.DateField(null=True)
    stage_attempts_count = models.IntegerField(default=0)
    stage_contacts_count = models.IntegerField(default=0, help_text="attempts in which any person was reached")
    stage_right_party_count = models.IntegerField(default=0, help_text="right-party contacts")
    late_since_date = models.DateField(null=True, help_text="the day on which the stage's deadline was found missed")
    promise_due_date = models.DateField(null=True, help_text="an open promise, told by arrangements: the stage waits")
    broken_promises_count = models.IntegerField(default=0, help_text="since the last review; told by arrangements")
    paused_on_date = models.DateField(null=True, help_text="the last day that did not count: held, or promised")
    stage_paused_days_count = models.IntegerField(default=0)
    joined_date = models.DateField()
    left_date = models.DateField(null=True)
    left_cause = models.CharField(max_length=40, null=True, help_text="cured, paid, handed-back")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], condition=models.Q(left_date=None), name="cases_account_once"
            )
        ]
        indexes = [models.Index(fields=["stage"], condition=models.Q(left_date=None), name="cases_account_stage")]


class StageMove(models.Model):
    """A step on the ladder, with its cause. Append-only. ``skipped`` names minimum work that was not done."""

    case_account = models.ForeignKey(CaseAccount, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    stage_from = models.CharField(max_length=40, null=True)
    stage_to = models.CharField(max_length=40)
    cause = models.CharField(max_length=60)
    was_late = models.BooleanField(default=False)
    was_skipped = models.BooleanField(default=False)


class Tenure(models.Model):
    """Who owned a case from when to when, and why it changed. Append-only but for its end."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    collector_id = models.BigIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(until_at=None), name="cases_one_tenure")
        ]


class Hold(models.Model):
    """Contact is stopped within a scope, for a reason, until a date (暂停). It strips only its scope."""

    scope = models.CharField(max_length=10, help_text="part, account, case or person")
    person_id = models.BigIntegerField(db_index=True)
    customer_id = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="+")
    account_id = models.BigIntegerField(null=True)
    part_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    reason = models.CharField(max_length=30, help_text="dispute, hardship, complaint or payment-claimed")
    subject = models.CharField(max_length=30, null=True, help_text="what a complaint is about")
    against_user_id = models.BigIntegerField(
        null=True, help_text="the person complained of: they alone are kept from the case"
    )
    purposes = ArrayField(models.CharField(max_length=20), help_text="purposes of contact that it binds")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=80, null=True)
    lift_cause = models.CharField(max_length=60, null=True)
    expiry_noted_at = models.DateTimeField(null=True, help_text="when its end was written to the journal")
    escalated_at = models.DateTimeField(
        null=True, help_text="a complaint that nobody had decided when its time was over"
    )
    decided_at = models.DateTimeField(null=True, help_text="a complaint's decision")
    decided_by = models.CharField(max_length=80, null=True)
    decision = models.CharField(max_length=60, null=True)
    fact_id = models.BigIntegerField()


class Review(models.Model):
    """A leader looked at the case before its final notice. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    account_id = models.BigIntegerField()
    stage = models.CharField(max_length=40)
    decision = models.CharField(max_length=30, help_text="go-on, or stay")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    fact_id = models.BigIntegerField()


class DayAccount(models.Model):
    """What one refresh found of each account that is workable or in a case: filled anew by each, so that all its
    steps see one truth."""

    account_id = models.BigIntegerField(primary_key=True)
    client_id = models.BigIntegerField(db_index=True)
    customer_id = models.BigIntegerField(db_index=True, help_text="the borrower")
    mandate = models.CharField(max_length=20, null=True)
    product = models.CharField(max_length=40)
    dpd = models.IntegerField()
    owed_amount = models.DecimalField(max_digits=18, decimal_places=4)
    is_workable = models.BooleanField()
    is_settled = models.BooleanField(help_text="nothing is left to ask for, now or later, beyond the product's tail")
    ended_cause = models.CharField(max_length=20, null=True, help_text="why it is no longer placed")


class DayChange(models.Model):
    """What one refresh changed, until its facts are written; empty outside the operation."""

    client_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=30)
    customer_id = models.BigIntegerField()
    case_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    body = models.JSONField()


class Assist(models.Model):
    """A second collector works a case for a time (协催); the owner stays. Ended early, never deleted."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    collector_id = models.BigIntegerField(db_index=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    cause = models.CharField(max_length=40)
    placed_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, null=True)
    fact_id = models.BigIntegerField()


class Retention(models.Model):
    """A request to go on with an account beyond its batch's end (留案), and the leader's decision."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    account_id = models.BigIntegerField()
    batch_id = models.BigIntegerField(db_index=True)
    until_date = models.DateField(help_text="the first day on which it is no longer kept")
    cause = models.CharField(max_length=40)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=80)
    decision = models.CharField(max_length=10, null=True, help_text="approved, refused; null: open")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, null=True)
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "batch_id"],
                condition=models.Q(decision=None),
                name="cases_one_open_retention",
            )
        ]
