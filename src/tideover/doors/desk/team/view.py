"""A leader's team: who is there in the week, how much each may have, and cover for whoever is away today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.core.problem import Problem
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment import queries as assignment_queries
from tideover.doors.desk.work.queue import changes_of, open_days
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of, zone_of
from tideover.doors.screens.stopped import stopped_ids
from tideover.know.cases import queries as cases_queries
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.types import LEAVE_CAUSES, LEAVE_WITHDRAWN_CAUSES, LeaveRead, MemberRead

WEEKDAYS = tuple(range(1, 8))
AGREED = ("call-back", "promise-broken", "promise-due")


@dataclass(frozen=True)
class Cell:
    """One day of one member."""

    day: date
    is_there: bool
    says: str


@dataclass(frozen=True)
class Row:
    """One member with the week."""

    member: MemberRead
    skills: tuple[str, ...]
    cells: tuple[Cell, ...]
    cases_count: int
    items_count: int
    done_count: int
    has_left: bool


@for_roles(Role.TEAM_LEADER)
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """The week of everybody who collects in the leader's team."""
    today = _today(request)
    asked = paging.read_date(paging.filters(request, "week")["week"]) or today
    monday = asked - timedelta(days=asked.isoweekday() - 1)
    days = [monday + timedelta(days=number) for number in range(7)]
    members = _members(request)
    user_ids = [each.user_id for each in members]
    presence = {(each.user_id, day): each for day in days for each in staff_queries.list_presence(user_ids, day)}
    owned = cases_queries.count_owned(user_ids)
    items = assignment_queries.count_open_items(user_ids, stopped_ids(request), _fallen(request))
    skills = staff_queries.list_skills(user_ids, clock_queries.now())
    language = request.language  # type: ignore[attr-defined]
    rows = [
        Row(
            member=member,
            skills=tuple(sorted(skills[member.user_id])),
            cells=tuple(Cell(day, seen.is_there, why_away(seen.why, seen.leave, language)) for day in days
                        if (seen := presence[member.user_id, day])),
            cases_count=owned.get(member.user_id, 0),
            items_count=items.get(member.user_id, (0, 0))[0],
            done_count=items.get(member.user_id, (0, 0))[1],
            has_left=member.left_date is not None and member.left_date <= today,
        )
        for member in members
    ]  # fmt: skip
    context = {
        "rows": rows,
        "days": days,
        "today": today,
        "earlier_url": f"?week={(monday - timedelta(days=7)).isoformat()}",
        "later_url": f"?week={(monday + timedelta(days=7)).isoformat()}",
    }
    return render(request, "desk/team/team.html", context)


def _fallen(request: HttpRequest) -> list[int]:
    """The cases of the open days in which nothing is left to collect since the lists were made."""
    clients = {each.id: each for each in clients_of(request)}
    return [
        case_id
        for client_id, day in open_days(request)
        for case_id in changes_of(request, clients[client_id], day).fallen_case_ids
    ]


@for_roles(Role.TEAM_LEADER)
@require_safe
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """One member: leave, days of the week, ceilings, leaving, and today's list while they are away."""
    return _show(request, user_id)


@for_roles(Role.TEAM_LEADER)
@require_POST
def leave(request: HttpRequest, user_id: int) -> HttpResponse:
    """Put a leave in; the last day is given, as people say it."""
    first, last = _date(request, "from"), _date(request, "through")
    if first is None or last is None:
        return _show(request, user_id, _say(request, "desk.team.wrong-date"))
    if last < first:
        return _show(request, user_id, _say(request, "desk.team.leave-order", first=first, last=last))
    return _do(
        request,
        user_id,
        "desk.team.leave-placed",
        lambda: staff.put_on_leave(
            user_id=user_id,
            from_date=first,
            until_date=last + timedelta(days=1),
            cause=request.POST.get("cause", ""),
            at=clock_queries.now(),
            actor=actor_of(request),
        ),
    )


@for_roles(Role.TEAM_LEADER)
@require_POST
def withdraw(request: HttpRequest, user_id: int, leave_id: int) -> HttpResponse:
    """Take a leave back, with its cause."""
    return _do(
        request,
        user_id,
        "desk.team.leave-withdrawn",
        lambda: staff.withdraw_leave(
            leave_id=leave_id, cause=request.POST.get("cause", ""), at=clock_queries.now(), actor=actor_of(request)
        ),
    )


@for_roles(Role.TEAM_LEADER)
@require_POST
def days(request: HttpRequest, user_id: int) -> HttpResponse:
    """Set the days of the week from a date on."""
    begins = _date(request, "from")
    if begins is None:
        return _show(request, user_id, _say(request, "desk.team.wrong-date"))
    chosen = [number for number in WEEKDAYS if str(number) in request.POST.getlist("weekday")]
    return _do(
        request,
        user_id,
        "desk.team.days-set",
        lambda: staff.set_working_days(
            user_id=user_id, weekdays=chosen, from_date=begins, at=clock_queries.now(), actor=actor_of(request)
        ),
    )


@for_roles(Role.TEAM_LEADER)
@require_POST
def ceilings(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change the ceilings, and whether new cases come."""
    return _do(
        request,
        user_id,
        "desk.team.ceilings-set",
        lambda: staff.set_ceilings(
            user_id=user_id,
            work_items_per_day_max=_number(request, "items"),
            cases_max=_number(request, "cases"),
            takes_new_cases="new" in request.POST,
            at=clock_queries.now(),
            actor=actor_of(request),
        ),
    )


@for_roles(Role.TEAM_LEADER)
@require_POST
def leaving(request: HttpRequest, user_id: int) -> HttpResponse:
    """Note the first day on which a member is no longer here; empty takes it back."""
    text = request.POST.get("left", "").strip()
    left = paging.read_date(text)
    if text and left is None:
        return _show(request, user_id, _say(request, "desk.team.wrong-date"))
    return _do(
        request,
        user_id,
        "desk.team.leaving-noted",
        lambda: staff.note_leaving(user_id=user_id, left_date=left, at=clock_queries.now(), actor=actor_of(request)),
    )


@for_roles(Role.TEAM_LEADER)
@require_POST
def cover(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let colleagues do today what an absent member agreed with customers."""
    _member(request, user_id)
    try:
        found = assignment.cover_absent(collector_id=user_id, at=clock_queries.now(), actor=actor_of(request))
    except Problem as problem:
        return _show(request, user_id, words.render(problem, request.language))  # type: ignore[attr-defined]
    says = _say(
        request,
        "desk.team.covered",
        covered=found.covered_count,
        waiting=found.waiting_count,
        uncovered=found.no_cover_count,
    )
    toasts.add(request, says, "wait" if found.no_cover_count else "go")
    return HttpResponseRedirect(reverse("team-member", args=[user_id]))


@for_roles(Role.TEAM_LEADER)
@require_POST
def give_back(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a member who is there after all what is left of today's list."""
    _member(request, user_id)
    count = assignment.return_cover(collector_id=user_id, at=clock_queries.now(), actor=actor_of(request))
    toasts.add(request, _say(request, "desk.team.returned", number=count))
    return HttpResponseRedirect(reverse("team-member", args=[user_id]))


def _show(request: HttpRequest, user_id: int, problem: str = "") -> HttpResponse:
    found = _member(request, user_id)
    today = _today(request)
    (presence,) = staff_queries.list_presence([user_id], today)
    language = request.language  # type: ignore[attr-defined]
    work = [each for each in assignment_queries.list_open_work(user_id) if each.cover_for_id is None]
    agreed = sum(each.order_reason in AGREED for each in work)
    without_cover = assignment_queries.count_without_cover(user_id)
    context = {
        "member": found,
        "today": today,
        "presence": presence,
        "why": why_away(presence.why, presence.leave, language),
        "weekdays": [(number, f"desk.team.weekday.{number}") for number in WEEKDAYS],
        "chosen": staff_queries.get_weekdays(user_id, today) or WEEKDAYS,
        "leave": staff_queries.list_leave([user_id], today - timedelta(days=30), today + timedelta(days=400)),
        "leave_causes": LEAVE_CAUSES,
        "withdrawn_causes": LEAVE_WITHDRAWN_CAUSES,
        "agreed_count": agreed + without_cover,
        "without_cover_count": without_cover,
        "rest_count": len(work) - agreed,
        "covered_count": len(assignment_queries.list_covered_for(user_id)),
        "cases_count": cases_queries.count_owned([user_id]).get(user_id, 0),
        "problem": problem,
        "section": "team",
    }
    return render(request, "desk/team/member.html", context, status=422 if problem else 200)


def _do(request: HttpRequest, user_id: int, says: str, act: object) -> HttpResponse:
    """Do it for a member of the leader's own team, and say so; or show what is wrong."""
    _member(request, user_id)
    try:
        act()  # type: ignore[operator]
    except Problem as problem:
        return _show(request, user_id, words.render(problem, request.language))  # type: ignore[attr-defined]
    toasts.add(request, _say(request, says))
    return HttpResponseRedirect(reverse("team-member", args=[user_id]))


def _members(request: HttpRequest) -> list[MemberRead]:
    """Everybody who collects in the leader's team, by user name."""
    found = [each for team_id in sorted(actor_of(request).team_ids) for each in staff_queries.list_members(team_id)]
    return [each for each in found if each.is_active and Role.COLLECTOR in each.roles]


def _member(request: HttpRequest, user_id: int) -> MemberRead:
    found = next((each for each in _members(request) if each.user_id == user_id), None)
    if found is None:
        raise Http404
    return found


def why_away(why: str | None, leave: LeaveRead | None, language: str) -> str:
    if why == "leave" and leave is not None:
        return words.render(f"staff.leave-cause.{leave.cause}", language)
    return words.render(f"desk.team.day.{why or 'there'}", language)


def _today(request: HttpRequest) -> date:
    return clock.local_date(clock_queries.now(), zone_of(request))


def _date(request: HttpRequest, name: str) -> date | None:
    found = paging.read_date(request.POST.get(name, "").strip())
    return found if found is not None and 1900 <= found.year <= 2199 else None


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


def _say(request: HttpRequest, code: str, **fields: object) -> str:
    return words.render(code, request.language, **fields)  # type: ignore[attr-defined]
