from django.db import models


class Promise(models.Model):
    """A customer's word to pay an amount by a date (PTP)."""

    case_id = models.BigIntegerField(db_index=True)
    account_id = models.BigIntegerField(db_index=True)
    customer_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    made_at = models.DateTimeField()
    made_date = models.DateField()
    due_date = models.DateField()
    state = models.CharField(max_length=20, help_text="open, kept, partly-kept, broken, replaced, released")
    paid_amount = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    judged_date = models.DateField(null=True)
    verdict = models.CharField(max_length=20, null=True, help_text="used within one judging, null outside it")
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], condition=models.Q(state="open"), name="arrangements_one_open_promise"
            )
        ]


class Judgement(models.Model):
    """What a promise was found to be, and when: judged, or judged again since money was taken back. Append-only."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    state_from = models.CharField(max_length=20)
    state_to = models.CharField(max_length=20)
    paid_amount = models.DecimalField(max_digits=18, decimal_places=4)
    cause = models.CharField(max_length=40, help_text="judged, payment-reversed, or recalled")
    at = models.DateTimeField()
