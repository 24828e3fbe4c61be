from django.db import models


class Call(models.Model):
    """One dial against one permit, or a call that came in. A dial is on record before the line is asked; it is
    unknown until the line has said."""

    direction = models.CharField(max_length=10, default="outbound", help_text="outbound, or inbound: they called us")
    permit_id = models.BigIntegerField(unique=True, null=True, help_text="null for a call that came in")
    case_id = models.BigIntegerField(db_index=True)
    account_id = models.BigIntegerField(help_text="the account that leads the contact")
    customer_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    contact_point_id = models.BigIntegerField(null=True, help_text="null where a caller's number is not on file")
    user_id = models.BigIntegerField()
    work_item_id = models.BigIntegerField(null=True)
    line = models.CharField(max_length=20, help_text="manual or simulated")
    state = models.CharField(max_length=20, help_text="unknown, dialled, answered, ended, not-dialled")
    asked_at = models.DateTimeField()
    dialled_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=30, null=True, help_text="answered, no-answer, busy, unreachable, failed")
    seconds = models.IntegerField(null=True)
    right_person_at = models.DateTimeField(null=True, help_text="when the collector recorded that the customer speaks")
    third_person_at = models.DateTimeField(null=True)
    outcome_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "state"], name="contact_call_user")]
