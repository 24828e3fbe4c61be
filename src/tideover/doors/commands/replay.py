"""``tideover replay``: decide a filed day again from its stored inputs and policies, and compare every row."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from datetime import date
from typing import Any

from tideover.core import words
from tideover.decide.receipts import operations as receipts
from tideover.decide.receipts.types import Replay
from tideover.doors.commands import terminal
from tideover.know.clients import queries as clients_queries


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "replay", help=terminal.say("replay.help"), description=terminal.say("replay.description")
    )
    parser.add_argument("--client", required=True, metavar="CODE", help=terminal.say("import.client"))
    parser.add_argument("--date", required=True, type=date.fromisoformat, help=terminal.say("day.date"))
    parser.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.add_argument("--language", choices=words.LANGUAGES, help=terminal.say("check.language"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Replay the day; the exit status is 1 when it came to something else."""
    if args.language:
        os.environ["TIDEOVER_LANGUAGE"] = args.language
    client = clients_queries.get_client(args.client)
    found = receipts.replay(client_id=client.id, day=args.date)
    if args.json:
        print(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        show(found)
    return 0 if found.equal else 1


def as_json(found: Replay) -> dict[str, Any]:
    """The replay for a machine."""
    return {**asdict(found), "day": found.day.isoformat()}


def show(found: Replay) -> None:
    """The replay for a person."""
    if found.equal:
        print(terminal.say("replay.equal", day=found.day, rows=found.rows))
        return
    print(terminal.say("replay.differs", day=found.day, count=found.differences_count))
    for each in found.differences:
        print(
            terminal.say(
                "replay.difference",
                account=str(each.account_id),
                column=each.column,
                stored=each.stored or "–",
                again=each.again or "–",
            )
        )
