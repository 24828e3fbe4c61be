"""``tideover import FILE``: judge a client's file, say all that is wrong in it, and take its good rows in."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from tideover.act.intake import operations as intake
from tideover.act.intake.types import KINDS
from tideover.core.clock import queries as clock_queries
from tideover.doors.commands import import_report, operator, terminal


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "import", help=terminal.say("import.help"), description=terminal.say("import.description")
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=terminal.say("import.file"))
    parser.add_argument("--client", required=True, metavar="CODE", help=terminal.say("import.client"))
    parser.add_argument("--kind", required=True, choices=KINDS, help=terminal.say("import.kind"))
    parser.add_argument("--mapping", required=True, metavar="MAPPING", help=terminal.say("import.mapping"))
    parser.add_argument("--mends", type=int, metavar="IMPORT", help=terminal.say("import.mends"))
    parser.add_argument("--cut-off", type=date.fromisoformat, metavar="DATE", help=terminal.say("import.cut-off"))
    parser.add_argument("--dry-run", action="store_true", help=terminal.say("import.dry-run"))
    parser.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.add_argument("--language", choices=("en", "zh-Hans"), help=terminal.say("check.language"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import the file. The exit status is 1 when nothing of it was taken: no good row, or held."""
    if args.language:
        os.environ["TIDEOVER_LANGUAGE"] = args.language
    report = intake.import_file(
        path=args.file,
        client_code=args.client,
        kind=args.kind,
        mapping_id=args.mapping,
        cut_off=args.cut_off,
        mends=args.mends,
        dry_run=args.dry_run,
        at=clock_queries.now(),
        actor=operator.get_actor(),
        progress=None if args.json else _show,
    )
    if args.json:
        print(json.dumps(import_report.as_json(report, terminal.language()), ensure_ascii=False, indent=2))
    else:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        import_report.show(report, terminal.language())
    return 1 if report.reckoned.is_held or (report.rows_count and not report.good_count) else 0


def _show(step: str) -> None:
    if sys.stderr.isatty():
        place = intake.STEPS.index(step) + 1
        terminal.progress(
            "import.progress", place=place, of=len(intake.STEPS), step=terminal.say(f"intake.step.{step}")
        )
