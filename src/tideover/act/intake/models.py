from django.db import models


class Import(models.Model):
    """One file judged and, when it was not a dry run, committed: all its good rows or none."""

    client_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, help_text="placement or payments")
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    mapping_id = models.CharField(max_length=120)
    mapping_version = models.CharField(max_length=64)
    cut_off_date = models.DateField()
    rows_count = models.BigIntegerField()
    good_count = models.BigIntegerField()
    quarantined_count = models.BigIntegerField()
    new_count = models.BigIntegerField()
    changed_count = models.BigIntegerField()
    reconciliation = models.JSONField(help_text="rows, accounts, sums per currency and bucket")
    actor = models.CharField(max_length=80)
    committed_at = models.DateTimeField()
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id", "kind", "file_digest"], name="intake_same_file_once")
        ]


class QuarantinedRow(models.Model):
    """A row that was refused, kept for mending. The raw text is erasable."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    record_number = models.BigIntegerField(help_text="records, the header being 1")
    line_number = models.BigIntegerField(help_text="physical line in the file")
    account_number = models.CharField(max_length=80, null=True)
    problems = models.JSONField(help_text="code, field, value and what mends it, a list")
    raw = models.TextField()
