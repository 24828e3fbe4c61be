"""``tideover demo``: two lenders' portfolios, worked for sixty days by a simulated team, then yours.

It is served like anything else, from a home of its own; the replay is a job of the worker, so that the sign-in
page stands at once. Run again, it goes on where it was.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
from typing import Any

from django.db import connection
from procrastinate.exceptions import AlreadyEnqueued

from tideover.core.postgres.home import Home, HomeLock
from tideover.core.postgres.server import stop_orphan
from tideover.core.problem import Problem
from tideover.doors.commands import serve, terminal
from tideover.rehearsal import cast, demo, jobs
from tideover.rehearsal import queries as rehearsal_queries
from tideover.rehearsal.types import DemoRead, SignIn, Stage

MARK = "demo"
KEPT = frozenset({"lock", "programs", "secrets"})


class NeedsItsOwnDatabase(Problem):
    """A demo invents people; it does so in the embedded database only, never in one that somebody named."""

    code = "demo.needs-its-own-database"


class HomeIsNotADemo(Problem):
    """The home folder holds an installation that is none of ours to fill or to empty."""

    code = "demo.home-is-not-a-demo"


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("demo", help=terminal.say("demo.help"))
    serve.add_address(parser)
    parser.add_argument("--reset", action="store_true", help=terminal.say("demo.reset"))
    parser.add_argument("--accounts", type=int, default=demo.ACCOUNTS, help=terminal.say("demo.accounts"))
    parser.add_argument("--loans", type=int, default=demo.LOANS, help=terminal.say("demo.loans"))
    parser.add_argument("--collectors", type=int, default=demo.COLLECTORS, help=terminal.say("demo.collectors"))
    parser.add_argument("--days", type=int, default=demo.DAYS, help=terminal.say("demo.days"))
    parser.add_argument("--seed", type=int, default=demo.SEED, help=terminal.say("demo.seed"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Prepare the demo, serve it, and tell how its replay goes."""
    if os.environ.get("DATABASE_URL"):
        raise NeedsItsOwnDatabase
    home = Home.from_environment()
    is_demo = (home.path / MARK).exists()
    if home.data.exists() and not is_demo:
        raise HomeIsNotADemo(home=str(home.path))
    if args.reset:
        reset(home)
    options = serve.Options("demo", args.host, args.port, processes=1, logs_to_files=True, job_seconds=6)
    progress = Progress()

    def prepare() -> None:
        (home.path / MARK).touch()
        demo.prepare(
            accounts=args.accounts, loans=args.loans, days=args.days, collectors=args.collectors, seed=args.seed
        )
        ask_for_replay()
        connection.close()

    def ready() -> None:
        terminal.tell("demo.served", address=serve.address(options), home=str(home.path))
        terminal.table(_sign_in_rows(cast.sign_ins(args.collectors)))
        terminal.tell("demo.stop-with")

    serve.serve(options, prepare=prepare, ready=ready, meanwhile=progress.tell)


def ask_for_replay() -> None:
    """Let the worker play what is not yet played; once, however often it is asked for."""
    if not rehearsal_queries.get_demo().is_ready:
        with contextlib.suppress(AlreadyEnqueued):
            jobs.replay_demo.defer()


def reset(home: Home) -> None:
    """Empty a demo's home, unless somebody works on it. Its secrets stay: the sign-ins are the same again."""
    with HomeLock(home, "demo"):
        stop_orphan(home.data)
        for path in home.path.iterdir():
            if path.name in KEPT:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    home.prepare()


def _sign_in_rows(sign_ins: list[SignIn]) -> list[tuple[str, ...]]:
    heads = tuple(terminal.say(f"demo.column.{name}") for name in ("user", "password", "name", "role"))
    rows = [
        (each.username, each.password, each.display_name, terminal.say(f"demo.role.{each.role}")) for each in sign_ins
    ]
    return [heads, *rows]


class Progress:
    """Tells how far the replay is, once a change."""

    def __init__(self) -> None:
        self._told: tuple[Stage, int] | None = None
        self._was_replaying = False

    def tell(self) -> None:
        """Look, and say what is new. While the database is not to be reached there is nothing to say."""
        demo_read = rehearsal_queries.find_demo()
        if demo_read is not None:
            self.show(demo_read)

    def show(self, demo_read: DemoRead) -> None:
        """Say how far a demo has come, if that has not been said."""
        now = (demo_read.stage, demo_read.days_done)
        if now == self._told:
            return
        self._told = now
        if demo_read.stage is Stage.READY:
            if self._was_replaying:
                terminal.progress("demo.ready", day=demo_read.open_date)
                terminal.end_progress()
            return
        self._was_replaying = True
        terminal.progress(
            f"demo.{demo_read.stage}",
            done=demo_read.days_done,
            total=demo_read.days_total,
            day=demo_read.open_date,
        )
