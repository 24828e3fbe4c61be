"""``tideover set-aside IMPORT --note WHY``: refused rows that are not ours to mend wait no longer."""

from __future__ import annotations

import argparse
from typing import Any

from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.core.clock import queries as clock_queries
from tideover.doors.commands import operator, terminal


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "set-aside", help=terminal.say("set-aside.help"), description=terminal.say("set-aside.description")
    )
    parser.add_argument("import_id", type=int, metavar="IMPORT", help=terminal.say("quarantine.import"))
    rows = parser.add_mutually_exclusive_group(required=True)
    rows.add_argument("--records", type=int, nargs="+", metavar="RECORD", help=terminal.say("set-aside.records"))
    rows.add_argument("--all", action="store_true", help=terminal.say("set-aside.all"))
    parser.add_argument("--note", default="", metavar="WHY", help=terminal.say("set-aside.note"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Set the rows aside under the name of who is at the terminal, and say how many still wait."""
    count = intake.set_aside(
        import_id=args.import_id,
        records=None if args.all else args.records,
        note=args.note,
        at=clock_queries.now(),
        actor=operator.get_actor(),
    )
    terminal.tell("set-aside.done", count=count)
    terminal.tell("set-aside.waiting", count=intake_queries.count_waiting(args.import_id))
    return 0
