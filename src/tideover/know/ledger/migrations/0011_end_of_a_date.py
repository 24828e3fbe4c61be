"""At the end of a date that date still counts, not the next; and what a lender's next total should be.

A cut-off is told as the instant at which its date ends: what falls due on the day after has not fallen due by then.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION ledger_day_at(client_id bigint, instant timestamptz) RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT (($2 - interval '1 microsecond') AT TIME ZONE client.zone)::date
        FROM clients_client AS client WHERE client.id = $1
    );
END
$$;

CREATE OR REPLACE FUNCTION ledger_components_at(client_id bigint, instant timestamptz)
RETURNS TABLE (account_id bigint, component varchar, currency varchar, amount numeric)
LANGUAGE sql STABLE AS $$
    SELECT movement.account_id, movement.component, movement.currency, sum(movement.amount)
    FROM ledger_movements_at($1, (SELECT ledger_day_at($1, $2)), $2, NULL) AS movement
    GROUP BY movement.account_id, movement.component, movement.currency
$$;

CREATE FUNCTION ledger_expected_at(client_id bigint, instant timestamptz)
RETURNS TABLE (account_id bigint, currency varchar, amount numeric, tolerance_amount numeric)
LANGUAGE sql STABLE AS $$
    WITH owed AS MATERIALIZED (
        SELECT component.account_id, component.currency, sum(component.amount) AS amount
        FROM ledger_components_at($1, $2) AS component
        GROUP BY component.account_id, component.currency
    ), late AS MATERIALIZED (
        SELECT penalty.account_id, sum(penalty.amount) AS amount
        FROM ledger_penalty_at($1, (SELECT ledger_day_at($1, $2)), $2, NULL, 'lender') AS penalty
        GROUP BY penalty.account_id
    ), tolerance AS MATERIALIZED (
        SELECT account.id AS account_id, terms.check_amount AS amount
        FROM ledger_terms_on((SELECT ledger_day_at($1, $2))) AS terms
        JOIN portfolio_account AS account
            ON account.product = terms.product AND account.currency = terms.currency AND account.client_id = $1
    )
    SELECT owed.account_id, owed.currency, owed.amount + coalesce(late.amount, 0), coalesce(tolerance.amount, 0)
    FROM owed
    LEFT JOIN late ON late.account_id = owed.account_id
    LEFT JOIN tolerance ON tolerance.account_id = owed.account_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_planned_for_sets")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
