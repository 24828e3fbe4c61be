"""A fact can be added and never changed: by two triggers for everyone, by rights for the application."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER journal_fact_append_only BEFORE UPDATE OR DELETE ON journal_fact
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_fact_no_truncate BEFORE TRUNCATE ON journal_fact
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_daily_root_append_only BEFORE UPDATE OR DELETE ON journal_daily_root
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_daily_root_no_truncate BEFORE TRUNCATE ON journal_daily_root
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_chain_head_kept BEFORE DELETE ON journal_chain_head
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tideover_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON journal_fact, journal_daily_root FROM tideover_app;
        REVOKE DELETE, TRUNCATE ON journal_chain_head FROM tideover_app;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
