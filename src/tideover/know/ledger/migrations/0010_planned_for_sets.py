"""Sets are planned as sets even where nothing is known yet of tables just filled; one account is looked up as one.

What a reckoning needs more than once is reckoned once.
"""

from django.db import migrations

INSTALMENTS = """
CREATE OR REPLACE FUNCTION ledger_instalments_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, instalment_id bigint, number integer, due_date date, principal_amount numeric,
    interest_amount numeric, fee_amount numeric, cut_off_date date, cut_off_at timestamptz, stated_left_amount numeric,
    stated_paid_date date, left_amount numeric
)
LANGUAGE sql STABLE AS $$
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (cut.account_id) cut.account_id, cut.cut_off_date,
            (cut.cut_off_date + 1)::timestamp AT TIME ZONE client.zone AS cut_off_at
        FROM portfolio_account AS account
        JOIN clients_client AS client ON client.id = account.client_id
        JOIN portfolio_instalmentcutoff AS cut ON cut.account_id = account.id
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = $4)
            AND (cut.cut_off_date + 1)::timestamp AT TIME ZONE client.zone <= $3
        ORDER BY cut.account_id, cut.cut_off_date DESC
    ), pool AS MATERIALIZED (
        SELECT told.account_id, -sum(posting.amount) AS amount
        FROM told
        JOIN ledger_posting AS posting ON posting.account_id = told.account_id
            AND posting.booked_at > told.cut_off_at AND posting.booked_at <= $3
        WHERE ledger_is_scheduled(posting.component)
        GROUP BY told.account_id
    ), standing AS MATERIALIZED (
        SELECT DISTINCT ON (known.instalment_id) known.instalment_id, known.paid_amount, known.paid_date
        FROM told
        JOIN portfolio_instalment AS instalment ON instalment.account_id = told.account_id
        JOIN portfolio_instalmentstanding AS known ON known.instalment_id = instalment.id
            AND known.cut_off_date <= told.cut_off_date
        ORDER BY known.instalment_id, known.cut_off_date DESC
    ), item AS (
        SELECT told.account_id, told.cut_off_date, told.cut_off_at, instalment.id, instalment.number,
            instalment.due_date, instalment.principal_amount, instalment.interest_amount, instalment.fee_amount,
            instalment.due_date <= $2 AS is_due, standing.paid_date, coalesce(pool.amount, 0) AS pool,
            least(coalesce(standing.paid_amount, 0),
                instalment.principal_amount + instalment.interest_amount + instalment.fee_amount) AS paid,
            instalment.principal_amount + instalment.interest_amount + instalment.fee_amount AS total
        FROM told
        JOIN portfolio_instalment AS instalment ON instalment.account_id = told.account_id
        LEFT JOIN standing ON standing.instalment_id = instalment.id
        LEFT JOIN pool ON pool.account_id = told.account_id
    ), lined AS MATERIALIZED (
        SELECT item.*,
            coalesce(sum(item.total - item.paid) FILTER (WHERE item.is_due) OVER (
                PARTITION BY item.account_id ORDER BY item.due_date, item.number
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS left_before,
            coalesce(sum(item.paid) FILTER (WHERE item.is_due) OVER (
                PARTITION BY item.account_id ORDER BY item.due_date, item.number
                ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS paid_after
        FROM item
    )
    SELECT lined.account_id, lined.id, lined.number, lined.due_date, lined.principal_amount, lined.interest_amount,
        lined.fee_amount, lined.cut_off_date, lined.cut_off_at, lined.total - lined.paid, lined.paid_date,
        CASE
            WHEN NOT lined.is_due THEN lined.total - lined.paid
            WHEN lined.pool >= 0 THEN lined.total - lined.paid
                - least(lined.total - lined.paid, greatest(lined.pool - lined.left_before, 0))
            ELSE lined.total - lined.paid + least(lined.paid, greatest(-lined.pool - lined.paid_after, 0))
        END
    FROM lined
$$;
"""

PENALTY = """
CREATE OR REPLACE FUNCTION ledger_penalty_at(
    client_id bigint, day date, instant timestamptz, only_account bigint, authority varchar
)
RETURNS TABLE (
    account_id bigint, currency varchar, from_date date, until_date date, base_amount numeric, year_rate numeric,
    days_of_year integer, amount numeric
)
LANGUAGE sql STABLE AS $$
    WITH rated AS MATERIALIZED (
        SELECT account.id AS account_id, account.currency, terms.minor_digits, terms.penalty_days_of_year AS of_year,
            least(account.annual_rate * terms.penalty_multiple, terms.penalty_year_rate_max) AS rate
        FROM portfolio_account AS account
        JOIN clients_client AS client ON client.id = account.client_id
        JOIN ledger_terms_on($2) AS terms
            ON terms.product = account.product AND terms.currency = account.currency
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = $4)
            AND ($5 IS NULL OR client.balance_authority = $5)
            AND account.annual_rate IS NOT NULL AND terms.penalty_multiple IS NOT NULL
    ), item AS MATERIALIZED (
        SELECT told.account_id, told.number, told.due_date, told.cut_off_date, told.cut_off_at,
            told.stated_left_amount AS owing, told.principal_amount
        FROM ledger_instalments_at($1, $2, $3, $4) AS told
        JOIN rated ON rated.account_id = told.account_id
        WHERE told.due_date < $2 AND told.stated_left_amount > 0
    ), paid AS MATERIALIZED (
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
    ), pooled AS MATERIALIZED (
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
    ), based AS MATERIALIZED (
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

CREATE OR REPLACE FUNCTION ledger_accrued_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE sql STABLE AS $$
    WITH latest AS MATERIALIZED (
        SELECT DISTINCT ON (stated.account_id) stated.account_id, stated.cut_off_date, stated.cut_off_at
        FROM ledger_statedbalance AS stated
        JOIN portfolio_account AS account ON account.id = stated.account_id
        WHERE account.client_id = $1 AND stated.cut_off_at <= $3 AND ($4 IS NULL OR account.id = $4)
        ORDER BY stated.account_id, stated.cut_off_date DESC
    )
    SELECT late.account_id, 'penalty-interest', late.currency, 'accrued', late.amount, latest.cut_off_date,
        latest.cut_off_at
    FROM ledger_penalty_at($1, $2, $3, $4, 'tideover') AS late
    JOIN latest ON latest.account_id = late.account_id
    UNION ALL
    SELECT late.account_id, 'fee:late-fee', late.currency, 'accrued', late.amount, latest.cut_off_date,
        latest.cut_off_at
    FROM ledger_late_fees_at($1, $2, $3, $4, 'tideover') AS late
    JOIN latest ON latest.account_id = late.account_id
$$;
"""

MOVEMENTS = """
CREATE OR REPLACE FUNCTION ledger_movements_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10000 SET plan_cache_mode = force_custom_plan SET enable_nestloop = on AS $$
#variable_conflict use_column
BEGIN
    IF $4 IS NULL THEN
        PERFORM set_config('enable_nestloop', 'off', TRUE);
    END IF;
    RETURN QUERY SELECT booked.* FROM ledger_booked_movements_at($1, $2, $3, $4) AS booked;
    IF EXISTS (
        SELECT 1 FROM portfolio_instalmentcutoff AS cut
        JOIN portfolio_account AS account ON account.id = cut.account_id
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = $4)
    ) THEN
        RETURN QUERY SELECT fallen.* FROM ledger_fallen_due_at($1, $2, $3, $4) AS fallen;
        IF EXISTS (
            SELECT 1 FROM clients_client AS client WHERE client.id = $1 AND client.balance_authority = 'tideover'
        ) THEN
            RETURN QUERY SELECT accrued.* FROM ledger_accrued_at($1, $2, $3, $4) AS accrued;
        END IF;
    END IF;
END
$$;
"""

STANDING = """
CREATE OR REPLACE FUNCTION ledger_standing_on(client_id bigint, day date, instant timestamptz)
RETURNS TABLE (
    account_id bigint, dpd integer, dpd_basis varchar, overdue_amount numeric, next_due_date date,
    next_due_amount numeric, stated_dpd integer, computed_dpd integer, not_due_amount numeric, is_settled boolean,
    has_instalments boolean, cut_off_date date
)
LANGUAGE plpgsql STABLE ROWS 10000 SET plan_cache_mode = force_custom_plan SET enable_nestloop = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT late.account_id, late.dpd, late.dpd_basis, late.overdue_amount, late.next_due_date, late.next_due_amount,
        late.stated_dpd, late.computed_dpd, late.not_due_amount, late.is_settled, late.has_instalments,
        late.cut_off_date
    FROM ledger_lateness_at($1, $2, $3, NULL) AS late;
END
$$;
"""

DEBTS = """
DROP FUNCTION ledger_debts_at(bigint, date, timestamptz);
CREATE FUNCTION ledger_debts_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, component varchar, rank integer, due_date date, number integer, amount numeric
)
LANGUAGE plpgsql STABLE ROWS 10000 SET plan_cache_mode = force_custom_plan SET enable_nestloop = on AS $$
#variable_conflict use_column
BEGIN
    IF $4 IS NULL THEN
        PERFORM set_config('enable_nestloop', 'off', TRUE);
    END IF;
    RETURN QUERY
    WITH owed AS MATERIALIZED (
        SELECT movement.account_id, movement.component, greatest(sum(movement.amount), 0) AS amount
        FROM ledger_movements_at($1, $2, $3, $4) AS movement
        GROUP BY movement.account_id, movement.component
    ), item AS MATERIALIZED (
        SELECT told.account_id, told.number, told.due_date, told.left_amount, told.principal_amount,
            told.interest_amount
        FROM ledger_instalments_at($1, $2, $3, $4) AS told
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
    ), lined AS MATERIALIZED (
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
    LEFT JOIN scheduled ON scheduled.account_id = owed.account_id;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_tail_is_no_break")]
    operations = [migrations.RunSQL(INSTALMENTS + PENALTY + MOVEMENTS + STANDING + DEBTS, migrations.RunSQL.noop)]
