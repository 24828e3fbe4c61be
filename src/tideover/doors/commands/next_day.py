"""``tideover next-day``: the demo's colleagues finish their day, and the next one is decided."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from tideover.doors.commands import terminal
from tideover.doors.commands.demo import Progress
from tideover.rehearsal import demo
from tideover.rehearsal import queries as rehearsal_queries

LOOK_SECONDS = 0.3


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("next-day", help=terminal.say("next-day.help"))
    parser.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Let the running demo's worker do it; where nothing runs, do it here."""
    progress = Progress()
    if args.server_is_ours:
        demo_read = demo.next_day(progress=progress.show)
    else:
        demo_read = demo.begin_next_day()
        while not demo_read.is_ready:
            progress.show(demo_read)
            time.sleep(LOOK_SECONDS)
            demo_read = rehearsal_queries.get_demo()
        progress.show(demo_read)
    if args.json:
        print(json.dumps({"open_date": demo_read.open_date.isoformat(), "days_done": demo_read.days_done}))
