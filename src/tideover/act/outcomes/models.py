from django.db import models


class Outcome(models.Model):
    """What a contact ended in: who was spoken to, with what result, what follows."""

    call_id = models.BigIntegerField(null=True, unique=True)
    case_id = models.BigIntegerField(db_index=True)
    customer_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    local_date = models.DateField()
    spoke_to = models.CharField(max_length=20, help_text="customer, third-person or nobody")
    result = models.CharField(max_length=40, help_text="id of a policy/outcomes file")
    result_version = models.CharField(max_length=64)
    arrears_reason = models.CharField(max_length=40, null=True)
    next_step_at = models.DateTimeField(null=True)
    promise_id = models.BigIntegerField(null=True)
    hold_id = models.BigIntegerField(null=True)
    case_was_closed = models.BooleanField(default=False, help_text="then it is on record, and nothing follows from it")
    recorded_once_key = models.CharField(
        max_length=64, unique=True, help_text="the form's own key: a retry is the same"
    )
    fact_id = models.BigIntegerField()


class OutcomeNote(models.Model):
    """The collector's note (催记): erasable, with its salt."""

    outcome = models.OneToOneField(Outcome, primary_key=True, on_delete=models.CASCADE, related_name="+")
    customer_id = models.BigIntegerField(db_index=True)
    text = models.TextField()
    salt = models.BinaryField(max_length=16)


class Proof(models.Model):
    """A document that shows that something was paid: by reference and digest, the paper itself lies elsewhere."""

    hold_id = models.BigIntegerField(db_index=True)
    case_id = models.BigIntegerField(db_index=True)
    customer_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the document, in hex")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hold_id", "digest"], name="outcomes_proof_once")]
