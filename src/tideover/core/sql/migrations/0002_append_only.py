from django.db import migrations

MAKE = """
CREATE FUNCTION tideover_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""


class Migration(migrations.Migration):
    """What every append-only table's triggers call; core/sql/append_only.py hangs them."""

    dependencies = [("sql", "0001_statistics")]
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION tideover_refuse_change()")]
