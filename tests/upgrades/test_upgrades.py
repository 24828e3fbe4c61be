"""A database of every version that was ever given away is brought up to this one, and nothing of it is lost."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tideover.core.postgres import programs, roles
from tideover.core.postgres.address import APPLICATION, Address

FOLDER = Path(__file__).parent
DUMPS = sorted(FOLDER.glob("*.sql.gz"))
KEPT = ("journal_fact", "ledger_posting", "cases_case", "outcomes_outcome", "gate_permit", "arrangements_promise")


def test_there_is_a_dump_to_try() -> None:
    assert DUMPS


@pytest.fixture(params=DUMPS, ids=lambda path: path.name.removesuffix(".sql.gz"))
def loaded(request: pytest.FixtureRequest, owner_address: Address) -> Iterator[Address]:
    """A database of its own with the dump in it."""
    owner = owner_address.named(f"tideover_test_upgrade_{os.getpid()}")
    with psycopg.connect(owner.named("postgres").conninfo(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(owner.name)))
    try:
        program = programs.find_installed() / "bin" / "psql"
        subprocess.run(
            [program, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", owner.conninfo()],
            input=gzip.decompress(request.param.read_bytes()),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        yield owner
    finally:
        with psycopg.connect(owner.named("postgres").conninfo(), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(owner.name)))


def test_an_old_database_is_migrated_keeps_its_rows_and_its_journal_verifies(loaded: Address) -> None:
    before = counts(loaded)
    assert all(before.values()), before
    django(loaded, "-m", "django", "migrate", "--skip-checks", "--verbosity=0")
    django(loaded, "-m", "django", "migrate", "--check", "--skip-checks")
    roles.limit_application(loaded, APPLICATION)
    assert counts(loaded) == before
    verified = django(
        loaded,
        "-c",
        "import django; django.setup()\n"
        "from tideover.core.journal import queries\n"
        "found = queries.verify(); print(found.facts, len(found.broken))",
    )
    assert verified.split() == [str(before["journal_fact"]), "0"]


def counts(owner: Address) -> dict[str, int]:
    with psycopg.connect(owner.conninfo()) as connection:
        found = {}
        for table in KEPT:
            row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
            assert row is not None
            found[table] = row[0]
        return found


def django(owner: Address, *arguments: str) -> str:
    """Run Python on the database, as its owner."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tideover.settings",
            "TIDEOVER_CONNECTS_AS": "owner",
            "DATABASE_OWNER_URL": owner.conninfo(),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
