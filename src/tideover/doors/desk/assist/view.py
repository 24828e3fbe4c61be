"""A second collector on a case (协催): the leader's panel on the case's page, and the helper's own list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.core.problem import Problem
from tideover.decide.assignment import queries as assignment_queries
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import ASSIST_CAUSES, CaseRead
from tideover.know.clients import queries as clients_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.staff import queries as staff_queries


@dataclass(frozen=True)
class Helper:
    """Somebody who helps on the case."""

    id: int
    name: str
    until: date
    cause: str


@dataclass(frozen=True)
class Panel:
    """Who works the case today beside, or instead of, its owner; and whom a leader may ask."""

    case_id: int
    helpers: list[Helper]
    covered_by: str
    may_act: bool
    members: list[tuple[int, str]]
    causes: tuple[str, ...]
    default_until: str

    @property
    def says_anything(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.helpers or self.covered_by or self.may_act)


@dataclass(frozen=True)
class Helped:
    """A case on a helper's own list."""

    url: str
    name: str
    name_language: str
    owner: str
    until: date


def read(request: HttpRequest, case: CaseRead, at: datetime) -> Panel:
    """The panel of a case."""
    actor = actor_of(request)
    zone = clients_queries.get_client_by_id(case.client_id).zone
    assists = cases_queries.list_assists(case.id, at)
    work = assignment_queries.get_open_work_of_case(case.id)
    cover_id = work.collector_id if work is not None and work.cover_for_id is not None else None
    people = access_queries.get_display_names([*(each.collector_id for each in assists), cover_id or 0])
    may_act = case.is_open and cases_queries.is_in_scope(actor, case.id, Role.TEAM_LEADER)
    members = [
        (each.user_id, each.display_name)
        for team_id in (sorted(actor.team_ids) if may_act else ())
        for each in staff_queries.list_collectors(team_id)
        if each.user_id != case.collector_id
    ]
    return Panel(
        case_id=case.id,
        helpers=[
            Helper(each.id, people.get(each.collector_id, ""), clock.local_date(each.until_at, zone), each.cause)
            for each in assists
        ],
        covered_by=people.get(cover_id or 0, ""),
        may_act=may_act,
        members=members,
        causes=ASSIST_CAUSES,
        default_until=clock.local_date(at, zone).isoformat(),
    )


def read_own(request: HttpRequest) -> list[Helped]:
    """The cases on which the signed-in collector helps, those that end first coming first."""
    at = clock_queries.now()
    zones = {client.id: client.zone for client in clients_of(request)}
    assists = cases_queries.list_assisted(actor_of(request).user_id or 0, at)
    found = {case.id: case for case in cases_queries.list_cases(each.case_id for each in assists)}
    names = customers_queries.get_names({case.customer_id for case in found.values()})
    people = access_queries.get_display_names(case.collector_id for case in found.values() if case.collector_id)
    nameless = words.render("desk.nameless", request.language)  # type: ignore[attr-defined]
    rows = []
    for each in assists:
        case = found[each.case_id]
        if case.client_id in zones:
            name = names.get(case.customer_id, nameless)
            until = clock.local_date(each.until_at, zones[case.client_id])
            owner = people.get(case.collector_id or 0, "—")
            rows.append(Helped(reverse("case", args=[case.id]), name, language_of_name(name), owner, until))
    return rows


@for_roles(Role.TEAM_LEADER)
@require_POST
def grant(request: HttpRequest, case_id: int) -> HttpResponse:
    """Let a second collector work the case through a day."""
    case = _led(request, case_id)
    last = paging.read_date(request.POST.get("through", "").strip())
    collector = request.POST.get("collector", "")
    if last is None or not 1900 <= last.year <= 2199 or not (collector.isascii() and collector.isdecimal()):
        return _back(request, case_id, _say(request, "desk.team.wrong-date"), "stop")
    try:
        cases.grant_assist(
            case_id=case_id,
            collector_id=int(collector[:15]),
            until_at=clock.end_of_day(last, clients_queries.get_client_by_id(case.client_id).zone),
            cause=request.POST.get("cause", ""),
            at=clock_queries.now(),
            actor=actor_of(request),
        )
    except Problem as problem:
        return _back(request, case_id, words.render(problem, request.language), "stop")  # type: ignore[attr-defined]
    return _back(request, case_id, _say(request, "desk.assist.granted"), "go")


@for_roles(Role.TEAM_LEADER)
@require_POST
def end(request: HttpRequest, case_id: int, assist_id: int) -> HttpResponse:
    """End the help before its time."""
    _led(request, case_id)
    if assist_id not in {each.id for each in cases_queries.list_assists(case_id, clock_queries.now())}:
        raise Http404
    cases.end_assist(assist_id=assist_id, at=clock_queries.now(), actor=actor_of(request))
    return _back(request, case_id, _say(request, "desk.assist.ended"), "go")


def _led(request: HttpRequest, case_id: int) -> CaseRead:
    """A case of the leader's team; what is beyond is simply not there."""
    if not cases_queries.is_in_scope(actor_of(request), case_id, Role.TEAM_LEADER):
        raise Http404
    return cases_queries.get_case(case_id)


def _back(request: HttpRequest, case_id: int, says: str, signal: str) -> HttpResponse:
    toasts.add(request, says, signal)
    return HttpResponseRedirect(reverse("case", args=[case_id]))


def _say(request: HttpRequest, code: str) -> str:
    return words.render(code, request.language)  # type: ignore[attr-defined]
