"""``tideover explain``: why a case is, or is not, worked on a day; with ``--replay``, whether it would be again."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from datetime import date
from typing import Any

from tideover.core import words
from tideover.decide.receipts import operations as receipts
from tideover.decide.receipts import queries as receipts_queries
from tideover.decide.receipts.types import Explanation
from tideover.doors.commands import replay, terminal
from tideover.know.cases import queries as cases_queries


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "explain", help=terminal.say("explain.help"), description=terminal.say("explain.description")
    )
    parser.add_argument("case", type=int, metavar="CASE", help=terminal.say("explain.case"))
    parser.add_argument("--date", required=True, type=date.fromisoformat, help=terminal.say("day.date"))
    parser.add_argument("--replay", action="store_true", help=terminal.say("explain.replay"))
    parser.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.add_argument("--language", choices=words.LANGUAGES, help=terminal.say("check.language"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Explain, and if asked replay; the exit status is 1 when the replay came to something else."""
    if args.language:
        os.environ["TIDEOVER_LANGUAGE"] = args.language
    explanation = receipts_queries.explain(args.case, args.date, terminal.language())
    replayed = None
    if args.replay:
        client_id = cases_queries.get_case(args.case).client_id
        replayed = receipts.replay(client_id=client_id, day=args.date)
    if args.json:
        told = {**asdict(explanation), "day": explanation.day.isoformat()}
        if replayed is not None:
            told["replay"] = replay.as_json(replayed)
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(explanation)
        if replayed is not None:
            replay.show(replayed)
    return 0 if replayed is None or replayed.equal else 1


def _print(explanation: Explanation) -> None:
    colon, between = ("：", "；") if explanation.language == "zh-Hans" else (": ", "; ")
    print(terminal.say("explain.title", case=str(explanation.case_id), day=explanation.day))
    for sentence in explanation.sentences:
        print(f"  {sentence}")
    for account in explanation.accounts:
        print(
            terminal.say(
                "explain.account",
                account=str(account.account_id),
                step=account.step,
                strategy=account.strategy_id or "–",
                version=(account.strategy_version or "–")[:12],
            )
        )
        if not account.leads:
            print(f"    {account.reason}")
        for passed in account.passed:
            looked_at = between.join(f"{title}{colon}{value}" for title, value in passed.looked_at)
            print(terminal.say("explain.passed", step=passed.step, looked_at=looked_at))
