from django.db import models


class WorkItem(models.Model):
    """What a collector does on a case on a day (待办). Written when the day is filed; nobody deletes work."""

    day = models.DateField()
    client_id = models.BigIntegerField()
    team_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField()
    collector_id = models.BigIntegerField(null=True, help_text="null: uncovered, nobody may or can take it")
    cover_for_id = models.BigIntegerField(null=True, help_text="the owner, who is away: it is covered for the day")
    assigned_cause = models.CharField(max_length=40, null=True, help_text="kept, or why the case changed hands")
    uncovered_cause = models.CharField(max_length=40, null=True)
    position = models.IntegerField(null=True, help_text="order within the collector's day")
    order_reason = models.CharField(max_length=20, help_text="what put it at its place in the day")
    lead_account_id = models.BigIntegerField()
    stage = models.CharField(max_length=40)
    step = models.CharField(max_length=60)
    action = models.CharField(max_length=20, help_text="contact or review; find-contact-point until 0.1.0")
    channel = models.CharField(max_length=20, null=True)
    skill = models.CharField(max_length=60)
    strategy_id = models.CharField(max_length=120)
    strategy_version = models.CharField(max_length=64)
    due_at = models.DateTimeField(null=True, help_text="a call-back's time; else within the day")
    owed_amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    done_at = models.DateTimeField(null=True)
    done_cause = models.CharField(max_length=40, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "case_id"], name="assignment_once")]
        indexes = [models.Index(fields=["collector_id", "day", "position"], name="assignment_list")]


class Unreachable(models.Model):
    """A case that nobody can reach: no contact point is known, so the lender is asked (缺联系方式)."""

    client_id = models.BigIntegerField(db_index=True)
    case_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    since_date = models.DateField()
    until_date = models.DateField(null=True, help_text="the day on which it was no longer so")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_id"], condition=models.Q(until_date=None), name="assignment_unreachable_once"
            )
        ]


class Reassignment(models.Model):
    """A leader gave cases to other collectors, with a cause (转单). Undone by a reversal, never deleted."""

    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=80)
    cause = models.CharField(max_length=40)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, null=True)
    once_key = models.CharField(max_length=64, unique=True, help_text="the same form sent twice is one reassignment")
    fact_id = models.BigIntegerField()


class ReassignedCase(models.Model):
    """One case of a reassignment: whose it was, whose it is; what kept it back from an undo."""

    reassignment = models.ForeignKey(Reassignment, on_delete=models.CASCADE, related_name="+")
    case_id = models.BigIntegerField(db_index=True)
    from_id = models.BigIntegerField(null=True)
    to_id = models.BigIntegerField()
    undo_refused = models.CharField(max_length=40, null=True)
