"""Where a file's good rows wait unseen until they are published in one transaction. Lost in a crash, and rightly so."""

from django.db import migrations

FORWARDS = """
CREATE UNLOGGED TABLE intake_staged_account (
    run_id bigint NOT NULL, record bigint NOT NULL, number varchar(80) NOT NULL, product varchar(40) NOT NULL,
    currency varchar(3) NOT NULL, credit_limit_amount numeric(18, 4), opened_date date, batch_number varchar(60),
    batch_until_date date, dpd integer NOT NULL, dpd_basis varchar(20) NOT NULL, next_due_date date,
    next_due_amount numeric(18, 4), reference varchar(120) NOT NULL, document_type varchar(40),
    document_number varchar(60), full_name varchar(200), language varchar(10), country varchar(2),
    region varchar(10), zone varchar(60), owed_amount numeric(18, 4) NOT NULL
);
CREATE UNLOGGED TABLE intake_staged_balance (
    run_id bigint NOT NULL, record bigint NOT NULL, number varchar(80) NOT NULL, component varchar(40) NOT NULL,
    amount numeric(18, 4) NOT NULL, currency varchar(3) NOT NULL
);
CREATE UNLOGGED TABLE intake_staged_point (
    run_id bigint NOT NULL, record bigint NOT NULL, reference varchar(120) NOT NULL, kind varchar(20) NOT NULL,
    position smallint NOT NULL, value varchar(200) NOT NULL, source varchar(80) NOT NULL
);
CREATE UNLOGGED TABLE intake_staged_history (
    run_id bigint NOT NULL, record bigint NOT NULL, number varchar(80) NOT NULL, amount numeric(18, 4) NOT NULL,
    currency varchar(3) NOT NULL, value_date date NOT NULL, basis varchar(10) NOT NULL,
    reference varchar(120) NOT NULL
);
CREATE UNLOGGED TABLE intake_staged_payment (
    run_id bigint NOT NULL, record bigint NOT NULL, number varchar(80) NOT NULL, amount numeric(18, 4) NOT NULL,
    currency varchar(3) NOT NULL, value_date date NOT NULL, booked_at timestamptz, reference varchar(120) NOT NULL
);
CREATE UNLOGGED TABLE intake_staged_state (
    run_id bigint NOT NULL, record bigint NOT NULL, state varchar(10) NOT NULL
);
"""

BACKWARDS = """
DROP TABLE intake_staged_account, intake_staged_balance, intake_staged_point, intake_staged_history,
    intake_staged_payment, intake_staged_state;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
