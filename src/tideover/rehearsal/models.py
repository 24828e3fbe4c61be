from django.contrib.postgres.fields import ArrayField
from django.db import models


class Demo(models.Model):
    """That this installation is a demo, and how far its rehearsal has come. One row, id 1; none in production."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    client_code = models.CharField(max_length=40)
    seed = models.BigIntegerField()
    accounts_count = models.IntegerField()
    loans_count = models.IntegerField(default=0, help_text="of the second lender; 0: there is none")
    first_date = models.DateField(help_text="the first day that is worked")
    days_total = models.SmallIntegerField(help_text="days that are replayed before the desk is handed over")
    days_done = models.SmallIntegerField(default=0, help_text="days played so far, those after the handover included")
    stage = models.CharField(max_length=20, help_text="importing, replaying or ready")
    by_hand_user_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        help_text="whoever dialled themselves: their lists stay theirs",
    )
    begun_at = models.DateTimeField(help_text="the machine's clock")
    ready_at = models.DateTimeField(null=True, help_text="the machine's clock")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="rehearsal_one_demo")]
