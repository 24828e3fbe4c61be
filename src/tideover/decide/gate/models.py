from django.db import models


class Permit(models.Model):
    """Leave for one attempt, single-use, or its refusal with the clause. Append-only but for its use."""

    asked_at = models.DateTimeField()
    local_date = models.DateField(help_text="the customer's date")
    person_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True, help_text="the account that leads the contact")
    contact_point_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    granted = models.BooleanField()
    clause = models.CharField(max_length=120, null=True, help_text="the rule that refused")
    until_at = models.DateTimeField(null=True, help_text="when the refusal may end, if known")
    expires_at = models.DateTimeField(null=True, help_text="a permit not used by then is void, and still counts")
    rules_version = models.CharField(max_length=64, help_text="digest of the rules that decided")
    used_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True, help_text="proved that nothing left: the count is given back")
    fact_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["person_id", "local_date"], name="gate_permit_person")]


class Attempt(models.Model):
    """The gate's own tally of what counts toward a cap: a permit given, or a contact recorded without one."""

    person_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    contact_point_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=20)
    direction = models.CharField(max_length=10, default="outbound", help_text="outbound, or inbound: they came to us")
    purpose = models.CharField(max_length=20)
    at = models.DateTimeField()
    local_date = models.DateField()
    permit = models.OneToOneField(Permit, null=True, on_delete=models.PROTECT, related_name="+")
    counts = models.BooleanField(default=True)
    result = models.CharField(max_length=20, default="unknown", help_text="unknown, no-answer, answered, not-dialled")

    class Meta:
        indexes = [models.Index(fields=["person_id", "local_date"], name="gate_attempt_person")]
