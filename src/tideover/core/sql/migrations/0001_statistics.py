from django.db import migrations

MAKE = """
CREATE FUNCTION tideover_take_statistics(names text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT class.relname FROM pg_class AS class
        JOIN pg_namespace AS space ON space.oid = class.relnamespace
        WHERE space.nspname = 'public' AND class.relkind IN ('r', 'p') AND class.relname = ANY (names)
            AND class.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
        ORDER BY class.relname
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', found.relname);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    """The application may have statistics taken of tables that it has just filled; it owns none of them."""

    initial = True
    dependencies = []
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION tideover_take_statistics(text[])")]
