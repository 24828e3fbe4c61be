"""Instalments, parties, terms of a batch, reversals, failed debits and recalls wait aside as the other rows do."""

from django.db import migrations, models

FORWARDS = """
ALTER TABLE intake_staged_account
    ADD COLUMN is_placed boolean NOT NULL DEFAULT true, ADD COLUMN batch_from_date date,
    ADD COLUMN batch_target_amount numeric(18, 4), ADD COLUMN batch_commission_share numeric(9, 6),
    ADD COLUMN batch_retain_share_max numeric(9, 6), ADD COLUMN instalments_count integer;
CREATE UNLOGGED TABLE intake_staged_instalment (
    run_id bigint NOT NULL, record bigint NOT NULL, number varchar(80) NOT NULL, instalment_number integer NOT NULL,
    due_date date NOT NULL, principal_amount numeric(18, 4) NOT NULL, interest_amount numeric(18, 4) NOT NULL,
    fee_amount numeric(18, 4) NOT NULL, paid_amount numeric(18, 4) NOT NULL, paid_date date
);
CREATE UNLOGGED TABLE intake_staged_party (
    run_id bigint NOT NULL, record bigint NOT NULL, number varchar(80) NOT NULL, role varchar(20) NOT NULL,
    reference varchar(120) NOT NULL, document_type varchar(40), document_number varchar(60), full_name varchar(200),
    language varchar(10), country varchar(2), region varchar(10), zone varchar(60)
);
ALTER TABLE intake_staged_payment
    ADD COLUMN entry varchar(20) NOT NULL DEFAULT 'payment', ADD COLUMN reverses varchar(120),
    ADD COLUMN cause varchar(40);
CREATE UNLOGGED TABLE intake_staged_recall (
    run_id bigint NOT NULL, record bigint NOT NULL, number varchar(80) NOT NULL, cause varchar(40) NOT NULL,
    recalled_date date
);
"""

BACKWARDS = """
DROP TABLE intake_staged_recall, intake_staged_party, intake_staged_instalment;
ALTER TABLE intake_staged_payment DROP COLUMN entry, DROP COLUMN reverses, DROP COLUMN cause;
ALTER TABLE intake_staged_account DROP COLUMN is_placed, DROP COLUMN batch_from_date,
    DROP COLUMN batch_target_amount, DROP COLUMN batch_commission_share, DROP COLUMN batch_retain_share_max,
    DROP COLUMN instalments_count;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_staging")]
    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.CreateModel(
            name="StagedParty",
            fields=[
                ("record", models.BigIntegerField(primary_key=True, serialize=False)),
                ("run_id", models.BigIntegerField()),
                ("reference", models.CharField(max_length=120)),
                ("document_number", models.CharField(max_length=60, null=True)),
                ("full_name", models.CharField(max_length=200, null=True)),
            ],
            options={"db_table": "intake_staged_party", "managed": False},
        ),
    ]
