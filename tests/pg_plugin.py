"""Gives every test run a database: an embedded server of its own, and a copy of a migrated template.

It is a plugin (``-p tests.pg_plugin``) since pytest-django reads the settings before any ``conftest.py``.
Each run takes a free slot, a home folder that is kept between runs, so several runs at once never meet.
Tests work as the application role, with the rights that production has.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tideover.core.postgres import roles, server
from tideover.core.postgres.address import APPLICATION, Address
from tideover.core.postgres.home import Home, HomeLock
from tideover.core.postgres.problems import HomeInUse

ROOT = Path(__file__).parent.parent
TEMPLATES_KEPT = 2
SLOTS_MAX = 64
KEPT_ROWS = ("django_migrations", "django_content_type", "auth_permission")

_running: tuple[HomeLock, server.Server] | None = None


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Iterator[None]:
    """Start the server before anything reads the settings; an xdist worker finds its address there."""
    if "PYTEST_XDIST_WORKER" not in os.environ and not {"--help", "-h", "--version", "--co"} & set(args):
        start_server()
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the server with the process that started it."""
    global _running
    if _running is not None:
        lock, running = _running
        running.stop()
        lock.release()
        _running = None


def start_server() -> None:
    """Take a free slot, start its server, make the template, and say so in the environment."""
    global _running
    lock = _take_slot()
    home = lock.home
    os.environ["TIDEOVER_HOME"] = str(home.path)
    os.environ["TIDEOVER_SESSION_KEY"] = "tests-only"
    os.environ["TIDEOVER_PERSON_KEY"] = "tests-only"
    os.environ.pop("TIDEOVER_STORE", None)
    os.environ.pop("TIDEOVER_POLICY", None)
    (home.path / "static").mkdir(exist_ok=True)
    running = server.Server(
        home, settings={**server.WITHOUT_DURABILITY, "max_connections": "100", "max_wal_size": "256MB"}
    )
    running.start()
    _running = (lock, running)
    template = _ensure_template(running.owner)
    os.environ["DATABASE_OWNER_URL"] = running.owner.named(template).conninfo()
    application = Address.of_home(home, APPLICATION, name=template)
    os.environ["DATABASE_URL"] = application.conninfo()


def _take_slot() -> HomeLock:
    folder = Path(tempfile.gettempdir()) / f"tideover-tests-{os.geteuid()}"
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.lstat().st_uid != os.geteuid():
        raise pytest.UsageError(f"{folder} belongs to another user")
    for number in range(SLOTS_MAX):
        home = Home(folder / f"slot-{number}")
        home.prepare()
        lock = HomeLock(home, "tests")
        try:
            lock.take()
        except HomeInUse:
            continue
        return lock
    raise pytest.UsageError(f"all {SLOTS_MAX} folders under {folder} are in use")


def _schema_digest() -> str:
    """What the template depends on: models, migrations, and the packages that bring their own tables."""
    digest = sha256()
    package = ROOT / "src" / "tideover"
    files = [*package.rglob("models.py"), *package.rglob("migrations/*"), ROOT / "uv.lock"]
    files += [*package.rglob("sql/public_*.sql"), *(package / "core" / "sql").glob("*.py")]
    for file in sorted(file for file in files if file.is_file() and file.suffix != ".pyc"):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _ensure_template(owner: Address) -> str:
    name = f"tideover_template_{_schema_digest()}"
    with psycopg.connect(owner.named("postgres").conninfo(), autocommit=True) as connection:
        known = [row[0] for row in connection.execute("select datname from pg_database order by oid")]
        templates = [each for each in known if each.startswith("tideover_template_") and each != name]
        stale = [each for each in known if each.startswith("tideover_test_")]
        for each in [*stale, *templates[: max(0, len(templates) - TEMPLATES_KEPT + 1)]]:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(each)))
    if name not in known:
        _make_template(owner, name)
    return name


def _make_template(owner: Address, name: str) -> None:
    """Migrate a database aside and give it its name when it is whole."""
    aside = f"tideover_test_{name[-16:]}_new"
    roles.ensure_database(owner, aside)
    made = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--skip-checks", "--verbosity=0"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tideover.settings",
            "TIDEOVER_CONNECTS_AS": "owner",
            "DATABASE_OWNER_URL": owner.named(aside).conninfo(),
        },
        capture_output=True,
        text=True,
    )
    if made.returncode != 0:
        pytest_unconfigure()
        raise pytest.UsageError(f"the migrations do not run:\n{made.stderr}")
    with psycopg.connect(owner.named("postgres").conninfo(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(sql.Identifier(aside), sql.Identifier(name))
        )


@contextmanager
def copied_database(worker: str) -> Iterator[Address]:
    """A copy of the template for one process; in its environment, so that a child works on it too."""
    owner = Address.parse(os.environ["DATABASE_OWNER_URL"])
    name = f"tideover_test_{worker}"
    _copy(owner, owner.name, name)
    roles.limit_application(owner.named(name), APPLICATION)
    before = {key: os.environ[key] for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    for key, text in before.items():
        os.environ[key] = Address.parse(text).named(name).conninfo()
    try:
        yield owner.named(name)
    finally:
        os.environ.update(before)
        _drop(owner, name)


def _copy(owner: Address, template: str, name: str) -> None:
    _drop(owner, name)
    with psycopg.connect(owner.named("postgres").conninfo(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        )


def _drop(owner: Address, name: str) -> None:
    with psycopg.connect(owner.named("postgres").conninfo(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def replace_flush(owner: Address) -> None:
    """Empty the tables after a transactional test as the owner: the application may not touch the journal."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    empty = sql.SQL(
        """
        do $$
        declare each record;
        begin
            set local session_replication_role = replica;
            for each in
                select schemaname, tablename from pg_tables
                where schemaname not in ('pg_catalog', 'information_schema') and tablename not in ({kept})
            loop
                execute format('delete from %I.%I', each.schemaname, each.tablename);
            end loop;
        end $$
        """
    ).format(kept=sql.SQL(", ").join(map(sql.Literal, KEPT_ROWS)))

    def flush(self: Any, sql_list: list[str]) -> None:
        self.connection.close()
        with psycopg.connect(owner.conninfo()) as connection:
            connection.execute(empty)

    DatabaseOperations.execute_sql_flush = flush
