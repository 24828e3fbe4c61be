"""What a payment may be used for, the oldest instalment first; and totals that do not follow from those before."""

from django.db import migrations

# Costs and interest of being late, then instalment by instalment; what the lender states beyond its schedule is last.
# ``rank`` 0: not of an instalment, 1: of one, 2: beyond the schedule. An account without instalments has rank 0 alone.
DEBTS = """
CREATE FUNCTION ledger_debts_at(client_id bigint, day date, instant timestamptz)
RETURNS TABLE (
    account_id bigint, component varchar, rank integer, due_date date, number integer, amount numeric
)
LANGUAGE sql STABLE AS $$
    WITH owed AS (
        SELECT movement.account_id, movement.component, greatest(sum(movement.amount), 0) AS amount
        FROM ledger_movements_at($1, $2, $3, NULL) AS movement
        GROUP BY movement.account_id, movement.component
    ), item AS (
        SELECT told.account_id, told.number, told.due_date, told.left_amount, told.principal_amount,
            told.interest_amount
        FROM ledger_instalments_at($1, $2, $3, NULL) AS told
        WHERE told.due_date <= $2 AND told.left_amount > 0
    ), part AS (
        SELECT item.account_id, item.number, item.due_date, piece.component, piece.amount
        FROM item
        CROSS JOIN LATERAL (
            VALUES
                ('principal'::varchar, least(item.principal_amount, item.left_amount)),
                ('interest', least(item.interest_amount, greatest(item.left_amount - item.principal_amount, 0))),
                ('fee:instalment', greatest(item.left_amount - item.principal_amount - item.interest_amount, 0))
        ) AS piece (component, amount)
        WHERE piece.amount > 0
    ), lined AS (
        SELECT part.account_id, part.component, part.number, part.due_date, owed.amount AS owed_amount,
            least(part.amount, greatest(owed.amount - (sum(part.amount) OVER oldest - part.amount), 0)) AS amount
        FROM part
        JOIN owed ON owed.account_id = part.account_id AND owed.component = part.component
        WINDOW oldest AS (
            PARTITION BY part.account_id, part.component ORDER BY part.due_date, part.number
        )
    )
    SELECT lined.account_id, lined.component, 1, lined.due_date, lined.number, lined.amount
    FROM lined
    WHERE lined.amount > 0
    UNION ALL
    SELECT owed.account_id, owed.component,
        CASE
            WHEN ledger_is_scheduled(owed.component) AND EXISTS (
                SELECT 1 FROM item WHERE item.account_id = owed.account_id
            ) THEN 2
            ELSE 0
        END,
        NULL::date, NULL::integer,
        owed.amount - coalesce((
            SELECT sum(lined.amount) FROM lined
            WHERE lined.account_id = owed.account_id AND lined.component = owed.component
        ), 0)
    FROM owed
$$;
"""

# The lender's total at its latest cut-off beside ours: its total before, what fell due and what being late costs since,
# and what was paid. Only where the contract's rate is known: without it the cost of being late is not.
TOTALS = """
CREATE FUNCTION ledger_total_breaks_at(client_id bigint, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, kind varchar, cut_off_date date, currency varchar, stated numeric, reckoned numeric
)
LANGUAGE sql STABLE AS $$
    WITH latest AS MATERIALIZED (
        SELECT max(told.cut_off_date) AS day, max(told.cut_off_at) - interval '1 microsecond' AS before
        FROM ledger_statedbalance AS told
        JOIN portfolio_account AS account ON account.id = told.account_id
        WHERE account.client_id = $1 AND told.cut_off_at <= $2 AND ($3 IS NULL OR account.id = $3)
    ), stated AS (
        SELECT told.account_id, sum(told.amount) AS amount
        FROM ledger_statedbalance AS told
        JOIN latest ON latest.day = told.cut_off_date
        JOIN portfolio_account AS account ON account.id = told.account_id
        WHERE account.client_id = $1 AND account.annual_rate IS NOT NULL AND ($3 IS NULL OR account.id = $3)
        GROUP BY told.account_id
    ), reckoned AS (
        SELECT movement.account_id, sum(movement.amount) AS amount
        FROM ledger_movements_at(
            $1, (SELECT latest.day FROM latest), (SELECT latest.before FROM latest), $3
        ) AS movement
        GROUP BY movement.account_id
    ), late AS (
        SELECT penalty.account_id, sum(penalty.amount) AS amount
        FROM ledger_penalty_at(
            $1, (SELECT latest.day FROM latest), (SELECT latest.before FROM latest), $3, 'lender'
        ) AS penalty
        GROUP BY penalty.account_id
    )
    SELECT stated.account_id, 'total'::varchar, latest.day, account.currency, stated.amount,
        reckoned.amount + coalesce(late.amount, 0)
    FROM stated
    CROSS JOIN latest
    JOIN portfolio_account AS account ON account.id = stated.account_id
    JOIN ledger_terms_on((SELECT latest.day FROM latest)) AS terms
        ON terms.product = account.product AND terms.currency = account.currency
    JOIN reckoned ON reckoned.account_id = stated.account_id
    LEFT JOIN late ON late.account_id = stated.account_id
    WHERE EXISTS (SELECT 1 FROM portfolio_instalment AS known WHERE known.account_id = stated.account_id)
        AND abs(stated.amount - reckoned.amount - coalesce(late.amount, 0)) > terms.check_amount
$$;

CREATE FUNCTION ledger_latest_breaks()
RETURNS TABLE (
    client_id bigint, account_id bigint, account_number varchar, kind varchar, cut_off_date date, currency varchar,
    stated numeric, reckoned numeric
)
LANGUAGE sql STABLE AS $$
    SELECT client.id, found.account_id, account.number, found.kind, found.cut_off_date, found.currency, found.stated,
        found.reckoned
    FROM clients_client AS client
    CROSS JOIN LATERAL (
        SELECT late.account_id, late.kind, late.cut_off_date, late.currency, late.stated, late.reckoned
        FROM ledger_breaks_at(client.id, 'infinity'::date, 'infinity'::timestamptz, NULL) AS late
        UNION ALL
        SELECT total.account_id, total.kind, total.cut_off_date, total.currency, total.stated, total.reckoned
        FROM ledger_total_breaks_at(client.id, 'infinity'::timestamptz, NULL) AS total
    ) AS found
    JOIN portfolio_account AS account ON account.id = found.account_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_instalments")]
    operations = [migrations.RunSQL(DEBTS + TOTALS, migrations.RunSQL.noop)]
