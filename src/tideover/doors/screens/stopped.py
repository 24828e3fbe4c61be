"""The banner for whoever works for a client whose collection is stopped.

On every page, save that a page about one client, such as a case's, tells of that client alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from tideover.core import words
from tideover.core.access.types import Role
from tideover.doors.screens.roles import actor_of
from tideover.doors.screens.scope import clients_of, clients_told_of
from tideover.know.clients import queries as clients_queries

MAY_LOOK = frozenset({Role.COMPLIANCE_OFFICER, Role.TEAM_LEADER, Role.INTEGRATOR})


@dataclass(frozen=True)
class Stopped:
    """One client that is stopped: why, since when, whether it is explained, and whether this person may look."""

    client_name: str
    why: str
    since: datetime
    zone: str
    may_look: bool
    is_explained: bool


def list_stopped(request: HttpRequest) -> list[Stopped]:
    """The stopped clients that the page may tell of, each once, with its gravest reason."""
    clients = {client.id: client for client in clients_told_of(request)}
    if not clients:
        return []
    language: str = request.language  # type: ignore[attr-defined]
    may_look = bool(actor_of(request).roles & MAY_LOOK)
    found: dict[int, Stopped] = {}
    for stop in clients_queries.list_stops(sorted(clients)):
        client = clients[stop.client_id]
        if stop.client_id not in found:
            why = words.render(stop.reasons[0].words, language, **stop.reasons[0].told)
            name, explained = client.name(language), stop.is_explained
            found[stop.client_id] = Stopped(name, why, stop.placed_at, client.zone, may_look, explained)
    return list(found.values())


def stopped_ids(request: HttpRequest) -> frozenset[int]:
    """The clients of the person's scope whose work stands still now."""
    ids = [client.id for client in clients_of(request)]
    return frozenset(stop.client_id for stop in clients_queries.list_stops(ids))
