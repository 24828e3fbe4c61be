"""``tideover``: finds the command, reaches the database for it, and says what went wrong in words."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from tideover.core import words
from tideover.core.postgres.home import Home
from tideover.core.problem import Problem
from tideover.doors.commands import database, terminal

COMMANDS = (
    "demo",
    "next_day",
    "serve",
    "migrate",
    "check",
    "policy",
    "client",
    "user",
    "staff",
    "import_",
    "quarantine",
    "set_aside",
    "file_back",
    "acknowledge",
    "day",
    "explain",
    "replay",
    "journal",
)
"""The modules in this folder that are commands, in the order in which the help shows them.

A command is called by its module's first word: ``next_day`` is ``tideover next-day``, ``import_`` is
``tideover import``. A module has ``register(subparsers)``, which sets ``run=run``, and ``run(args)``, which
returns the exit status or None.
"""

WITHOUT_DATABASE = frozenset({"serve", "demo"})
"""Commands that need no database, or see to it themselves."""

WITHOUT_DJANGO = frozenset({"check", "policy"})
"""Commands that answer in a moment, from files alone."""

REFUSED = 1
MISUSED = 2
INTERRUPTED = 130


def command_name(module: str) -> str:
    """What is typed for a module."""
    return module.rstrip("_").replace("_", "-")


def load(module: str) -> ModuleType:
    """A command's module. Django is ready by then, so that commands may import rooms at their top."""
    return importlib.import_module(f"tideover.doors.commands.{module}")


def build_parser(modules: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for some of the commands."""
    parser = argparse.ArgumentParser(
        prog="tideover",
        description=terminal.say("commands.description"),
        epilog=terminal.say("commands.epilog"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(title=terminal.say("commands.title"), metavar="COMMAND", dest="command")
    for module in modules:
        load(module).register(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 where it was refused, 2 where it was called wrongly."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tideover.settings")
    named = {command_name(module): module for module in COMMANDS}
    chosen = named.get(given[0]) if given else None
    wants_help = bool({"-h", "--help"} & set(given))
    try:
        if chosen is None or wants_help:
            return _run(given, [chosen] if chosen else COMMANDS)
        if given[0] in WITHOUT_DJANGO:
            return _run(given, [chosen], with_django=False)
        if given[0] in WITHOUT_DATABASE:
            if given[0] in database.KEEPERS:
                Home.from_environment().prepare()  # before the settings read its secrets
            return _run(given, [chosen])
        with database.reached(given[0]) as ours:
            return _run(given, [chosen], current=given[0] not in database.AS_OWNER, ours=ours)
    except Problem as problem:
        _report(problem, as_json="--json" in given)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return REFUSED


def _run(
    given: Sequence[str], modules: Sequence[str], *, current: bool = False, ours: bool = False, with_django: bool = True
) -> int:
    if with_django:
        import django

        django.setup()
    parser = build_parser(modules)
    args = parser.parse_args(given)
    if current:
        database.ensure_current(ours=ours)
    args.server_is_ours = ours
    if args.command is None:
        parser.print_help()
        return MISUSED
    return args.run(args) or 0


def _report(problem: Problem, *, as_json: bool) -> None:
    text = words.render(problem, terminal.language())
    remedy = f"{problem.code}.remedy"
    if words.has(remedy):
        text += "\n" + words.render(remedy, terminal.language(), **problem.fields)
    if as_json:
        fields = {name: str(value) for name, value in problem.fields.items()}
        text = json.dumps({"error": problem.code, "says": text, "fields": fields}, ensure_ascii=False)
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
