"""``tideover day``: decide a client's day and file it, step by step."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from decimal import Decimal
from typing import Any

from tideover import day as days
from tideover.core import words
from tideover.core.clock import queries as clock_queries
from tideover.core.jobs.steps import StepResult
from tideover.decide.gate import queries as gate_queries
from tideover.doors.commands import operator, terminal
from tideover.know.cases import queries as cases_queries
from tideover.know.clients import queries as clients_queries


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("day", help=terminal.say("day.help"), description=terminal.say("day.description"))
    parser.add_argument("--client", required=True, metavar="CODE", help=terminal.say("import.client"))
    parser.add_argument("--date", required=True, type=date.fromisoformat, help=terminal.say("day.date"))
    parser.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.add_argument("--language", choices=words.LANGUAGES, help=terminal.say("check.language"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Run the day; a line a step, then how many accounts came to what."""
    if args.language:
        os.environ["TIDEOVER_LANGUAGE"] = args.language
    client = clients_queries.get_client(args.client)
    came_to = days.run_day(
        client_id=client.id,
        day=args.date,
        at=clock_queries.now(),
        actor=operator.get_actor(),
        progress=_show,
    )
    if args.json:
        print(json.dumps(_as_json(client.code, came_to), ensure_ascii=False, indent=2))
        return
    if not came_to.is_filed:
        _tell_what_it_waits_for(client.code, came_to)
        return
    _print_summary(came_to)


def _show(result: StepResult) -> None:
    terminal.tell(
        "day.progress.stood" if result.was_done else "day.progress",
        position=result.position,
        of=result.of,
        step=terminal.say(f"day.step.{result.name}"),
        counts=_counts(result.result),
        seconds=f"{result.seconds.quantize(Decimal('0.01'))}",
    )


def _counts(result: dict[str, Any]) -> str:
    language = terminal.language()
    shown = [
        words.render(f"day.count.{name}", language, number=value)
        for name, value in result.items()
        if isinstance(value, int) and value and words.has(f"day.count.{name}")
    ]
    return ("，" if language == "zh-Hans" else ", ").join(shown) or words.render("day.count.nothing", language)


def _print_summary(came_to: days.DaySummary) -> None:
    language = terminal.language()
    titles = cases_queries.get_stage_titles()
    shown = ("stage", "step", "outcome", "accounts", "work", "not-reached", "uncovered")
    head = [terminal.say(f"day.table.{name}") for name in shown]
    rows = [
        [
            titles.get(row["stage"] or "", {}).get(language, terminal.say("day.no-case")),
            row["step"],
            _outcome(row, language),
            words.number(row["accounts_count"], language),
            words.number(row["work_count"], language),
            words.number(row.get("not_reached_count", 0), language),
            words.number(row["uncovered_count"], language),
        ]
        for row in came_to.summary["steps"]
    ]
    terminal.table([head, *rows])
    terminal.tell(
        "day.done",
        day=came_to.day,
        accounts=came_to.summary["accounts"],
        work=came_to.summary["work"],
        not_reached=came_to.summary.get("not_reached", 0),
        uncovered=came_to.summary["uncovered"],
    )
    sys.stderr.flush()


def _tell_what_it_waits_for(client: str, came_to: days.DaySummary) -> None:
    if came_to.is_stopped:
        terminal.tell("day.stopped", client=client, day=came_to.day)
    else:
        between = "、" if terminal.language() == "zh-Hans" else ", "
        terminal.tell("day.waits", client=client, day=came_to.day, others=between.join(came_to.waits_for))
    sys.stderr.flush()


def _outcome(row: dict[str, Any], language: str) -> str:
    if row["struck_clause"]:
        return terminal.say("day.struck", clause=gate_queries.get_clause_title(row["struck_clause"], language))
    return terminal.say(f"day.action.{row['action']}")


def _as_json(client: str, came_to: days.DaySummary) -> dict[str, Any]:
    return {
        "client": client,
        "day": came_to.day.isoformat(),
        "was_done": came_to.was_done,
        "is_filed": came_to.is_filed,
        "is_stopped": came_to.is_stopped,
        "waits_for": list(came_to.waits_for),
        "steps": [
            {
                "name": step.name,
                "seconds": str(step.seconds),
                "was_done": step.was_done,
                "result": {name: value for name, value in step.result.items() if name != "policies"},
            }
            for step in came_to.steps
        ],
        "summary": came_to.summary,
    }
