"""The two roles: the owner migrates, the application works.

The application may read and write rows, and nothing else: it creates no table, not even a temporary one.
A table that must only grow takes more rights away in its own migration.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from tideover.core.postgres.address import APPLICATION, DATABASE, Address


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
