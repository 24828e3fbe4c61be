"""Giving cases to other collectors: filter, choose, look ahead, do it with a cause, take it back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tideover.act.contact import queries as contact_queries
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.problem import Problem
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.assignment.types import Move, Preview, ReassignmentRead
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of, zone_of
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import CHANGE_CAUSES, CaseRead
from tideover.know.customers import queries as customers_queries
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.types import MemberRead

NOBODY = "nobody"
CASES_MAX = 200
LATEST = 10
FILTERS = ("collector", "client", "stage", "late")


@dataclass(frozen=True)
class Row:
    """A case that may be chosen."""

    id: int
    name: str
    name_language: str
    client: str
    stage: str
    is_late: bool
    owner: str


@dataclass(frozen=True)
class MoveRow:
    """A case of a preview or of a reassignment, in words."""

    case_id: int
    name: str
    name_language: str
    from_name: str
    to_name: str
    says: str


@dataclass(frozen=True)
class Done:
    """A reassignment on the list of the latest."""

    read: ReassignmentRead
    by: str
    moves: list[MoveRow]
    went_count: int


@for_roles(Role.TEAM_LEADER)
@require_safe
def reassign(request: HttpRequest) -> HttpResponse:
    """The leader's open cases, narrowed by what the address says; and the latest reassignments."""
    return _show(request)


@for_roles(Role.TEAM_LEADER)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What it would come to; nothing is done."""
    at = clock_queries.now()
    case_ids, to_ids = _chosen(request), _receivers(request)
    cause = request.POST.get("cause", "")
    if not case_ids or not to_ids or cause not in CHANGE_CAUSES:
        return _show(request, _say(request, "desk.reassign.choose"))
    found = assignment_queries.look_ahead(case_ids, to_ids, at)
    return render(request, "desk/reassign/preview.html", _preview(request, found, case_ids, to_ids, cause, at))


@for_roles(Role.TEAM_LEADER)
@require_POST
def do(request: HttpRequest) -> HttpResponse:
    """Do what the preview showed; the same form again changes nothing."""
    case_ids, to_ids, at = _chosen(request), _receivers(request), clock_queries.now()
    running = contact_queries.list_live_calls(case_ids, at)
    try:
        assignment.reassign(
            case_ids=case_ids,
            to_ids=to_ids,
            cause=request.POST.get("cause", ""),
            once_key=request.POST.get("once", "")[:64] or secrets.token_hex(16),
            at=at,
            actor=actor_of(request),
        )
    except Problem as problem:
        return _show(request, words.render(problem, request.language))  # type: ignore[attr-defined]
    toasts.add(request, _say(request, "desk.reassign.done"))
    for line in _on_the_line(request, [call.case_id for call in running], at):
        toasts.add(request, line, "wait")
    return HttpResponseRedirect(reverse("reassign"))


@for_roles(Role.TEAM_LEADER)
@require_POST
def undo(request: HttpRequest, reassignment_id: int) -> HttpResponse:
    """Give each case back that nobody has moved on with."""
    found = assignment_queries.list_reassignments(actor_of(request), CASES_MAX)
    made = next((each for each in found if each.id == reassignment_id), None)
    if made is None:
        raise Http404
    count = assignment.undo_reassignment(
        reassignment_id=reassignment_id, at=clock_queries.now(), actor=actor_of(request)
    )
    stayed = len(made.moves) - count
    says = _say(request, "desk.reassign.undone", number=count, stayed=stayed)
    toasts.add(request, says, "wait" if stayed else "go")
    return HttpResponseRedirect(reverse("reassign"))


def _show(request: HttpRequest, problem: str = "") -> HttpResponse:
    language = request.language  # type: ignore[attr-defined]
    members = _members(request)
    wanted = paging.filters(request, *FILTERS)
    after = paging.place(request, paging.row_id)
    clients = clients_of(request)
    found = cases_queries.list_open_in_scope(
        actor_of(request),
        (Role.TEAM_LEADER,),
        [each.id for each in clients if wanted["client"] in ("", each.code)],
        _narrowed(wanted, members),
        after[0] if after else 0,
        paging.SIZE + 1,
    )
    pages = paging.cut(request, found, lambda case: [case.id])
    titles = cases_queries.get_stage_titles()
    context = {
        "pages": pages,
        "rows": _rows(request, pages.rows),
        "members": members,
        "clients": [(each.code, each.name(language)) for each in clients],
        "stages": [(name, title[language]) for name, title in titles.items()],
        "causes": CHANGE_CAUSES,
        "wanted": wanted,
        "nobody": NOBODY,
        "query": request.GET.urlencode(),
        "cases_max": CASES_MAX,
        "latest": _latest(request),
        "zone": zone_of(request),
        "problem": problem,
    }
    return render(request, "desk/reassign/reassign.html", context, status=422 if problem else 200)


def _narrowed(wanted: dict[str, str], members: list[MemberRead]) -> dict[str, Any]:
    """The filters as the query takes them; who is no member narrows nothing."""
    narrowed: dict[str, Any] = {"stage": wanted["stage"], "is_late": wanted["late"] == "1"}
    if wanted["collector"] == NOBODY:
        narrowed["collector_id"] = None
    elif user_id := next((each.user_id for each in members if each.username == wanted["collector"]), None):
        narrowed["collector_id"] = user_id
    return narrowed


def _rows(request: HttpRequest, found: Iterable[CaseRead]) -> list[Row]:
    language = request.language  # type: ignore[attr-defined]
    cases = list(found)
    names = _names(request, cases)
    titles = cases_queries.get_stage_titles()
    clients = {each.id: each.name(language) for each in clients_of(request)}
    people = access_queries.get_display_names(case.collector_id for case in cases if case.collector_id)
    return [
        Row(
            id=case.id,
            name=names[case.id],
            name_language=language_of_name(names[case.id]),
            client=clients.get(case.client_id, ""),
            stage=titles.get(case.stage or "", {}).get(language, ""),
            is_late=case.late_since_date is not None,
            owner=people.get(case.collector_id or 0, "—"),
        )
        for case in cases
    ]


def _names(request: HttpRequest, cases: list[CaseRead]) -> dict[int, str]:
    names = customers_queries.get_names({case.customer_id for case in cases})
    nameless = _say(request, "desk.nameless")
    return {case.id: names.get(case.customer_id, nameless) for case in cases}


def _preview(
    request: HttpRequest, found: Preview, case_ids: list[int], to_ids: list[int], cause: str, at: datetime
) -> dict[str, Any]:
    people = access_queries.get_display_names(to_ids)
    return {
        "going": _move_rows(request, found.going, ""),
        "refused": _move_rows(request, found.refused, "cases.obstacle."),
        "receivers": [(people.get(each.user_id, ""), each) for each in found.receivers],
        "broken_count": found.broken_count,
        "running": _on_the_line(request, [move.case_id for move in found.going], at),
        "case_ids": case_ids,
        "to_ids": to_ids,
        "cause": cause,
        "once": secrets.token_hex(16),
        "section": "reassign",
    }


def _move_rows(request: HttpRequest, moves: Iterable[Move], prefix: str) -> list[MoveRow]:
    listed = list(moves)
    names = _names(request, cases_queries.list_cases(move.case_id for move in listed))
    ids = {user_id for move in listed for user_id in (move.from_id, move.to_id) if user_id is not None}
    people = access_queries.get_display_names(ids)
    return [
        MoveRow(
            case_id=move.case_id,
            name=names[move.case_id],
            name_language=language_of_name(names[move.case_id]),
            from_name=people.get(move.from_id or 0, "—"),
            to_name=people.get(move.to_id or 0, "—"),
            says=_say(request, f"{prefix}{move.refused}") if move.refused else "",
        )
        for move in listed
    ]


def _on_the_line(request: HttpRequest, case_ids: Iterable[int], at: datetime) -> list[str]:
    """Who is talking with whom right now: that call ends under whoever dialled."""
    running = contact_queries.list_live_calls(case_ids, at)
    names = _names(request, cases_queries.list_cases(call.case_id for call in running))
    people = access_queries.get_display_names(call.user_id for call in running)
    return [
        _say(
            request,
            "desk.reassign.on-the-line",
            collector=people.get(call.user_id, ""),
            customer=names[call.case_id],
        )
        for call in running
    ]


def _latest(request: HttpRequest) -> list[Done]:
    found = assignment_queries.list_reassignments(actor_of(request), LATEST)
    by = access_queries.get_display_names_by_username(each.by for each in found)
    return [
        Done(
            read=each,
            by=by.get(each.by, each.by),
            moves=_move_rows(request, each.moves, "assignment.undo."),
            went_count=len(each.moves),
        )
        for each in found
    ]


def _members(request: HttpRequest) -> list[MemberRead]:
    found = [each for team_id in sorted(actor_of(request).team_ids) for each in staff_queries.list_members(team_id)]
    return [each for each in found if each.is_active and Role.COLLECTOR in each.roles]


def _chosen(request: HttpRequest) -> list[int]:
    """The cases that were ticked, or all that the filter finds; only those that are the leader's."""
    actor, client_ids = actor_of(request), [each.id for each in clients_of(request)]
    if request.POST.get("which") == "all":
        found = cases_queries.list_open_in_scope(
            actor,
            (Role.TEAM_LEADER,),
            [each.id for each in clients_of(request) if request.GET.get("client", "") in ("", each.code)],
            _narrowed(paging.filters(request, *FILTERS), _members(request)),
            0,
            CASES_MAX,
        )
        return [case.id for case in found]
    asked = [int(text) for text in request.POST.getlist("case") if text.isascii() and text.isdecimal()][:CASES_MAX]
    seen = [case_id for case_id in asked if cases_queries.is_in_scope(actor, case_id, Role.TEAM_LEADER)]
    return [case.id for case in cases_queries.list_cases(seen) if case.client_id in client_ids]


def _receivers(request: HttpRequest) -> list[int]:
    asked = set(request.POST.getlist("to"))
    return [each.user_id for each in _members(request) if str(each.user_id) in asked]


def _say(request: HttpRequest, code: str, **fields: object) -> str:
    return words.render(code, request.language, **fields)  # type: ignore[attr-defined]
