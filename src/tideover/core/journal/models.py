from django.db import models


class ChainHead(models.Model):
    """The last link of one customer's chain, and the row that is locked to append. Chain 0 is the installation's."""

    chain_id = models.BigIntegerField(primary_key=True)
    length = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_chain_head"


class Fact(models.Model):
    """What happened, once and for good: never changed, never deleted, never locked."""

    chain_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    kind = models.CharField(max_length=80)
    room = models.CharField(max_length=40)
    at = models.DateTimeField(help_text="the installation's clock")
    recorded_at = models.DateTimeField(help_text="the machine's clock")
    actor = models.CharField(max_length=80)
    body = models.TextField(help_text="canonical JSON as stored: the digest covers this very text")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_fact"
        constraints = [models.UniqueConstraint(fields=["chain_id", "sequence"], name="journal_fact_link")]
        indexes = [models.Index(fields=["kind", "at"], name="journal_fact_kind_at")]


class DailyRoot(models.Model):
    """One digest over every chain's head at the end of a day: to publish or keep elsewhere."""

    day = models.DateField(primary_key=True)
    chains = models.BigIntegerField()
    facts = models.BigIntegerField()
    root = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "journal_daily_root"
