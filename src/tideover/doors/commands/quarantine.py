"""``tideover quarantine IMPORT``: the rows that an import refused, to mend and send again, as the client writes."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from tideover.act.intake import queries as intake_queries
from tideover.doors.commands import terminal

OWNER_ONLY = 0o600


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "quarantine", help=terminal.say("quarantine.help"), description=terminal.say("quarantine.help")
    )
    parser.add_argument("import_id", type=int, metavar="IMPORT", help=terminal.say("quarantine.import"))
    parser.add_argument("--output", type=Path, metavar="FILE", help=terminal.say("quarantine.output"))
    parser.add_argument("--language", choices=("en", "zh-Hans"), help=terminal.say("check.language"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the rows: to a file that only its owner may read, since they hold personal data, or to the output."""
    if args.language:
        os.environ["TIDEOVER_LANGUAGE"] = args.language
    found = intake_queries.get_import(args.import_id)
    if args.output is None:
        sys.stdout.write(intake_queries.quarantine_csv(args.import_id, terminal.language()))
        return 0
    with open(args.output, "wb", opener=lambda path, flags: os.open(path, flags, OWNER_ONLY)) as file:
        file.write(intake_queries.quarantine_file(args.import_id, terminal.language()))
    terminal.tell("quarantine.written", count=found.quarantined_count, file=args.output)
    return 0
