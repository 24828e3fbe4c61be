"""Files that should have come by now and have not, in words: for the imports page and for a leader's today."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from tideover.act.intake import queries as intake_queries
from tideover.core import words
from tideover.core.clock import rules as clock
from tideover.doors.screens.scope import clients_of


def list_late(request: HttpRequest, at: datetime) -> list[str]:
    """One sentence for each, of the clients in scope."""
    language: str = request.language  # type: ignore[attr-defined]
    clients = {client.id: client for client in clients_of(request)}
    return [
        words.render(
            "intake.late",
            language,
            client=clients[each.client_id].name(language),
            kind=words.render(f"intake.kind.{each.kind}", language),
            by=clock.local_time(each.by_at, clients[each.client_id].zone),
        )
        for each in intake_queries.list_late(sorted(clients), at)
    ]
