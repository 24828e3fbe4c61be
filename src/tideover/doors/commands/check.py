"""``tideover check``: are all policy files right? No database, no Django, seconds."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from tideover.core import words
from tideover.core.policy import check, files
from tideover.core.policy.types import Fault
from tideover.doors import policy_kinds
from tideover.doors.commands import terminal
from tideover.doors.policy_cross_check import cross_check
from tideover.doors.policy_folder import overlay_folder


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("check", help=terminal.say("check.help"), description=terminal.say("check.help"))
    parser.add_argument("--policy", type=Path, metavar="FOLDER", help=terminal.say("check.policy"))
    parser.add_argument("--language", choices=words.LANGUAGES, help=terminal.say("check.language"))
    parser.add_argument("--overlaps", action="store_true", help=terminal.say("check.overlaps"))
    parser.add_argument("--date", type=date.fromisoformat, help=terminal.say("check.date"))
    parser.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check, say what was found, and answer 1 where something is wrong."""
    began = time.monotonic()
    language = args.language or terminal.language()
    policy_kinds.register_all()
    library = files.open_library(overlay_folder(args.policy))
    report = check.run(library, args.date or date.fromisoformat(time.strftime("%Y-%m-%d")))
    if report.is_good:
        report.faults.extend(cross_check(report.files))
    if args.overlaps and report.is_good:
        report.remarks.extend(policy_kinds.list_overlaps(report.files))
    if args.json:
        print(json.dumps(_as_json(report, language), ensure_ascii=False, indent=2))
    else:
        _say(report, language, time.monotonic() - began)
    return 0 if report.is_good else 1


def _as_json(report: check.Report, language: str) -> dict[str, Any]:
    return {
        "ok": report.is_good,
        "policies_count": len(report.files),
        "examples_count": report.examples_count,
        "policies": [{"id": each.id, "layer": each.layer, "version": each.version} for each in report.files],
        "faults": [_fault_as_json(fault, language) for fault in report.faults],
        "remarks": [_fault_as_json(fault, language) for fault in report.remarks],
    }


def _fault_as_json(fault: Fault, language: str) -> dict[str, Any]:
    return {
        "file": fault.path,
        "line": fault.line,
        "code": fault.code,
        "what": words.render(fault, language),
        "remedy": words.render(f"{fault.code}.remedy", language, **fault.fields),
    }


def _say(report: check.Report, language: str, seconds: float) -> None:
    for fault in (*report.remarks, *report.faults):
        print(in_words(fault, language))
    code = "check.good" if report.is_good else "check.bad"
    said = words.render(
        code,
        language,
        policies=len(report.files),
        examples=report.examples_count,
        count=len(report.faults),
        seconds=f"{seconds:.1f}",
    )
    print(said, file=sys.stderr)


def in_words(fault: Fault, language: str) -> str:
    """A fault as one line: place, what is wrong, remedy."""
    what = words.render(fault, language)
    remedy = words.render(f"{fault.code}.remedy", language, **fault.fields)
    return words.render("policy.at", language, file=fault.path, line=str(fault.line), what=what, remedy=remedy)
