"""``tideover client add``: make a creditor, for whom files can then be imported; ``client list`` shows them."""

from __future__ import annotations

import argparse
import json
from datetime import time
from typing import Any

from tideover.core.clock import queries as clock_queries
from tideover.doors.commands import operator, terminal
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import BALANCE_AUTHORITIES, MANDATES, ClientRead


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("client", help=terminal.say("client.help"), description=terminal.say("client.help"))
    does = parser.add_subparsers(dest="does", metavar="add|list", required=True)
    add = does.add_parser("add", help=terminal.say("client.add.help"))
    add.add_argument("code", metavar="CODE", help=terminal.say("client.code"))
    add.add_argument("--name-en", required=True, metavar="NAME", help=terminal.say("client.name-en"))
    add.add_argument("--name-zh", required=True, metavar="NAME", help=terminal.say("client.name-zh"))
    add.add_argument("--country", default="CN", metavar="CN", help=terminal.say("client.country"))
    add.add_argument("--zone", default="Asia/Shanghai", metavar="ZONE", help=terminal.say("client.zone"))
    add.add_argument("--mandate", choices=MANDATES, default="agency", help=terminal.say("client.mandate"))
    add.add_argument(
        "--balance-authority", choices=BALANCE_AUTHORITIES, default="lender", help=terminal.say("client.balance")
    )
    add.add_argument("--day-begins", type=_time, default=time(8), metavar="08:00", help=terminal.say("client.day"))
    add.add_argument("--payment-file-lag-days", type=int, default=1, metavar="N", help=terminal.say("client.lag"))
    for one in (add, does.add_parser("list", help=terminal.say("client.list.help"))):
        one.add_argument("--json", action="store_true", help=terminal.say("commands.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Add a client, or list all."""
    if args.does == "list":
        found = clients_queries.list_clients()
        if args.json:
            print(json.dumps([_as_json(client) for client in found], ensure_ascii=False, indent=2))
        for client in [] if args.json else found:
            print(f"{client.code:<20} {client.country}  {client.zone:<18} {client.name(terminal.language())}")
        return 0
    client_id = clients.add_client(
        code=args.code,
        name_en=args.name_en,
        name_zh=args.name_zh,
        country=args.country,
        zone=args.zone,
        mandate=args.mandate,
        balance_authority=args.balance_authority,
        day_begins=args.day_begins,
        payment_file_lag_days=args.payment_file_lag_days,
        at=clock_queries.now(),
        actor=operator.get_actor(),
    )
    client = clients_queries.get_client_by_id(client_id)
    if args.json:
        print(json.dumps(_as_json(client), ensure_ascii=False, indent=2))
    else:
        print(terminal.say("client.added", client=client.code, name=client.name(terminal.language())))
    return 0


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _as_json(client: ClientRead) -> dict[str, Any]:
    return {
        "id": client.id,
        "code": client.code,
        "name": {"en": client.name_en, "zh-Hans": client.name_zh},
        "country": client.country,
        "zone": client.zone,
        "mandate": client.mandate,
        "balance_authority": client.balance_authority,
        "day_begins": client.day_begins.isoformat("minutes"),
        "payment_file_lag_days": client.payment_file_lag_days,
    }
