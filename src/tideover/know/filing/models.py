from django.db import models


class Document(models.Model):
    """A document in an account's file, by reference and digest. Append-only; the document itself lies elsewhere."""

    account_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    item = models.CharField(max_length=60, help_text="the checklist's item that it is")
    reference = models.CharField(max_length=120, help_text="where it is found: the lender's or the archive's number")
    digest = models.CharField(max_length=64, null=True, help_text="SHA-256 of its content, where somebody had it")
    document_date = models.DateField(null=True, help_text="the date that it bears, where somebody said so")
    source = models.CharField(max_length=20, help_text="client-file, or staff")
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=80)
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "item", "reference"], name="filing_document_once")]


class Archived(models.Model):
    """The file of an account whose work ended, with the day until which it is kept. Append-only."""

    account_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    closed_date = models.DateField()
    keep_until_date = models.DateField()
    policy_version = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "closed_date"], name="filing_archived_once")]
