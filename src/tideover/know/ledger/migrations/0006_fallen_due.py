"""What fell due since the cut-off is read from the instalments of those days alone: it needs no account's whole
schedule laid out."""

from django.db import migrations

FALLEN_DUE_AT = """
CREATE OR REPLACE FUNCTION ledger_fallen_due_at(
    client_id bigint, day date, instant timestamptz, only_account bigint
)
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (stated.account_id) stated.account_id, account.currency, stated.cut_off_date,
            stated.cut_off_at
        FROM ledger_statedbalance AS stated
        JOIN portfolio_account AS account ON account.id = stated.account_id
        WHERE account.client_id = $1 AND stated.cut_off_at <= $3 AND ($4 IS NULL OR account.id = $4)
        ORDER BY stated.account_id, stated.cut_off_date DESC
    ), due AS MATERIALIZED (
        SELECT latest.account_id, latest.currency, latest.cut_off_date, latest.cut_off_at, instalment.id,
            instalment.principal_amount AS principal, instalment.interest_amount AS interest,
            instalment.principal_amount + instalment.interest_amount + instalment.fee_amount AS total
        FROM latest
        JOIN portfolio_instalment AS instalment ON instalment.account_id = latest.account_id
            AND instalment.due_date > latest.cut_off_date AND instalment.due_date <= $2
    ), told AS MATERIALIZED (
        SELECT cut.account_id, max(cut.cut_off_date) AS cut_off_date
        FROM (SELECT DISTINCT due.account_id FROM due) AS asked
        JOIN portfolio_instalmentcutoff AS cut ON cut.account_id = asked.account_id
        JOIN clients_client AS client ON client.id = $1
        WHERE (cut.cut_off_date + 1)::timestamp AT TIME ZONE client.zone <= $3
        GROUP BY cut.account_id
    ), standing AS MATERIALIZED (
        SELECT DISTINCT ON (known.instalment_id) known.instalment_id, known.paid_amount
        FROM due
        JOIN told ON told.account_id = due.account_id
        JOIN portfolio_instalmentstanding AS known ON known.instalment_id = due.id
            AND known.cut_off_date <= told.cut_off_date
        ORDER BY known.instalment_id, known.cut_off_date DESC
    ), fell_due AS (
        SELECT due.*, due.total - least(coalesce(standing.paid_amount, 0), due.total) AS owing,
            EXISTS (
                SELECT 1 FROM ledger_statedbalance AS unsplit
                WHERE unsplit.account_id = due.account_id AND unsplit.cut_off_date = due.cut_off_date
                    AND unsplit.component = 'as-stated'
            ) AS is_unsplit
        FROM due
        JOIN told ON told.account_id = due.account_id
        LEFT JOIN standing ON standing.instalment_id = due.id
    )
    SELECT fell_due.account_id, CASE WHEN fell_due.is_unsplit THEN 'as-stated' ELSE part.component END,
        fell_due.currency, 'fell-due', part.amount, fell_due.cut_off_date, fell_due.cut_off_at
    FROM fell_due
    CROSS JOIN LATERAL (
        VALUES
            ('principal'::varchar, least(fell_due.principal, fell_due.owing)),
            ('interest', least(fell_due.interest, greatest(fell_due.owing - fell_due.principal, 0))),
            ('fee:instalment', greatest(fell_due.owing - fell_due.principal - fell_due.interest, 0))
    ) AS part (component, amount)
    WHERE fell_due.owing > 0 AND part.amount > 0
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_lateness_and_debts"),
    ]
    operations = [migrations.RunSQL(FALLEN_DUE_AT, migrations.RunSQL.noop)]
