"""Which clients a page is about, and in whose time it is read."""

from __future__ import annotations

from django.http import HttpRequest

from tideover.doors.screens import replay
from tideover.doors.screens.roles import actor_of
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead


def clients_of(request: HttpRequest) -> list[ClientRead]:
    """The clients within the person's scope; read once a request."""
    clients = getattr(request, "_clients", None)
    if clients is None:
        clients = clients_queries.list_clients(ids=sorted(actor_of(request).client_ids))
        request._clients = clients  # type: ignore[attr-defined]
    return clients


def keep_to(request: HttpRequest, client_id: int) -> None:
    """Say that the page is about one client: its frame then tells of no other."""
    request._kept_to = client_id  # type: ignore[attr-defined]


def clients_told_of(request: HttpRequest) -> list[ClientRead]:
    """The clients that the page's frame may tell of: the one that the page is about, else all in scope."""
    only: int | None = getattr(request, "_kept_to", None)
    return [client for client in clients_of(request) if only in (None, client.id)]


def zone_of(request: HttpRequest) -> str:
    """The zone in which this person's day is read: that of their first client."""
    clients = clients_of(request)
    return clients[0].zone if clients else "UTC"


def demo_zone(request: HttpRequest) -> str:
    """Before signing in: the zone of the demo's client, else UTC."""
    demo = replay.demo_of(request)
    return "UTC" if demo is None else clients_queries.get_client(demo.client_code).zone
