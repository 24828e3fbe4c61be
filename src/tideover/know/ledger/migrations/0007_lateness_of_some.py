"""How late, what differs from the lender's word, and what a payment may be used for: of one account, of some, or of all
of a client's, as ``0006_some_accounts`` has it.
"""

from django.db import migrations

# With one account or none. Nothing hangs on them but texts that are read when they are called.
FORMER = """
DROP FUNCTION ledger_lateness_at(bigint, date, timestamptz, bigint);
DROP FUNCTION ledger_breaks_at(bigint, date, timestamptz, bigint);
DROP FUNCTION ledger_debts_at(bigint, date, timestamptz, bigint);
DROP FUNCTION ledger_total_breaks_at(bigint, timestamptz, bigint);
"""

# DPD is counted from the oldest instalment that is not covered: the first at which what is left, added up from the
# oldest, is more than the tail. Under the lender's authority its stated DPD binds where it differs at the cut-off:
# until that instalment is paid, or, where it says not late, until another falls due.
LATENESS_AT = """
CREATE FUNCTION ledger_lateness_at(client_id bigint, day date, instant timestamptz, only_accounts bigint[])
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
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = ANY($4))
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
            min(item.due_date) FILTER (
                WHERE item.due_date < item.cut_off_date AND item.stated_left_through > 0
            ) AS oldest_unpaid_date,
            min(item.due_date) FILTER (WHERE item.due_date > $2 AND item.left_amount > 0) AS next_due_date,
            sum(item.left_amount) FILTER (WHERE item.due_date > $2) AS not_due_amount
        FROM item
        GROUP BY item.account_id
    ), next_due AS (
        SELECT item.account_id, sum(item.left_amount) AS amount
        FROM item
        JOIN computed ON computed.account_id = item.account_id AND computed.next_due_date = item.due_date
        GROUP BY item.account_id
    ), mistaken AS (
        SELECT DISTINCT standing.id
        FROM ledger_posting AS reversal
        JOIN ledger_posting AS paid ON paid.id = reversal.reverses_id
        JOIN account ON account.id = paid.account_id
        JOIN portfolio_standing AS standing ON standing.account_id = paid.account_id
        CROSS JOIN LATERAL (
            SELECT (standing.cut_off_date + 1)::timestamp AT TIME ZONE client.zone AS at
            FROM clients_client AS client WHERE client.id = $1
        ) AS cut_off
        WHERE reversal.reverses_id IS NOT NULL AND reversal.booked_at <= $3
            AND paid.booked_at <= cut_off.at AND reversal.booked_at > cut_off.at
    ), stated AS (
        SELECT DISTINCT ON (standing.account_id) standing.account_id, standing.dpd_basis, standing.cut_off_date,
            standing.next_due_date, standing.next_due_amount, standing.dpd AS dpd_then,
            CASE WHEN standing.dpd = 0 THEN 0 ELSE standing.dpd + ($2 - standing.cut_off_date) END AS dpd
        FROM portfolio_standing AS standing
        JOIN account ON account.id = standing.account_id
        LEFT JOIN mistaken ON mistaken.id = standing.id
        WHERE standing.cut_off_date <= $2
        ORDER BY standing.account_id, mistaken.id IS NOT NULL, standing.cut_off_date DESC
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
            coalesce(computed.cut_off_date - computed.oldest_unpaid_date, 0) AS dpd_without_tail_then,
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
                AND found.stated_date = found.cut_off_date AND found.dpd_then <> found.dpd_computed_then
                AND found.dpd_then <> found.dpd_without_tail_then AS is_bound,
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
"""

# Where what the lender states at its latest cut-off is not what we reckon.
BREAKS_AT = """
CREATE FUNCTION ledger_breaks_at(client_id bigint, day date, instant timestamptz, only_accounts bigint[])
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
        WHERE account.client_id = $1 AND ($4 IS NULL OR account.id = ANY($4))
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
            ), 0) AS dpd,
            coalesce(item.cut_off_date - min(item.due_date) FILTER (
                WHERE item.left_through > 0 AND item.due_date < item.cut_off_date
            ), 0) AS dpd_without_tail
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
    WHERE standing.dpd <> reckoned.dpd AND standing.dpd <> reckoned.dpd_without_tail
    UNION ALL
    SELECT reckoned.account_id, 'overdue', reckoned.cut_off_date, account.currency, coalesce(balance.scheduled, 0),
        reckoned.amount
    FROM reckoned
    JOIN account ON account.id = reckoned.account_id
    JOIN balance ON balance.account_id = reckoned.account_id AND balance.cut_off_date = reckoned.cut_off_date
    WHERE NOT balance.is_unsplit AND abs(coalesce(balance.scheduled, 0) - reckoned.amount) > account.tolerance
$$;
"""

# Costs and interest of being late, then instalment by instalment; what the lender states beyond its schedule is last.
# ``rank`` 0: not of an instalment, 1: of one, 2: beyond the schedule. An account without instalments has rank 0 alone.
DEBTS_AT = """
CREATE FUNCTION ledger_debts_at(client_id bigint, day date, instant timestamptz, only_accounts bigint[])
RETURNS TABLE (
    account_id bigint, component varchar, rank integer, due_date date, number integer, amount numeric
)
LANGUAGE plpgsql STABLE ROWS 10000 SET plan_cache_mode = force_custom_plan SET enable_nestloop = on AS $$
#variable_conflict use_column
BEGIN
    IF $4 IS NULL OR cardinality($4) > 100 THEN
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

# The lender's total at its latest cut-off beside ours: its total before, what fell due and what being late costs since,
# and what was paid. Only where the contract's rate is known: without it the cost of being late is not.
TOTAL_BREAKS_AT = """
CREATE FUNCTION ledger_total_breaks_at(client_id bigint, instant timestamptz, only_accounts bigint[])
RETURNS TABLE (
    account_id bigint, kind varchar, cut_off_date date, currency varchar, stated numeric, reckoned numeric
)
LANGUAGE sql STABLE AS $$
    WITH latest AS MATERIALIZED (
        SELECT max(told.cut_off_date) AS day, max(told.cut_off_at) - interval '1 microsecond' AS before
        FROM ledger_statedbalance AS told
        JOIN portfolio_account AS account ON account.id = told.account_id
        WHERE account.client_id = $1 AND told.cut_off_at <= $2 AND ($3 IS NULL OR account.id = ANY($3))
    ), stated AS (
        SELECT told.account_id, sum(told.amount) AS amount
        FROM ledger_statedbalance AS told
        JOIN latest ON latest.day = told.cut_off_date
        JOIN portfolio_account AS account ON account.id = told.account_id
        WHERE account.client_id = $1 AND account.annual_rate IS NOT NULL AND ($3 IS NULL OR account.id = ANY($3))
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0006_some_accounts"),
    ]
    operations = [
        migrations.RunSQL("".join((FORMER, LATENESS_AT, BREAKS_AT, DEBTS_AT, TOTAL_BREAKS_AT)), migrations.RunSQL.noop)
    ]
