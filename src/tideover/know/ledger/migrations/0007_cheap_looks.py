"""Looking at what was stated and paid stays cheap where there are no instalments.

The planner would otherwise plan the whole reckoning of schedules, and of what being late costs, for each look at a
card account.
"""

from django.db import migrations

FORWARDS = """
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

CREATE FUNCTION ledger_accrued_at(client_id bigint, day date, instant timestamptz, only_account bigint)
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

DROP FUNCTION ledger_movements_at(bigint, date, timestamptz, bigint);
CREATE FUNCTION ledger_movements_at(client_id bigint, day date, instant timestamptz, only_account bigint)
RETURNS TABLE (
    account_id bigint, component varchar, currency varchar, kind varchar, amount numeric, cut_off_date date,
    cut_off_at timestamptz
)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
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


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_old_lateness")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
