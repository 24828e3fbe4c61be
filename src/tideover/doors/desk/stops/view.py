"""Whose collection is stopped, by which file and why; acknowledging it, by a person who did not import the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tideover.act.intake import queries as intake_queries
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.problem import Problem
from tideover.doors.callbacks import jobs
from tideover.doors.screens import toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead, StopRead
from tideover.know.staff import queries as staff_queries

PAST_SHOWN = 30


@dataclass(frozen=True)
class Card:
    """A stop in words: its file, every reason, whether it is explained, and who may acknowledge it."""

    id: int
    client_name: str
    zone: str
    import_id: int
    file_name: str
    kind: str
    status: str
    reasons: tuple[str, ...]
    placed_at: datetime
    placed_by: str
    explained_import_id: int | None
    may: str
    is_mine: bool
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str


@for_roles(Role.COMPLIANCE_OFFICER, Role.TEAM_LEADER, Role.INTEGRATOR)
@require_safe
def stops(request: HttpRequest) -> HttpResponse:
    """The open stops of the clients in scope, and those that were acknowledged."""
    return _page(request)


@for_roles(Role.COMPLIANCE_OFFICER)
@require_POST
def acknowledge(request: HttpRequest, stop_id: int) -> HttpResponse:
    """Let the client's collection go on, with the reason."""
    language: str = request.language  # type: ignore[attr-defined]
    stop = clients_queries.get_stop_by_id(stop_id)
    client = next((client for client in clients_of(request) if client.id == stop.client_id), None)
    if client is None:
        raise Http404
    try:
        clients.acknowledge(
            stop_id=stop_id, note=request.POST.get("note", ""), at=clock_queries.now(), actor=actor_of(request)
        )
    except Problem as problem:
        return _page(request, words.render(problem, language), status=409)
    jobs.ask_for_due_days()
    code = "desk.stops.still" if clients_queries.is_stopped(client.id) else "desk.stops.goes-on"
    toasts.add(request, words.render(code, language, client=client.name(language)))
    return HttpResponseRedirect(reverse("stops"))


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    clients_in_scope = {client.id: client for client in clients_of(request)}
    found = clients_queries.list_stops(sorted(clients_in_scope), also_acknowledged=True)
    context = {
        "open": [_card(request, stop, clients_in_scope[stop.client_id]) for stop in found if stop.is_open],
        "past": [_card(request, stop, clients_in_scope[stop.client_id]) for stop in found if not stop.is_open][
            :PAST_SHOWN
        ],
        "problem": problem,
        "section": "stops",
    }
    return render(request, "desk/stops/stops.html", context, status=status)


def _card(request: HttpRequest, stop: StopRead, client: ClientRead) -> Card:
    language: str = request.language  # type: ignore[attr-defined]
    made = intake_queries.get_import(stop.import_id)
    names = who_may(stop)
    people = access_queries.get_display_names_by_username({stop.placed_by, stop.acknowledged_by or ""})
    may = "desk.stops.may" if names else "desk.stops.may.nobody"
    actor = actor_of(request)
    return Card(
        id=stop.id,
        client_name=client.name(language),
        zone=client.zone,
        import_id=stop.import_id,
        file_name=made.file_name,
        kind=made.kind,
        status=made.reckoned.status,
        reasons=tuple(words.render(reason.words, language, **reason.told) for reason in stop.reasons),
        placed_at=stop.placed_at,
        placed_by=people.get(stop.placed_by, stop.placed_by),
        explained_import_id=stop.explained_import_id,
        may=words.render(may, language, names=("、" if language == "zh-Hans" else ", ").join(names)),
        is_mine=actor.user_id in may_ids(stop),
        acknowledged_at=stop.acknowledged_at,
        acknowledged_by=people.get(stop.acknowledged_by or "", stop.acknowledged_by),
        note=stop.note,
    )


def who_may(stop: StopRead) -> list[str]:
    """Who may acknowledge it, by display name: compliance officers of the client who had no hand in the file."""
    return [name for _, name in _officers(stop)]


def may_ids(stop: StopRead) -> set[int]:
    """The same, by user."""
    return {user_id for user_id, _ in _officers(stop)}


def _officers(stop: StopRead) -> list[tuple[int, str]]:
    members = [
        member
        for team in staff_queries.teams_of_client(stop.client_id)
        for member in staff_queries.list_members(team.id)
    ]
    return sorted(
        {
            (member.user_id, member.display_name)
            for member in members
            if member.is_active
            and Role.COMPLIANCE_OFFICER in member.roles
            and member.user_id not in (stop.placed_by_id, stop.explained_by_id)
        }
    )
