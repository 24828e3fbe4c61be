"""``tideover file-back``: what happened on a client's day, as the client reads it (催记回传)."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path
from typing import Any

from tideover.act.intake import operations as intake
from tideover.core.clock import queries as clock_queries
from tideover.doors.commands import operator, terminal

OWNER_ONLY = 0o600


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "file-back", help=terminal.say("file-back.help"), description=terminal.say("file-back.description")
    )
    parser.add_argument("--client", required=True, metavar="CODE", help=terminal.say("import.client"))
    parser.add_argument(
        "--date", required=True, type=date.fromisoformat, metavar="DATE", help=terminal.say("file-back.date")
    )
    parser.add_argument("--mapping", required=True, metavar="MAPPING", help=terminal.say("file-back.mapping"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=terminal.say("file-back.out"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file, where only its owner may read it, since it holds personal data."""
    made = intake.write_back(
        client_code=args.client,
        mapping_id=args.mapping,
        day=args.date,
        at=clock_queries.now(),
        actor=operator.get_actor(),
    )
    path = args.out or Path(made.name)
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, OWNER_ONLY)) as file:
        file.write(made.content)
    terminal.tell("file-back.written", count=made.rows_count, file=path, digest=made.digest)
    return 0
