"""``tideover policy``: which policies there are, and which layer each comes from. No database."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from tideover.core.policy import files, kinds
from tideover.core.policy.types import PolicyFile, PolicyUnknown
from tideover.doors import policy_kinds
from tideover.doors.commands import terminal
from tideover.doors.policy_folder import overlay_folder


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("policy", help=terminal.say("policy.help"), description=terminal.say("policy.help"))
    does = parser.add_subparsers(dest="does", metavar="show|list", required=True)
    for name in ("show", "list"):
        one = does.add_parser(name, help=terminal.say(f"policy.{name}.help"))
        if name == "show":
            one.add_argument("id", metavar="ID")
        one.add_argument("--policy", type=Path, metavar="FOLDER", help=terminal.say("check.policy"))
        one.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show one policy, or list all."""
    policy_kinds.register_all()
    library = files.open_library(overlay_folder(args.policy))
    every = [file for kind in kinds.list_kinds() for file in library.load(kind.name)]
    if args.does == "list":
        shown = [_as_json(file) for file in sorted(every, key=lambda file: file.id)]
        if args.json:
            print(json.dumps(shown, ensure_ascii=False, indent=2))
        else:
            for one in shown:
                print(f"{one['id']:<44} {one['layer']:<8} {one['version'][:12]}  {one['title'][terminal.language()]}")
        return 0
    found = [file for file in every if file.id == args.id]
    if not found:
        raise PolicyUnknown(id=args.id, known=", ".join(sorted(file.id for file in every)))
    if args.json:
        print(json.dumps(_as_json(found[0]) | {"text": found[0].text}, ensure_ascii=False, indent=2))
    else:
        for name, value in _as_json(found[0]).items():
            print(f"{name:<15} {value[terminal.language()] if name == 'title' else value}")
        print()
        print(found[0].text, end="")
    return 0


def _as_json(file: PolicyFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "kind": file.kind,
        "title": dict(file.title),
        "layer": file.layer,
        "path": str(file.path),
        "version": file.version,
        "effective_from": file.effective_from.isoformat(),
        "sources": list(file.sources),
    }
