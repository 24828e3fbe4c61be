"""How a command reaches its database: the one it was given, the one that is being served, or its own for a moment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tideover.core.postgres import roles
from tideover.core.postgres.address import APPLICATION, DATABASE, OWNER, Address
from tideover.core.postgres.home import Home, HomeLock
from tideover.core.postgres.problems import HomeInUse
from tideover.core.postgres.server import Server
from tideover.core.problem import Problem
from tideover.doors.commands import terminal

KEEPERS = frozenset({"serve", "demo"})
"""Commands that hold the home for as long as they run; others may work on their server meanwhile."""

PATIENCE_SECONDS = 120
AS_OWNER = frozenset({"migrate"})


class SchemaBehind(Problem):
    """The database has not been migrated to this version."""

    code = "commands.schema-behind"


class OwnerNotNamed(Problem):
    """DATABASE_URL names a database of somebody else's server, and nothing says how to reach it as owner."""

    code = "commands.owner-not-named"


@contextmanager
def reached(command: str) -> Iterator[bool]:
    """See to it that the database answers while a command runs, before Django reads its settings.

    Yields whether the server is this command's alone.
    """
    if command in AS_OWNER:
        os.environ["TIDEOVER_CONNECTS_AS"] = "owner"
    if os.environ.get("DATABASE_URL"):
        if command in AS_OWNER and not os.environ.get("DATABASE_OWNER_URL"):
            raise OwnerNotNamed
        yield False
        return
    home = Home.from_environment()
    home.prepare()
    lock = _take_or_join(home, command)
    if lock is None:
        yield False
        return
    with lock:
        server = Server(home)
        server.start()
        try:
            roles.ensure_database(server.owner)
            yield True
        finally:
            server.stop()


def _take_or_join(home: Home, command: str) -> HomeLock | None:
    """The home's lock, or None where the server of another process may be used."""
    lock = HomeLock(home, command)
    deadline = time.monotonic() + PATIENCE_SECONDS
    told = False
    while True:
        try:
            lock.take()
            return lock
        except HomeInUse as in_use:
            if in_use.fields["command"] in KEEPERS:
                if _answers(home):
                    return None
            elif not told:
                terminal.tell("commands.waiting", **in_use.fields)
                told = True
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)


def _answers(home: Home) -> bool:
    try:
        psycopg.connect(Address.of_home(home, APPLICATION).conninfo(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def embedded_environment(home: Home) -> dict[str, str]:
    """What a child of the process that runs the embedded server finds in its environment."""
    return {
        "TIDEOVER_HOME": str(home.path),
        "DATABASE_URL": Address.of_home(home, APPLICATION, name=DATABASE).conninfo(),
        "DATABASE_OWNER_URL": Address.of_home(home, OWNER, name=DATABASE).conninfo(),
    }


def migrate() -> None:
    """Migrate the embedded database as its owner, in a process of its own; nothing where nothing is new."""
    environment = {**os.environ, **embedded_environment(Home.from_environment())}
    subprocess.run([sys.executable, "-m", "tideover.doors.commands.main", "migrate"], env=environment, check=True)


def is_current() -> bool:
    """Whether every migration of this version has been run."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    finally:
        connection.close()


def activate_policies() -> int:
    """Activate what ships in a new home; in a running one raise PolicyChanged for what has changed since."""
    from django.db import connection

    from tideover.core.access.types import SYSTEM
    from tideover.core.clock import queries as clock_queries
    from tideover.core.policy import operations as policy
    from tideover.know.ledger import operations as ledger

    try:
        count = policy.activate_shipped(at=clock_queries.now(), actor=SYSTEM)
        ledger.keep_terms()
        return count
    finally:
        connection.close()


def ensure_current(*, ours: bool) -> None:
    """Bring the database to this version where the server is ours alone; refuse to work on an older one."""
    if is_current():
        return
    if not ours:
        raise SchemaBehind
    migrate()
