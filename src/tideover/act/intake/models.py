from django.db import models


class Import(models.Model):
    """One file judged and, when it was not a dry run, committed: all its good rows, or none while it is held."""

    client_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, help_text="placement, full, delta, payments or recall")
    status = models.CharField(max_length=10, default="taken", help_text="taken, or held: nothing of it went in")
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    file_bytes = models.BigIntegerField()
    mapping_id = models.CharField(max_length=120)
    mapping_version = models.CharField(max_length=64)
    cut_off_date = models.DateField()
    columns = models.JSONField(help_text="the header of the file, for mending quarantined rows")
    rows_count = models.BigIntegerField()
    good_count = models.BigIntegerField()
    quarantined_count = models.BigIntegerField()
    new_count = models.BigIntegerField()
    changed_count = models.BigIntegerField()
    same_count = models.BigIntegerField()
    reconciliation = models.JSONField(
        help_text="sums per currency and bucket, what is lacking, what is wrong how often; against its control file"
    )
    control = models.JSONField(null=True, help_text="what the client says of the file: FILE.control.yaml")
    control_digest = models.CharField(max_length=64, default="")
    sequence = models.BigIntegerField(null=True, help_text="the client's number of the file, by kind")
    mends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=True)
    expected_count = models.BigIntegerField(default=0, help_text="accounts that a full file should have named")
    gone_count = models.BigIntegerField(default=0)
    returned_count = models.BigIntegerField(default=0)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=80)
    committed_at = models.DateTimeField()
    fact_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client_id", "kind", "file_digest", "control_digest", "mends"],
                name="intake_same_delivery_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["client_id", "kind", "-id"], name="intake_import_of_kind")]


class SetAside(models.Model):
    """Refused rows of an import that a person took off the list of what is to be mended, and why."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    rows_count = models.BigIntegerField()
    note = models.CharField(max_length=1000)
    salt = models.BinaryField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=80)
    set_at = models.DateTimeField()
    fact_id = models.BigIntegerField()


class QuarantinedRow(models.Model):
    """A row that was refused, kept for mending. Its cells and values are erasable."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    record_number = models.BigIntegerField(help_text="records, the header being 1")
    line_number = models.BigIntegerField(help_text="physical line in the file")
    account_number = models.CharField(max_length=80, null=True)
    problems = models.JSONField(help_text="code, field, value and what mends it, a list")
    cells = models.JSONField(help_text="the row as the file has it")
    row_key = models.CharField(max_length=120, null=True, help_text="what a mended row is found by; null: unreadable")
    stated_amount = models.DecimalField(max_digits=38, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, null=True)
    mended_by = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    set_aside = models.ForeignKey(SetAside, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)


class LateFile(models.Model):
    """A file that the client's profile expected on a day and that had not come by its hour; told once."""

    client_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    day = models.DateField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "kind", "day"], name="intake_late_once")]


class Run(models.Model):
    """A file that is being read in aside: its rows are unseen, and swept when the process that reads it is dead."""

    client_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    started_at = models.DateTimeField()


class StagedAccount(models.Model):
    """A good row that waits unseen under its run. Made by hand, unlogged and without keys (``0002_staging``)."""

    record = models.BigIntegerField(primary_key=True)
    run_id = models.BigIntegerField()
    reference = models.CharField(max_length=120)
    document_number = models.CharField(max_length=60, null=True)
    full_name = models.CharField(max_length=200, null=True)

    class Meta:
        managed = False
        db_table = "intake_staged_account"


class StagedPoint(models.Model):
    """A contact point that waits unseen under its run, likewise."""

    record = models.BigIntegerField(primary_key=True)
    run_id = models.BigIntegerField()
    reference = models.CharField(max_length=120)
    value = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "intake_staged_point"


class StagedParty(models.Model):
    """A co-borrower or guarantor who waits unseen under a run, likewise (``0003``)."""

    record = models.BigIntegerField(primary_key=True)
    run_id = models.BigIntegerField()
    reference = models.CharField(max_length=120)
    document_number = models.CharField(max_length=60, null=True)
    full_name = models.CharField(max_length=200, null=True)

    class Meta:
        managed = False
        db_table = "intake_staged_party"
