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
