"""``tideover migrate``: bring the database to this version, as its owner."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tideover.core.policy import queries as policy_queries
from tideover.core.postgres import roles
from tideover.core.postgres.address import APPLICATION, Address
from tideover.doors.commands import database, terminal

PARTS_AT_LEAST = 15


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("migrate", help=terminal.say("migrate.help"))
    parser.add_argument("--check", action="store_true", help=terminal.say("migrate.check"))
    parser.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say what is new, and unless only asked, do it."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    waiting = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    if not args.check:
        owner, application = _roles()
        roles.limit_application(owner, application)
        if waiting:
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        roles.limit_tables(owner, application)
        if not policy_queries.active_versions():
            database.activate_policies()
    if args.json:
        print(json.dumps({"migrations": waiting, "done": not args.check}))
    elif waiting:
        terminal.tell("migrate.waiting" if args.check else "migrate.done", count=len(waiting))
    return 1 if args.check and waiting else 0


def _roles() -> tuple[Address, str]:
    """Where this process is, as the owner, and the name of the role that the application works as.

    What the application may do is said before there is a table, so that each new one is under it, and again after.
    """
    settings = connection.settings_dict
    owner = Address(
        name=settings["NAME"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"],
        port=str(settings["PORT"] or ""),
        options=tuple(sorted((key, str(value)) for key, value in settings["OPTIONS"].items())),
    )
    given = os.environ.get("DATABASE_URL")
    return owner, Address.parse(given).user if given else APPLICATION
