"""Owed now of a loan with instalments, how late it is, what being late costs, and where the lender says otherwise.

``only_account`` null means every account of the client: the same text serves a page and a night's set.
"""

from django.db import migrations

TERMS = """
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

# What was paid on instalments since the cut-off goes to those that are due, the oldest first; a payment taken back
# that the cut-off still contained is missing from the newest. Which component a posting names does not matter here:
# within an instalment fees are paid first, principal last.
INSTALMENTS = """
CREATE FUNCTION ledger_is_scheduled(component varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT $1 IN ('principal', 'interest', 'fee:instalment', 'as-stated')
$$;

CREATE FUNCTION ledger_instalments_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, instalment_id bigint, number integer, due_date date, principal_amount numeric,
    interest_amount numeric, fee_amount numeric, cut_off_date date, cut_off_at timestamptz, stated_left_amount numeric,
    stated_paid_date date, left_amount numeric
)
LANGUAGE sql STABLE AS $$
    WITH told AS (
        SELECT DISTINCT ON (cut.account_id) cut.account_id, cut.cut_off_date,
            (cut.cut_off_date + 1)::timestamp AT TIME ZONE client.zone AS cut_off_at
        FROM portfolio_account AS account
        JOIN clients_client AS client ON client.id = account.client_id
        JOIN portfolio_instalmentcutoff AS cut ON cut.account_id = account.id
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = $4)
            AND (cut.cut_off_date + 1)::timestamp AT TIME ZONE client.zone <= $3
        ORDER BY cut.account_id, cut.cut_off_date DESC
    ), pool AS (
        SELECT told.account_id, -sum(posting.amount) AS amount
        FROM told
        JOIN ledger_posting AS posting ON posting.account_id = told.account_id
            AND posting.booked_at > told.cut_off_at AND posting.booked_at <= $3
        WHERE ledger_is_scheduled(posting.component)
        GROUP BY told.account_id
    ), standing AS (
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
    ), lined AS (
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
PENALTY = """
CREATE FUNCTION ledger_penalty_at(
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
    ), edge AS (
        SELECT item.account_id, greatest(item.due_date, item.cut_off_date) AS on_date FROM item
        UNION
        SELECT paid.account_id, paid.on_date FROM paid WHERE paid.on_date < $2
    ), pooled AS (
        SELECT edge.account_id, edge.on_date,
            lead(edge.on_date, 1, $2) OVER (PARTITION BY edge.account_id ORDER BY edge.on_date) AS until_date,
            coalesce((
                SELECT sum(paid.amount) FROM paid
                WHERE paid.account_id = edge.account_id AND paid.on_date <= edge.on_date
            ), 0) AS pool
        FROM edge
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

# A fee for being late: once for an instalment that falls due after the cut-off, or was not late enough by then, and of
# which something is still left on the day.
LATE_FEES = """
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

MOVEMENTS = """
CREATE FUNCTION ledger_movements_at(client_id bigint, day date, instant timestamptz, only_account bigint)
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
    UNION ALL
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
    UNION ALL
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

CREATE OR REPLACE FUNCTION ledger_components_at(client_id bigint, instant timestamptz)
RETURNS TABLE (account_id bigint, component varchar, currency varchar, amount numeric)
LANGUAGE sql STABLE AS $$
    SELECT movement.account_id, movement.component, movement.currency, sum(movement.amount)
    FROM ledger_movements_at(
        $1, (SELECT ($2 AT TIME ZONE client.zone)::date FROM clients_client AS client WHERE client.id = $1), $2, NULL
    ) AS movement
    GROUP BY movement.account_id, movement.component, movement.currency
$$;
"""

# DPD is counted from the oldest instalment that is not covered: the first at which what is left, added up from the
# oldest, is more than the tail. Under the lender's authority its stated DPD binds where it differs at the cut-off:
# until that instalment is paid, or, where it says not late, until another falls due.
STANDING = """
CREATE FUNCTION ledger_lateness_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, dpd integer, dpd_basis varchar, overdue_amount numeric, next_due_date date,
    next_due_amount numeric, stated_dpd integer, computed_dpd integer, not_due_amount numeric, is_settled boolean,
    has_instalments boolean, cut_off_date date
)
LANGUAGE sql STABLE AS $$
    WITH account AS (
        SELECT account.id, client.balance_authority, coalesce(terms.tail_amount, 0) AS tail
        FROM portfolio_account AS account
        JOIN clients_client AS client ON client.id = account.client_id
        LEFT JOIN ledger_terms_on($2) AS terms
            ON terms.product = account.product AND terms.currency = account.currency
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = $4)
    ), item AS (
        SELECT told.account_id, told.due_date, told.cut_off_date, told.left_amount, account.tail,
            sum(CASE WHEN told.due_date <= $2 THEN told.left_amount ELSE 0 END) OVER oldest AS left_through,
            sum(CASE WHEN told.due_date <= $2 AND told.due_date > told.cut_off_date
                THEN told.left_amount ELSE 0 END) OVER oldest AS left_through_since,
            sum(CASE WHEN told.due_date <= told.cut_off_date THEN told.stated_left_amount ELSE 0 END) OVER oldest
                AS stated_left_through
        FROM ledger_instalments_at($1, $2, $3, $4) AS told
        JOIN account ON account.id = told.account_id
        WINDOW oldest AS (PARTITION BY told.account_id ORDER BY told.due_date, told.number)
    ), computed AS (
        SELECT item.account_id, max(item.cut_off_date) AS cut_off_date,
            min(item.due_date) FILTER (WHERE item.due_date < $2 AND item.left_through > item.tail) AS oldest_date,
            min(item.due_date) FILTER (
                WHERE item.due_date < $2 AND item.due_date > item.cut_off_date
                    AND item.left_through_since > item.tail
            ) AS oldest_since_date,
            min(item.due_date) FILTER (
                WHERE item.due_date < item.cut_off_date AND item.stated_left_through > item.tail
            ) AS oldest_stated_date,
            min(item.due_date) FILTER (WHERE item.due_date > $2 AND item.left_amount > 0) AS next_due_date,
            sum(item.left_amount) FILTER (WHERE item.due_date > $2) AS not_due_amount
        FROM item
        GROUP BY item.account_id
    ), next_due AS (
        SELECT item.account_id, sum(item.left_amount) AS amount
        FROM item
        JOIN computed ON computed.account_id = item.account_id AND computed.next_due_date = item.due_date
        GROUP BY item.account_id
    ), stated AS (
        SELECT DISTINCT ON (standing.account_id) standing.account_id, standing.dpd_basis, standing.cut_off_date,
            standing.next_due_date, standing.next_due_amount, standing.dpd AS dpd_then,
            CASE WHEN standing.dpd = 0 THEN 0 ELSE standing.dpd + ($2 - standing.cut_off_date) END AS dpd
        FROM portfolio_standing AS standing
        JOIN account ON account.id = standing.account_id
        WHERE standing.cut_off_date <= $2
        ORDER BY standing.account_id, standing.cut_off_date DESC
    ), owed AS (
        SELECT movement.account_id, sum(movement.amount) AS owed_amount
        FROM ledger_movements_at($1, $2, $3, $4) AS movement
        GROUP BY movement.account_id
    ), found AS (
        SELECT account.id AS account_id, account.tail, account.balance_authority, owed.owed_amount, stated.dpd_then,
            stated.dpd AS dpd_stated_now, stated.dpd_basis, stated.cut_off_date AS stated_date,
            computed.account_id IS NOT NULL AS has_instalments,
            coalesce($2 - computed.oldest_date, 0) AS dpd_computed,
            coalesce($2 - computed.oldest_since_date, 0) AS dpd_since,
            coalesce(computed.cut_off_date - computed.oldest_stated_date, 0) AS dpd_computed_then,
            computed.oldest_date, computed.oldest_stated_date, computed.cut_off_date,
            coalesce(computed.not_due_amount, 0) AS not_due_amount,
            CASE WHEN computed.account_id IS NULL THEN stated.next_due_date ELSE computed.next_due_date END
                AS next_due_date,
            CASE WHEN computed.account_id IS NULL THEN stated.next_due_amount ELSE next_due.amount END
                AS next_due_amount
        FROM account
        LEFT JOIN stated ON stated.account_id = account.id
        LEFT JOIN computed ON computed.account_id = account.id
        LEFT JOIN next_due ON next_due.account_id = account.id
        LEFT JOIN owed ON owed.account_id = account.id
        WHERE stated.account_id IS NOT NULL OR computed.account_id IS NOT NULL
    ), judged AS (
        SELECT found.*,
            found.has_instalments AND found.balance_authority = 'lender' AND found.dpd_then IS NOT NULL
                AND found.stated_date = found.cut_off_date AND found.dpd_then <> found.dpd_computed_then AS is_bound,
            found.tail > 0 AND found.owed_amount <= found.tail AS is_within_tail
        FROM found
    )
    SELECT judged.account_id,
        CASE
            WHEN judged.is_within_tail THEN 0
            WHEN NOT judged.has_instalments THEN judged.dpd_stated_now
            WHEN NOT judged.is_bound THEN judged.dpd_computed
            WHEN judged.dpd_then = 0 THEN judged.dpd_since
            WHEN judged.oldest_date IS NOT DISTINCT FROM judged.oldest_stated_date OR judged.oldest_stated_date IS NULL
                THEN judged.dpd_then + ($2 - judged.cut_off_date)
            ELSE judged.dpd_computed
        END,
        CASE
            WHEN NOT judged.has_instalments THEN judged.dpd_basis
            WHEN judged.is_bound AND (judged.dpd_then = 0 OR judged.oldest_stated_date IS NULL
                OR judged.oldest_date IS NOT DISTINCT FROM judged.oldest_stated_date) THEN judged.dpd_basis
            ELSE 'computed'
        END,
        judged.owed_amount, judged.next_due_date, judged.next_due_amount, judged.dpd_then,
        CASE WHEN judged.has_instalments THEN judged.dpd_computed END, judged.not_due_amount,
        judged.owed_amount + judged.not_due_amount <= judged.tail, judged.has_instalments,
        coalesce(judged.cut_off_date, judged.stated_date)
    FROM judged
$$;

CREATE FUNCTION ledger_standing_on(client_id bigint, day date, instant timestamptz)
RETURNS TABLE (
    account_id bigint, dpd integer, dpd_basis varchar, overdue_amount numeric, next_due_date date,
    next_due_amount numeric, stated_dpd integer, computed_dpd integer, not_due_amount numeric, is_settled boolean,
    has_instalments boolean, cut_off_date date
)
LANGUAGE sql STABLE AS $$
    SELECT late.account_id, late.dpd, late.dpd_basis, late.overdue_amount, late.next_due_date, late.next_due_amount,
        late.stated_dpd, late.computed_dpd, late.not_due_amount, late.is_settled, late.has_instalments,
        late.cut_off_date
    FROM ledger_lateness_at($1, $2, $3, NULL) AS late
$$;
"""

# Where what the lender states at its latest cut-off is not what we reckon.
BREAKS = """
CREATE FUNCTION ledger_breaks_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, kind varchar, cut_off_date date, currency varchar, stated numeric, reckoned numeric
)
LANGUAGE sql STABLE AS $$
    WITH account AS (
        SELECT account.id, account.currency, coalesce(terms.tail_amount, 0) AS tail,
            coalesce(terms.check_amount, 0) AS tolerance
        FROM portfolio_account AS account
        LEFT JOIN ledger_terms_on($2) AS terms
            ON terms.product = account.product AND terms.currency = account.currency
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = $4)
    ), item AS (
        SELECT told.account_id, told.due_date, told.cut_off_date, told.cut_off_at, told.stated_left_amount,
            sum(told.stated_left_amount) OVER (PARTITION BY told.account_id ORDER BY told.due_date, told.number)
                AS left_through
        FROM ledger_instalments_at($1, $2, $3, $4) AS told
        WHERE told.due_date <= told.cut_off_date
    ), reckoned AS (
        SELECT item.account_id, item.cut_off_date, sum(item.stated_left_amount) AS amount,
            coalesce(item.cut_off_date - min(item.due_date) FILTER (
                WHERE item.left_through > account.tail AND item.due_date < item.cut_off_date
            ), 0) AS dpd
        FROM item
        JOIN account ON account.id = item.account_id
        GROUP BY item.account_id, item.cut_off_date
    ), balance AS (
        SELECT stated.account_id, stated.cut_off_date, min(stated.cut_off_at) AS cut_off_at, sum(stated.amount) AS total,
            sum(stated.amount) FILTER (WHERE ledger_is_scheduled(stated.component)) AS scheduled,
            bool_or(stated.component = 'as-stated') AS is_unsplit
        FROM ledger_statedbalance AS stated
        JOIN account ON account.id = stated.account_id
        WHERE stated.cut_off_at <= $3
        GROUP BY stated.account_id, stated.cut_off_date
    )
    SELECT reckoned.account_id, 'dpd'::varchar, reckoned.cut_off_date, NULL::varchar, standing.dpd::numeric,
        reckoned.dpd::numeric
    FROM reckoned
    JOIN portfolio_standing AS standing
        ON standing.account_id = reckoned.account_id AND standing.cut_off_date = reckoned.cut_off_date
    WHERE standing.dpd <> reckoned.dpd
    UNION ALL
    SELECT reckoned.account_id, 'overdue', reckoned.cut_off_date, account.currency, coalesce(balance.scheduled, 0),
        reckoned.amount
    FROM reckoned
    JOIN account ON account.id = reckoned.account_id
    JOIN balance ON balance.account_id = reckoned.account_id AND balance.cut_off_date = reckoned.cut_off_date
    WHERE NOT balance.is_unsplit AND abs(coalesce(balance.scheduled, 0) - reckoned.amount) > account.tolerance
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
            TERMS + INSTALMENTS + PENALTY + LATE_FEES + MOVEMENTS + STANDING + BREAKS, migrations.RunSQL.noop
        )
    ]
