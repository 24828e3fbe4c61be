import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Demo",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("client_code", models.CharField(max_length=40)),
                ("seed", models.BigIntegerField()),
                ("accounts_count", models.IntegerField()),
                ("first_date", models.DateField(help_text="the first day that is worked")),
                (
                    "days_total",
                    models.SmallIntegerField(help_text="days that are replayed before the desk is handed over"),
                ),
                (
                    "days_done",
                    models.SmallIntegerField(
                        default=0, help_text="days played so far, those after the handover included"
                    ),
                ),
                ("stage", models.CharField(help_text="importing, replaying or ready", max_length=20)),
                (
                    "by_hand_user_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="whoever dialled themselves: their lists stay theirs",
                        size=None,
                    ),
                ),
                ("begun_at", models.DateTimeField(help_text="the machine's clock")),
                ("ready_at", models.DateTimeField(help_text="the machine's clock", null=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="rehearsal_one_demo")],
            },
        ),
    ]
