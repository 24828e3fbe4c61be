"""Tables to which rows are added and never changed: by two triggers for everyone, by rights for the application.

A room's migration hangs them: ``operations = [append_only.keep("portfolio_instalment")]``, with a dependency on
``("sql", "0002_append_only")``.
"""

from __future__ import annotations

import re

from django.db import migrations

_NAME = re.compile(r"[a-z_]+")
_KEEP = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION tideover_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION tideover_refuse_change();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tideover_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM tideover_app;
    END IF;
END
$$;
"""
_RELEASE = """
DROP TRIGGER {table}_append_only ON {table};
DROP TRIGGER {table}_no_truncate ON {table};
"""


def keep(*tables: str) -> migrations.RunSQL:
    """The migration step after which nobody changes, removes or truncates rows of the tables."""
    for table in tables:
        if not _NAME.fullmatch(table):
            raise ValueError(f"{table!r} is no table's name")
    return migrations.RunSQL(
        "".join(_KEEP.format(table=table) for table in tables),
        "".join(_RELEASE.format(table=table) for table in tables),
    )
