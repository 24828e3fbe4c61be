"""``tideover acknowledge STOP --note WHY``: let a client's collection go on; without a number, list what is stopped."""

from __future__ import annotations

import argparse
from typing import Any

from tideover.core import words
from tideover.core.clock import queries as clock_queries
from tideover.doors.commands import operator, terminal
from tideover.know.clients import operations as clients_operations
from tideover.know.clients import queries as clients_queries


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "acknowledge", help=terminal.say("acknowledge.help"), description=terminal.say("acknowledge.help")
    )
    parser.add_argument("stop", type=int, nargs="?", metavar="STOP", help=terminal.say("acknowledge.stop"))
    parser.add_argument("--note", default="", metavar="WHY", help=terminal.say("acknowledge.note"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Acknowledge a stop under the name of who is at the terminal; never one whose file came in under that name."""
    if args.stop is None:
        _list()
        return 0
    stop = clients_queries.get_stop_by_id(args.stop)
    clients_operations.acknowledge(
        stop_id=args.stop, note=args.note, at=clock_queries.now(), actor=operator.get_actor()
    )
    still = clients_queries.is_stopped(stop.client_id)
    client = clients_queries.get_client_by_id(stop.client_id).name(terminal.language())
    terminal.tell("acknowledge.still" if still else "acknowledge.done", client=client)
    return 0


def _list() -> None:
    language = terminal.language()
    clients = {client.id: client for client in clients_queries.list_clients()}
    found = clients_queries.list_stops(sorted(clients))
    if not found:
        print(terminal.say("acknowledge.none"))
    for stop in found:
        client = clients[stop.client_id]
        why = " ".join(words.render(reason.words, language, **reason.told) for reason in stop.reasons)
        print(
            terminal.say(
                "acknowledge.one",
                stop=str(stop.id),
                client=client.name(language),
                since=words.moment(stop.placed_at, language, client.zone),
                import_id=str(stop.import_id),
                actor=stop.placed_by,
                why=why,
            )
        )
        if stop.explained_import_id is not None:
            print(terminal.say("acknowledge.explained", import_id=str(stop.explained_import_id)))
