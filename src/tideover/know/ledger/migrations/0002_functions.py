"""What is owed at an instant, for sets; and what was stated or posted is never changed."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION ledger_components_at(client_id bigint, instant timestamptz)
RETURNS TABLE (account_id bigint, component varchar, currency varchar, amount numeric)
LANGUAGE sql STABLE AS $$
    WITH latest AS (
        SELECT DISTINCT ON (stated.account_id) stated.account_id, stated.cut_off_date, stated.cut_off_at
        FROM ledger_statedbalance AS stated
        JOIN portfolio_account AS account ON account.id = stated.account_id
        WHERE account.client_id = $1 AND stated.cut_off_at <= $2
        ORDER BY stated.account_id, stated.cut_off_date DESC
    ), movement AS (
        SELECT stated.account_id, stated.component, stated.currency, stated.amount
        FROM ledger_statedbalance AS stated
        JOIN latest ON latest.account_id = stated.account_id AND latest.cut_off_date = stated.cut_off_date
        UNION ALL
        SELECT posting.account_id, posting.component, posting.currency, posting.amount
        FROM ledger_posting AS posting
        JOIN latest ON latest.account_id = posting.account_id AND posting.booked_at > latest.cut_off_at
        WHERE posting.booked_at <= $2
    )
    SELECT movement.account_id, movement.component, movement.currency, sum(movement.amount)
    FROM movement
    GROUP BY movement.account_id, movement.component, movement.currency
$$;

CREATE FUNCTION ledger_owed_at(client_id bigint, instant timestamptz)
RETURNS TABLE (
    account_id bigint, currency varchar, owed_amount numeric, last_payment_date date, paid_30d_amount numeric
)
LANGUAGE sql STABLE AS $$
    WITH owed AS (
        SELECT component.account_id, component.currency, sum(component.amount) AS amount
        FROM ledger_components_at($1, $2) AS component
        GROUP BY component.account_id, component.currency
    ), today AS (
        SELECT ($2 AT TIME ZONE client.zone)::date AS day FROM clients_client AS client WHERE client.id = $1
    ), paid AS (
        SELECT posting.account_id, max(posting.value_date) AS last_date,
            sum(CASE WHEN posting.value_date > today.day - 30 AND posting.value_date <= today.day
                THEN -posting.amount ELSE 0 END) AS in_30_days
        FROM ledger_posting AS posting
        JOIN portfolio_account AS account ON account.id = posting.account_id
        CROSS JOIN today
        LEFT JOIN ledger_posting AS reversal ON reversal.reverses_id = posting.id AND reversal.booked_at <= $2
        WHERE account.client_id = $1 AND posting.kind = 'payment' AND posting.booked_at <= $2
            AND reversal.id IS NULL
        GROUP BY posting.account_id
    )
    SELECT owed.account_id, owed.currency, owed.amount, paid.last_date, coalesce(paid.in_30_days, 0)
    FROM owed
    LEFT JOIN paid ON paid.account_id = owed.account_id
$$;

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER ledger_statedbalance_append_only BEFORE UPDATE OR DELETE ON ledger_statedbalance
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_statedbalance_no_truncate BEFORE TRUNCATE ON ledger_statedbalance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_posting_no_truncate BEFORE TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tideover_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON ledger_statedbalance, ledger_posting FROM tideover_app;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("portfolio", "0001_initial"),
        ("clients", "0001_initial"),
    ]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
