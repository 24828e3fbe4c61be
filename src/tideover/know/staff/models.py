from django.contrib.postgres.fields import ArrayField
from django.db import models


class Team(models.Model):
    """Collectors who work together under a leader."""

    code = models.SlugField(max_length=40, unique=True)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)


class ClientGrant(models.Model):
    """A team may work for a client, and see its customers."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    client_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "client_id"], name="staff_grant_once")]


class Membership(models.Model):
    """A user in a team, with what the assignment must know of a collector."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    user_id = models.BigIntegerField(unique=True)
    languages = ArrayField(models.CharField(max_length=10))
    work_items_per_day_max = models.SmallIntegerField(help_text="ceiling of work items in a day")
    cases_max = models.IntegerField(help_text="ceiling of open cases owned")
    takes_new_cases = models.BooleanField(default=True)
    left_date = models.DateField(null=True, help_text="the first day on which they no longer work here; null: they do")


class Certificate(models.Model):
    """Leave to work a stage. Issued by an operation; it gates the work at every dial."""

    user_id = models.BigIntegerField()
    skill = models.CharField(max_length=60, help_text="the skill that a stage of the ladder asks for")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    issued_by = models.CharField(max_length=80)
    revoked_at = models.DateTimeField(null=True)
    fact_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["user_id", "skill"], name="staff_certificate_user")]


class WorkingDays(models.Model):
    """On which days of the week a user works, from a date on (排班). Without a row they work every day."""

    user_id = models.BigIntegerField()
    weekdays = ArrayField(models.SmallIntegerField(), help_text="1 is Monday, 7 is Sunday")
    from_date = models.DateField()
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "from_date"], name="staff_working_days_once")]


class Leave(models.Model):
    """Days on which a user is not there (请假), half-open, with the cause. Taken back, never deleted."""

    user_id = models.BigIntegerField(db_index=True)
    from_date = models.DateField()
    until_date = models.DateField()
    cause = models.CharField(max_length=40)
    placed_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, null=True)
    withdrawn_cause = models.CharField(max_length=40, null=True)
    fact_id = models.BigIntegerField()
