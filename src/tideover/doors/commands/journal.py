"""``tideover journal verify``: recompute every link of every chain of the journal."""

from __future__ import annotations

import argparse
import json
from typing import Any

from tideover.core.journal import queries as journal
from tideover.doors.commands import terminal


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("journal", help=terminal.say("journal.help"))
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help=terminal.say("journal.verify.help"))
    verify.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    verify.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify; the exit status is 1 when a chain is broken."""
    found = journal.verify()
    broken = [{"chain": link.chain, "sequence": link.sequence} for link in found.broken]
    if args.json:
        told = {"facts": found.facts, "chains": found.chains, "holds": found.holds, "broken": broken}
        print(json.dumps(told))
    elif found.holds:
        print(terminal.say("journal.holds", facts=found.facts, chains=found.chains))
    else:
        print(terminal.say("journal.broken", count=len(broken)))
        for link in found.broken:
            print(terminal.say("journal.broken-link", chain=str(link.chain), sequence=str(link.sequence)))
    return 0 if found.holds else 1
