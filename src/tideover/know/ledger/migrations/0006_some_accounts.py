"""What is owed, of one account, of some, or of all of a client's: ``only_accounts`` null means every one.

Some are asked for at once, whether a page shows twenty or a file of payments brings a hundred. What fell due since the
cut-off is read from the instalments of those days alone: it needs no account's whole schedule laid out.
"""

from django.db import migrations

# With one account or none. Nothing hangs on them but texts that are read when they are called.
FORMER = """
DROP FUNCTION ledger_instalments_at(bigint, date, timestamptz, bigint);
DROP FUNCTION ledger_penalty_at(bigint, date, timestamptz, bigint, varchar);
DROP FUNCTION ledger_late_fees_at(bigint, date, timestamptz, bigint, varchar);
DROP FUNCTION ledger_booked_movements_at(bigint, date, timestamptz, bigint);
DROP FUNCTION ledger_fallen_due_at(bigint, date, timestamptz, bigint);
DROP FUNCTION ledger_accrued_at(bigint, date, timestamptz, bigint);
DROP FUNCTION ledger_movements_at(bigint, date, timestamptz, bigint);
"""

# What was paid on instalments since the cut-off goes to those that are due, the oldest first; a payment taken back
# that the cut-off still contained is missing from the newest. Which component a posting names does not matter here:
# within an instalment fees are paid first, principal last.
INSTALMENTS_AT = """
CREATE FUNCTION ledger_instalments_at(client_id bigint, day date, instant timestamptz, only_accounts bigint[])
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
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = ANY($4))
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
    client_id bigint, day date, instant timestamptz, only_accounts bigint[], authority varchar
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
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = ANY($4))
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
    client_id bigint, day date, instant timestamptz, only_accounts bigint[], authority varchar
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
CREATE FUNCTION ledger_booked_movements_at(client_id bigint, day date, instant timestamptz, only_accounts bigint[])
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (stated.account_id) stated.account_id, stated.cut_off_date, stated.cut_off_at
        FROM ledger_statedbalance AS stated
        JOIN portfolio_account AS account ON account.id = stated.account_id
        WHERE account.client_id = $1 AND stated.cut_off_at <= $3 AND ($4 IS NULL OR account.id = ANY($4))
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
CREATE FUNCTION ledger_fallen_due_at(
    client_id bigint, day date, instant timestamptz, only_accounts bigint[]
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
        WHERE account.client_id = $1 AND stated.cut_off_at <= $3 AND ($4 IS NULL OR account.id = ANY($4))
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

ACCRUED_AT = """
CREATE FUNCTION ledger_accrued_at(client_id bigint, day date, instant timestamptz, only_accounts bigint[])
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE sql STABLE AS $$
    WITH latest AS MATERIALIZED (
        SELECT DISTINCT ON (stated.account_id) stated.account_id, stated.cut_off_date, stated.cut_off_at
        FROM ledger_statedbalance AS stated
        JOIN portfolio_account AS account ON account.id = stated.account_id
        WHERE account.client_id = $1 AND stated.cut_off_at <= $3 AND ($4 IS NULL OR account.id = ANY($4))
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
CREATE FUNCTION ledger_movements_at(client_id bigint, day date, instant timestamptz, only_accounts bigint[])
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10000 SET plan_cache_mode = force_custom_plan SET enable_nestloop = on AS $$
#variable_conflict use_column
BEGIN
    IF $4 IS NULL OR cardinality($4) > 100 THEN
        PERFORM set_config('enable_nestloop', 'off', TRUE);
    END IF;
    RETURN QUERY SELECT booked.* FROM ledger_booked_movements_at($1, $2, $3, $4) AS booked;
    IF EXISTS (
        SELECT 1 FROM portfolio_instalmentcutoff AS cut
        JOIN portfolio_account AS account ON account.id = cut.account_id
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = ANY($4))
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


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_lateness_and_debts"),
    ]
    operations = [
        migrations.RunSQL(
            "".join(
                (
                    FORMER,
                    INSTALMENTS_AT,
                    PENALTY_AT,
                    LATE_FEES_AT,
                    BOOKED_MOVEMENTS_AT,
                    FALLEN_DUE_AT,
                    ACCRUED_AT,
                    MOVEMENTS_AT,
                )
            ),
            migrations.RunSQL.noop,
        )
    ]
