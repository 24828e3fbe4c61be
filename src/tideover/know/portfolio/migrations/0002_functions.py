"""How late accounts are on a day, for sets; and a standing, once stated, is never changed."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION portfolio_dpd_on(client_id bigint, day date)
RETURNS TABLE (
    account_id bigint, dpd integer, dpd_basis varchar, cut_off_date date, next_due_date date, next_due_amount numeric
)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (standing.account_id)
        standing.account_id,
        CASE WHEN standing.dpd = 0 THEN 0 ELSE standing.dpd + ($2 - standing.cut_off_date) END,
        standing.dpd_basis, standing.cut_off_date, standing.next_due_date, standing.next_due_amount
    FROM portfolio_standing AS standing
    JOIN portfolio_account AS account ON account.id = standing.account_id
    WHERE account.client_id = $1 AND standing.cut_off_date <= $2
    ORDER BY standing.account_id, standing.cut_off_date DESC
$$;

CREATE FUNCTION portfolio_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'a stated standing is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER portfolio_standing_append_only BEFORE UPDATE OR DELETE ON portfolio_standing
    FOR EACH ROW EXECUTE FUNCTION portfolio_refuse_change();
CREATE TRIGGER portfolio_standing_no_truncate BEFORE TRUNCATE ON portfolio_standing
    FOR EACH STATEMENT EXECUTE FUNCTION portfolio_refuse_change();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tideover_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON portfolio_standing FROM tideover_app;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
