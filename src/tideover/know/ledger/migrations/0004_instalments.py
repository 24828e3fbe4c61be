"""Owed now of a loan with instalments, and what being late costs.

``only_account`` null means every account of the client: the same text serves a page and a night's set. Sets are
planned as sets even where nothing is known yet of tables just filled; what has no instalments is looked at cheaply.
"""

from django.db import migrations

TERMS_ON = """
CREATE FUNCTION ledger_terms_on(day date)
RETURNS TABLE (
    product varchar, currency varchar, minor_digits integer, tail_amount numeric, check_amount numeric,
    penalty_multiple numeric, penalty_days_of_year integer, penalty_year_rate_max numeric, late_fee_amount numeric,
    late_fee_after_days integer
)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (terms.product, terms.currency) terms.product, terms.currency, terms.minor_digits,
        terms.tail_amount, terms.check_amount, terms.penalty_multiple, terms.penalty_days_of_year,
        terms.penalty_year_rate_max, terms.late_fee_amount, terms.late_fee_after_days
    FROM ledger_productterms AS terms
    WHERE terms.effective_from <= $1
    ORDER BY terms.product, terms.currency, terms.effective_from DESC, terms.id DESC
$$;
"""

IS_SCHEDULED = """
CREATE FUNCTION ledger_is_scheduled(component varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT $1 IN ('principal', 'interest', 'fee:instalment', 'as-stated')
$$;
"""

# What was paid on instalments since the cut-off goes to those that are due, the oldest first; a payment taken back
# that the cut-off still contained is missing from the newest. Which component a posting names does not matter here:
# within an instalment fees are paid first, principal last.
INSTALMENTS_AT = """
CREATE FUNCTION ledger_instalments_at(client_id bigint, day date, instant timestamptz, only_account bigint)
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

# Overdue principal changes when an instalment falls due and when money comes. Each period between two such days is a
# row, rounded on its own: base × rate × days. Money counts from its value date, at the earliest from the cut-off.
PENALTY_AT = """
CREATE FUNCTION ledger_penalty_at(
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
"""

# A fee for being late: once for an instalment that falls due after the cut-off, or was not late enough by then, and of
# which something is still left on the day.
LATE_FEES_AT = """
CREATE FUNCTION ledger_late_fees_at(
    client_id bigint, day date, instant timestamptz, only_account bigint, authority varchar
)
RETURNS TABLE (account_id bigint, currency varchar, number integer, charged_date date, amount numeric)
LANGUAGE sql STABLE AS $$
    WITH item AS (
        SELECT told.account_id, account.currency, told.number, told.due_date, told.cut_off_at,
            told.due_date + terms.late_fee_after_days AS charged_date, told.stated_left_amount AS owing,
            terms.late_fee_amount, told.cut_off_date,
            sum(told.stated_left_amount) OVER (PARTITION BY told.account_id ORDER BY told.due_date, told.number)
                AS owing_through
        FROM ledger_instalments_at($1, $2, $3, $4) AS told
        JOIN portfolio_account AS account ON account.id = told.account_id
        JOIN clients_client AS client ON client.id = account.client_id AND ($5 IS NULL OR client.balance_authority = $5)
        JOIN ledger_terms_on($2) AS terms ON terms.product = account.product AND terms.currency = account.currency
        WHERE terms.late_fee_amount > 0
    )
    SELECT item.account_id, item.currency, item.number, item.charged_date, item.late_fee_amount
    FROM item
    WHERE item.owing > 0 AND item.charged_date > item.cut_off_date AND item.charged_date <= $2
        AND item.owing_through > coalesce((
            SELECT -sum(posting.amount) FROM ledger_posting AS posting
            WHERE posting.account_id = item.account_id AND posting.booked_at > item.cut_off_at
                AND posting.booked_at <= $3 AND posting.value_date <= item.charged_date
                AND ledger_is_scheduled(posting.component)
        ), 0)
$$;
"""

BOOKED_MOVEMENTS_AT = """
CREATE FUNCTION ledger_booked_movements_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (stated.account_id) stated.account_id, stated.cut_off_date, stated.cut_off_at
        FROM ledger_statedbalance AS stated
        JOIN portfolio_account AS account ON account.id = stated.account_id
        WHERE account.client_id = $1 AND stated.cut_off_at <= $3 AND ($4 IS NULL OR account.id = $4)
        ORDER BY stated.account_id, stated.cut_off_date DESC
    )
    SELECT stated.account_id, stated.component, stated.currency, 'stated'::varchar, stated.amount,
        latest.cut_off_date, latest.cut_off_at
    FROM ledger_statedbalance AS stated
    JOIN latest ON latest.account_id = stated.account_id AND latest.cut_off_date = stated.cut_off_date
    UNION ALL
    SELECT posting.account_id, posting.component, posting.currency, posting.kind, posting.amount,
        latest.cut_off_date, latest.cut_off_at
    FROM ledger_posting AS posting
    JOIN latest ON latest.account_id = posting.account_id AND posting.booked_at > latest.cut_off_at
    WHERE posting.booked_at <= $3
$$;
"""

FALLEN_DUE_AT = """
CREATE FUNCTION ledger_fallen_due_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (stated.account_id) stated.account_id, stated.cut_off_date, stated.cut_off_at
        FROM ledger_statedbalance AS stated
        JOIN portfolio_account AS account ON account.id = stated.account_id
        WHERE account.client_id = $1 AND stated.cut_off_at <= $3 AND ($4 IS NULL OR account.id = $4)
        ORDER BY stated.account_id, stated.cut_off_date DESC
    ), fell_due AS (
        SELECT item.account_id, latest.cut_off_date, latest.cut_off_at, account.currency,
            item.principal_amount AS principal, item.interest_amount AS interest, item.stated_left_amount AS owing,
            EXISTS (
                SELECT 1 FROM ledger_statedbalance AS unsplit
                WHERE unsplit.account_id = item.account_id AND unsplit.cut_off_date = latest.cut_off_date
                    AND unsplit.component = 'as-stated'
            ) AS is_unsplit
        FROM ledger_instalments_at($1, $2, $3, $4) AS item
        JOIN latest ON latest.account_id = item.account_id
        JOIN portfolio_account AS account ON account.id = item.account_id
        WHERE item.due_date > latest.cut_off_date AND item.due_date <= $2
            AND item.stated_left_amount > 0
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
    WHERE part.amount > 0
$$;
"""

ACCRUED_AT = """
CREATE FUNCTION ledger_accrued_at(client_id bigint, day date, instant timestamptz, only_account bigint)
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

MOVEMENTS_AT = """
CREATE FUNCTION ledger_movements_at(client_id bigint, day date, instant timestamptz, only_account bigint)
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

DAY_AT = """
CREATE FUNCTION ledger_day_at(client_id bigint, instant timestamptz) RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT (($2 - interval '1 microsecond') AT TIME ZONE client.zone)::date
        FROM clients_client AS client WHERE client.id = $1
    );
END
$$;
"""

COMPONENTS_AT = """
CREATE OR REPLACE FUNCTION ledger_components_at(client_id bigint, instant timestamptz)
RETURNS TABLE (account_id bigint, component varchar, currency varchar, amount numeric)
LANGUAGE sql STABLE AS $$
    SELECT movement.account_id, movement.component, movement.currency, sum(movement.amount)
    FROM ledger_movements_at($1, (SELECT ledger_day_at($1, $2)), $2, NULL) AS movement
    GROUP BY movement.account_id, movement.component, movement.currency
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_product_terms"),
        ("portfolio", "0004_contract_rate"),
        ("clients", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            "".join(
                (
                    TERMS_ON,
                    IS_SCHEDULED,
                    INSTALMENTS_AT,
                    PENALTY_AT,
                    LATE_FEES_AT,
                    BOOKED_MOVEMENTS_AT,
                    FALLEN_DUE_AT,
                    ACCRUED_AT,
                    MOVEMENTS_AT,
                    DAY_AT,
                    COMPONENTS_AT,
                )
            ),
            migrations.RunSQL.noop,
        )
    ]
