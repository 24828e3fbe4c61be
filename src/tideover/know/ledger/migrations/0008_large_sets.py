"""What being late costs, and what payments may be used for, reckoned for many accounts without looking one by one."""

from django.db import migrations

PENALTY = """
CREATE OR REPLACE FUNCTION ledger_penalty_at(
    client_id bigint, day date, instant timestamptz, only_account bigint, authority varchar
)
RETURNS TABLE (
    account_id bigint, currency varchar, from_date date, until_date date, base_amount numeric, year_rate numeric,
    days_of_year integer, amount numeric
)
LANGUAGE sql STABLE AS $$
    WITH rated AS (
        SELECT account.id AS account_id, account.currency, terms.minor_digits, terms.penalty_days_of_year AS of_year,
            least(account.annual_rate * terms.penalty_multiple, terms.penalty_year_rate_max) AS rate
        FROM portfolio_account AS account
        JOIN clients_client AS client ON client.id = account.client_id
        JOIN ledger_terms_on($2) AS terms
            ON terms.product = account.product AND terms.currency = account.currency
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = $4)
            AND ($5 IS NULL OR client.balance_authority = $5)
            AND account.annual_rate IS NOT NULL AND terms.penalty_multiple IS NOT NULL
    ), item AS (
        SELECT told.account_id, told.number, told.due_date, told.cut_off_date, told.cut_off_at,
            told.stated_left_amount AS owing, told.principal_amount
        FROM ledger_instalments_at($1, $2, $3, $4) AS told
        JOIN rated ON rated.account_id = told.account_id
        WHERE told.due_date < $2 AND told.stated_left_amount > 0
    ), paid AS (
        SELECT posting.account_id, greatest(posting.value_date, told.cut_off_date) AS on_date,
            -sum(posting.amount) AS amount
        FROM (SELECT DISTINCT item.account_id, item.cut_off_date, item.cut_off_at FROM item) AS told
        JOIN ledger_posting AS posting ON posting.account_id = told.account_id
            AND posting.booked_at > told.cut_off_at AND posting.booked_at <= $3
        WHERE ledger_is_scheduled(posting.component)
        GROUP BY posting.account_id, greatest(posting.value_date, told.cut_off_date)
    ), moved AS (
        SELECT event.account_id, event.on_date, sum(event.amount) AS amount
        FROM (
            SELECT item.account_id, greatest(item.due_date, item.cut_off_date) AS on_date, 0::numeric AS amount
            FROM item
            UNION ALL
            SELECT paid.account_id, paid.on_date, paid.amount FROM paid WHERE paid.on_date < $2
        ) AS event
        GROUP BY event.account_id, event.on_date
    ), pooled AS (
        SELECT moved.account_id, moved.on_date,
            lead(moved.on_date, 1, $2) OVER in_order AS until_date, sum(moved.amount) OVER in_order AS pool
        FROM moved
        WINDOW in_order AS (PARTITION BY moved.account_id ORDER BY moved.on_date)
    ), lined AS (
        SELECT pooled.account_id, pooled.on_date, pooled.until_date, pooled.pool, item.owing, item.principal_amount,
            sum(item.owing) OVER (
                PARTITION BY pooled.account_id, pooled.on_date ORDER BY item.due_date, item.number
            ) - item.owing AS owing_before
        FROM pooled
        JOIN item ON item.account_id = pooled.account_id AND item.due_date <= pooled.on_date
    ), based AS (
        SELECT lined.account_id, lined.on_date, lined.until_date,
            sum(least(lined.principal_amount,
                lined.owing - least(lined.owing, greatest(lined.pool - lined.owing_before, 0)))) AS base
        FROM lined
        GROUP BY lined.account_id, lined.on_date, lined.until_date
    )
    SELECT based.account_id, rated.currency, based.on_date, based.until_date, based.base, rated.rate, rated.of_year,
        round(based.base * rated.rate * (based.until_date - based.on_date) / rated.of_year, rated.minor_digits)
    FROM based
    JOIN rated ON rated.account_id = based.account_id
    WHERE based.until_date > based.on_date AND based.base > 0
$$;
"""

DEBTS = """
CREATE OR REPLACE FUNCTION ledger_debts_at(client_id bigint, day date, instant timestamptz)
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
    ), covered AS (
        SELECT lined.account_id, lined.component, sum(lined.amount) AS amount
        FROM lined
        GROUP BY lined.account_id, lined.component
    ), scheduled AS (
        SELECT DISTINCT item.account_id FROM item
    )
    SELECT lined.account_id, lined.component, 1, lined.due_date, lined.number, lined.amount
    FROM lined
    WHERE lined.amount > 0
    UNION ALL
    SELECT owed.account_id, owed.component,
        CASE WHEN scheduled.account_id IS NOT NULL AND ledger_is_scheduled(owed.component) THEN 2 ELSE 0 END,
        NULL::date, NULL::integer, owed.amount - coalesce(covered.amount, 0)
    FROM owed
    LEFT JOIN covered ON covered.account_id = owed.account_id AND covered.component = owed.component
    LEFT JOIN scheduled ON scheduled.account_id = owed.account_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_cheap_looks")]
    operations = [migrations.RunSQL(PENALTY + DEBTS, migrations.RunSQL.noop)]
