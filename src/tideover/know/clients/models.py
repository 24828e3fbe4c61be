from django.db import models


class Client(models.Model):
    """A creditor (委托方), and the terms on which we work for it."""

    code = models.SlugField(max_length=40, unique=True)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    country = models.CharField(
        max_length=2, help_text="ISO 3166; with the customer's place it decides the jurisdiction"
    )
    zone = models.CharField(max_length=60, help_text="IANA; a day is a date in this zone")
    mandate = models.CharField(max_length=20, help_text="first-party, agency or debt-buyer: in whose name we speak")
    balance_authority = models.CharField(max_length=10, help_text="lender or tideover")
    day_begins = models.TimeField(help_text="local time from which a day's work may be decided")
    payment_file_lag_days = models.SmallIntegerField(help_text="days after which a due promise can be judged")
    made_at = models.DateTimeField()


class Stop(models.Model):
    """A client's collection is stopped, from an import that cannot be right until a person acknowledges it."""

    client_id = models.BigIntegerField(db_index=True)
    cause = models.CharField(max_length=40, help_text="the gravest of the reasons")
    reasons = models.JSONField(help_text="all of them: code and what its words name")
    import_id = models.BigIntegerField()
    placed_at = models.DateTimeField()
    placed_by_id = models.BigIntegerField(null=True, help_text="who imported: never who acknowledges")
    placed_by = models.CharField(max_length=80)
    explained_at = models.DateTimeField(null=True, help_text="since when a later file explains every reason")
    explained_import_id = models.BigIntegerField(null=True)
    explained_by_id = models.BigIntegerField(null=True)
    explained_by = models.CharField(max_length=80, null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_id = models.BigIntegerField(null=True)
    acknowledged_by = models.CharField(max_length=80, null=True)
    note = models.CharField(max_length=1000, default="", help_text="why collection may go on")
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["import_id"], name="clients_stop_once")]
        indexes = [
            models.Index(fields=["client_id"], condition=models.Q(acknowledged_at=None), name="clients_stop_open")
        ]
