import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DayAccount",
            fields=[
                ("account_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("client_id", models.BigIntegerField(db_index=True)),
                ("customer_id", models.BigIntegerField(db_index=True, help_text="the borrower")),
                ("mandate", models.CharField(max_length=20, null=True)),
                ("product", models.CharField(max_length=40)),
                ("dpd", models.IntegerField()),
                ("owed_amount", models.DecimalField(decimal_places=4, max_digits=18)),
                ("is_workable", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="DayChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.BigIntegerField(db_index=True)),
                ("kind", models.CharField(max_length=30)),
                ("customer_id", models.BigIntegerField()),
                ("case_id", models.BigIntegerField(null=True)),
                ("account_id", models.BigIntegerField(null=True)),
                ("body", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField(db_index=True)),
                ("person_id", models.BigIntegerField(db_index=True)),
                ("client_id", models.BigIntegerField()),
                ("mandate", models.CharField(max_length=20)),
                (
                    "collector_id",
                    models.BigIntegerField(db_index=True, help_text="user; null until first assigned", null=True),
                ),
                ("opened_date", models.DateField()),
                ("closed_date", models.DateField(null=True)),
                ("close_cause", models.CharField(help_text="cured, paid, handed-back", max_length=40, null=True)),
                ("call_back_at", models.DateTimeField(help_text="when the customer asked to be called", null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_date", None)),
                        fields=("customer_id", "client_id", "mandate"),
                        name="cases_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField(db_index=True)),
                ("stage", models.CharField(max_length=40)),
                ("stage_since_date", models.DateField()),
                ("stage_deadline_date", models.DateField(null=True)),
                ("stage_attempts_count", models.IntegerField(default=0)),
                (
                    "stage_contacts_count",
                    models.IntegerField(default=0, help_text="attempts in which any person was reached"),
                ),
                ("stage_right_party_count", models.IntegerField(default=0, help_text="right-party contacts")),
                (
                    "late_since_date",
                    models.DateField(help_text="the day on which the stage's deadline was found missed", null=True),
                ),
                (
                    "promise_due_date",
                    models.DateField(help_text="an open promise, told by arrangements: the stage waits", null=True),
                ),
                (
                    "broken_promises_count",
                    models.IntegerField(default=0, help_text="since the last review; told by arrangements"),
                ),
                (
                    "paused_on_date",
                    models.DateField(help_text="the last day that did not count: held, or promised", null=True),
                ),
                ("stage_paused_days_count", models.IntegerField(default=0)),
                ("joined_date", models.DateField()),
                ("left_date", models.DateField(null=True)),
                ("left_cause", models.CharField(help_text="cured, paid, handed-back", max_length=40, null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(help_text="part, account, case or person", max_length=10)),
                ("person_id", models.BigIntegerField(db_index=True)),
                ("customer_id", models.BigIntegerField()),
                ("account_id", models.BigIntegerField(null=True)),
                ("part_amount", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("reason", models.CharField(help_text="dispute or hardship", max_length=30)),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        help_text="purposes of contact that it binds",
                        size=None,
                    ),
                ),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(max_length=80, null=True)),
                ("lift_cause", models.CharField(max_length=60, null=True)),
                (
                    "expiry_noted_at",
                    models.DateTimeField(help_text="when its end was written to the journal", null=True),
                ),
                ("fact_id", models.BigIntegerField()),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("stage", models.CharField(max_length=40)),
                ("decision", models.CharField(help_text="go-on, or stay", max_length=30)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("fact_id", models.BigIntegerField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StageMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("stage_from", models.CharField(max_length=40, null=True)),
                ("stage_to", models.CharField(max_length=40)),
                ("cause", models.CharField(max_length=60)),
                ("was_late", models.BooleanField(default=False)),
                ("was_skipped", models.BooleanField(default=False)),
                (
                    "case_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.caseaccount"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tenure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("collector_id", models.BigIntegerField()),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("cause", models.CharField(max_length=60)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="caseaccount",
            index=models.Index(condition=models.Q(("left_date", None)), fields=["stage"], name="cases_account_stage"),
        ),
        migrations.AddConstraint(
            model_name="caseaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_date", None)), fields=("account_id",), name="cases_account_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="tenure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_at", None)), fields=("case",), name="cases_one_tenure"
            ),
        ),
    ]
