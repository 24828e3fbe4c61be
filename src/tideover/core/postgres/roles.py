"""The two roles: the owner migrates, the application works.

The application may read and write rows, and nothing else: it creates no table, not even a temporary one.
A table that must only grow has a trigger that refuses the change to everybody; the right to it is taken away too.
"""

from __future__ import annotations

from typing import LiteralString

import psycopg
from psycopg import sql

from tideover.core.postgres.address import APPLICATION, DATABASE, Address
from tideover.core.postgres.problems import ApplicationRoleUnfit

_GUARDED = """
select class.relname, bit_or(guard.tgtype)
from pg_trigger as guard
join pg_class as class on class.oid = guard.tgrelid
join pg_namespace as space on space.oid = class.relnamespace
join pg_proc as refusal on refusal.oid = guard.tgfoid
where space.nspname = 'public' and not guard.tgisinternal and refusal.proname like '%\\_refuse\\_change'
group by class.relname order by class.relname
"""
"""The tables of which a trigger refuses a change to everybody, and which changes, as PostgreSQL's bits."""

_RIGHTS: dict[int, LiteralString] = {8: "delete", 16: "update", 32: "truncate"}


def ensure_roles(owner: Address, app_password: str) -> None:
    """Make the application role of the embedded server and give it its password."""
    with psycopg.connect(owner.named("postgres").conninfo(), autocommit=True) as connection:
        role = sql.Identifier(APPLICATION)
        known = connection.execute("select 1 from pg_roles where rolname = %s", (APPLICATION,)).fetchone()
        verb = sql.SQL("alter" if known else "create")
        connection.execute(
            sql.SQL("{} role {} login nosuperuser nocreatedb nocreaterole noreplication noinherit password {}").format(
                verb, role, sql.Literal(app_password)
            )
        )


def ensure_database(owner: Address, name: str = DATABASE) -> None:
    """Make a database of the embedded server, closed to everybody but the two roles."""
    with psycopg.connect(owner.named("postgres").conninfo(), autocommit=True) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
        if not known:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    limit_application(owner.named(name), APPLICATION)


def limit_application(owner: Address, application: str) -> None:
    """Say what the application role may do in a database. Repeatable; also for a server that is not ours."""
    role = sql.Identifier(application)
    with psycopg.connect(owner.conninfo()) as connection:
        _refuse_unfit(connection, application)
        database = sql.Identifier(connection.info.dbname)
        for text in (
            "revoke all on database {database} from public",
            "revoke all on database {database} from {role}",
            "grant connect on database {database} to {role}",
            "revoke create on schema public from public",
            "revoke create on schema public from {role}",
            "grant usage on schema public to {role}",
            "alter default privileges in schema public grant select, insert, update, delete on tables to {role}",
            "alter default privileges in schema public grant usage, select, update on sequences to {role}",
        ):
            connection.execute(sql.SQL(text).format(database=database, role=role))


def limit_tables(owner: Address, application: str) -> None:
    """Give the application its rights on every table there is, but for those that a trigger refuses to everybody.

    For after a migration: what was made before the application had this name is under it too. Repeatable.
    """
    role = sql.Identifier(application)
    with psycopg.connect(owner.conninfo()) as connection:
        _refuse_unfit(connection, application)
        for text in (
            "grant select, insert, update, delete on all tables in schema public to {role}",
            "grant usage, select, update on all sequences in schema public to {role}",
        ):
            connection.execute(sql.SQL(text).format(role=role))
        for table, bits in connection.execute(_GUARDED).fetchall():
            rights = sql.SQL(", ").join(sql.SQL(right) for bit, right in _RIGHTS.items() if bits & bit)
            text = sql.SQL("revoke {rights} on {table} from {role}")
            connection.execute(text.format(rights=rights, table=sql.Identifier(table), role=role))


def _refuse_unfit(connection: psycopg.Connection, application: str) -> None:
    """The application's role is there, and is not one that could lift its own limits."""
    found = connection.execute(
        "select rolsuper, pg_has_role(rolname, current_user, 'member') from pg_roles where rolname = %s", (application,)
    ).fetchone()
    if found is None:
        raise ApplicationRoleUnfit(role=application, why="unknown")
    if any(found):
        raise ApplicationRoleUnfit(role=application, why="superuser" if found[0] else "owner")
