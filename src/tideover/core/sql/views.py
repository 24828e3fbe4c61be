"""Published views: ``sql/public_<name>.sql`` of a room becomes the view ``public_<name>``.

They are how what happened comes back to the snapshot, and how reports and lists read: through data, not imports.
"""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.db import connection
from psycopg import sql

from tideover.core.sql import files


def list_published() -> list[files.SqlFile]:
    """The published statements of every installed room, by name."""
    found = [path for app in apps.get_app_configs() for path in Path(app.path).glob("sql/public_*.sql")]
    return [files.read(path) for path in sorted(found, key=lambda path: path.stem)]


def may_make() -> bool:
    """Whether this connection may make views: the owner may, the application (whose tests flush) may not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_schema(), 'CREATE')")
        return bool(cursor.fetchone()[0])


def drop_all() -> None:
    """Drop every published view, so that a migration may change what it reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT viewname FROM pg_views WHERE schemaname = current_schema() AND viewname LIKE 'public\\_%'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP VIEW {} CASCADE").format(sql.Identifier(name)))


def make_all() -> None:
    """Make every published view anew. Whoever reads one needs the right to read its tables."""
    drop_all()
    known = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")
        known |= {name for (name,) in cursor.fetchall()}
        for file in list_published():
            if set(file.reads) <= known:
                cursor.execute(
                    sql.SQL("CREATE VIEW {} WITH (security_invoker = true) AS ").format(sql.Identifier(file.path.stem))
                    + sql.SQL(file.text)  # type: ignore[arg-type]
                )
