"""Who may work what until when: issued, renewed and revoked by a trainer, and what will soon be uncovered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.core.problem import Problem
from tideover.decide.assignment import queries as assignment_queries
from tideover.doors.desk.work.queue import open_days
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of, zone_of
from tideover.know.cases import queries as cases_queries
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.types import CertificateRead, MemberRead

SOON_DAYS = 30
RENEWED_DAYS = 365


@dataclass(frozen=True)
class Held:
    """One certificate of a member."""

    id: int
    skill: str
    title: str
    until: date
    is_soon: bool
    is_valid: bool
    says: str
    renewed_through: date
    revoking: str


@dataclass(frozen=True)
class Row:
    """One member with every skill that the ladders ask for: what they hold of it, and what they lack."""

    member: MemberRead
    held: tuple[Held, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Ending:
    """A certificate that ends soon: whose, for which stages, how many cases it takes along, and who else holds it."""

    day: date
    name: str
    skill: str
    stages: str
    cases_count: int
    others_count: int


@for_roles(Role.TRAINER, Role.TEAM_LEADER)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """The team's certificates, and the form that issues one."""
    return _show(request)


@for_roles(Role.TRAINER)
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a certificate from now, or renew one without a gap, until the end of a day."""
    user_id, skill = _number(request.POST.get("user", "")), request.POST.get("skill", "")
    last = paging.read_date(request.POST.get("through", "").strip())
    if user_id not in {each.user_id for each in _members(request)} or skill not in _skills():
        raise Http404
    if last is None or not 1900 <= last.year <= 2199:
        return _show(request, _say(request, "desk.certificates.wrong-date"))
    at = clock_queries.now()
    ends = [each.until_at for each in staff_queries.list_holdings([user_id], at) if each.skill == skill]
    zone = zone_of(request)
    until_at = clock.end_of_day(last, zone)
    if ends and until_at <= ends[0]:
        return _show(request, _say(request, "desk.certificates.covered", until=clock.local_date(ends[0], zone)))
    if until_at <= at:
        return _show(request, _say(request, "desk.certificates.day-over", day=last))
    return _do(
        request,
        "desk.certificates.issued",
        lambda: staff.issue_certificate(
            user_id=user_id,
            skill=skill,
            valid_from=ends[0] if ends else at,
            valid_until=until_at,
            at=at,
            actor=actor_of(request),
        ),
    )


@for_roles(Role.TRAINER)
@require_POST
def revoke(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """End a certificate now: the next dial is refused, and the work is off the list."""
    user_ids = [each.user_id for each in _members(request)]
    if not any(each.id == certificate_id for user_id in user_ids for each in staff_queries.list_certificates(user_id)):
        raise Http404
    return _do(
        request,
        "desk.certificates.is-revoked",
        lambda: staff.revoke_certificate(
            certificate_id=certificate_id, at=clock_queries.now(), actor=actor_of(request)
        ),
    )


def list_endings(request: HttpRequest) -> list[Ending]:
    """What the team will no longer be certified for within thirty days, the earliest first."""
    at, language = clock_queries.now(), request.language  # type: ignore[attr-defined]
    members = {each.user_id: each for each in _members(request)}
    holdings = staff_queries.list_holdings(members, at)
    asked = cases_queries.get_stage_skills()
    titles = cases_queries.get_stage_titles()
    owned = cases_queries.count_owned_by_stage(members)
    between = "、" if language == "zh-Hans" else ", "
    found = []
    for each in holdings:
        if each.until_at > at + timedelta(days=SOON_DAYS):
            continue
        stages = [stage for stage, skill in asked.items() if skill == each.skill]
        others = [other for other in holdings if other.skill == each.skill and other.until_at > each.until_at]
        found.append(
            Ending(
                day=clock.local_date(each.until_at, zone_of(request)),
                name=members[each.user_id].display_name,
                skill=each.skill,
                stages=between.join(titles[stage][language] for stage in stages),
                cases_count=sum(owned.get((each.user_id, stage), 0) for stage in stages),
                others_count=len(others),
            )
        )
    return sorted(found, key=lambda ending: (ending.day, ending.name, ending.skill))


def _show(request: HttpRequest, problem: str = "") -> HttpResponse:
    at = clock_queries.now()
    skills, titles = _skills(), _titles(request.language)  # type: ignore[attr-defined]
    members = _members(request)
    work = _count_work(request, members, at) if actor_of(request).has(Role.TRAINER) else Counter()
    context = {
        "rows": [_row(request, each, skills, at, work) for each in members],
        "members": members,
        "skills": [(each, titles.get(each, each)) for each in skills],
        "endings": list_endings(request),
        "default_through": (clock.local_date(at, zone_of(request)) + timedelta(days=RENEWED_DAYS)).isoformat(),
        "may_act": actor_of(request).has(Role.TRAINER),
        "problem": problem,
    }
    return render(request, "desk/certificates/certificates.html", context, status=422 if problem else 200)


def _count_work(request: HttpRequest, members: Iterable[MemberRead], at: datetime) -> Counter[tuple[int, str]]:
    """How much work is still on each member's list of the open day, by the skill that it asks for."""
    zones = {client.id: client.zone for client in clients_of(request)}
    days = open_days(request)
    work = [
        each
        for member in members
        for day in sorted({day for _, day in days})
        for each in assignment_queries.list_work(member.user_id, day)
        if (each.client_id, day) in days and not each.is_done
    ]
    if not work:
        return Counter()
    made_at = min(clock.start_of_day(each.day, zones[each.client_id]) for each in work)
    left = assignment_queries.still_to_do(work, made_at, at)
    collectors = {each.collector_id for each in left if each.collector_id is not None}
    complained = {user_id: cases_queries.list_complained_of(user_id, at) for user_id in collectors}
    return Counter(
        (each.collector_id, each.skill)
        for each in left
        if each.collector_id is not None and each.case_id not in complained[each.collector_id]
    )


def _row(
    request: HttpRequest, member: MemberRead, skills: Iterable[str], at: datetime, work: Counter[tuple[int, str]]
) -> Row:
    zone = zone_of(request)
    kept = [each for each in staff_queries.list_certificates(member.user_id) if each.valid_until > at - timedelta(90)]
    valid_ones = Counter(each.skill for each in kept if _state(each, at) == "valid")
    held = tuple(
        _held(request, each, at, zone, work[each.user_id, each.skill] if valid_ones[each.skill] == 1 else 0)
        for each in kept
    )
    valid = {each.skill for each in held if each.is_valid}
    titles = _titles(request.language)  # type: ignore[attr-defined]
    return Row(member, held, tuple(titles.get(skill, skill) for skill in skills if skill not in valid))


def _state(each: CertificateRead, at: datetime) -> str:
    if each.revoked_at is not None and each.revoked_at <= at:
        return "revoked"
    if each.valid_until <= at:
        return "ended"
    return "later" if each.valid_from > at else "valid"


def _held(request: HttpRequest, each: CertificateRead, at: datetime, zone: str, work_count: int) -> Held:
    """A certificate, and what revoking it would take off its holder's list of today."""
    until, state = clock.local_date(each.valid_until, zone), _state(each, at)
    soon = state == "valid" and each.valid_until <= at + timedelta(days=SOON_DAYS)
    title = _titles(request.language).get(each.skill, each.skill)  # type: ignore[attr-defined]
    return Held(
        each.id,
        each.skill,
        title,
        until,
        soon,
        state == "valid",
        _say(request, f"desk.certificates.{state}", until=until),
        max(until, clock.local_date(at, zone)) + timedelta(days=RENEWED_DAYS),
        _say(request, "desk.certificates.revoke." + ("takes" if work_count else "takes-none"), count=work_count),
    )


def _do(request: HttpRequest, says: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Problem as problem:
        return _show(request, words.render(problem, request.language))  # type: ignore[attr-defined]
    toasts.add(request, _say(request, says))
    return HttpResponseRedirect(reverse("certificates"))


def _members(request: HttpRequest) -> list[MemberRead]:
    """Who collects in the teams, whoever has left being left out."""
    found = [each for team_id in sorted(actor_of(request).team_ids) for each in staff_queries.list_members(team_id)]
    today = clock.local_date(clock_queries.now(), zone_of(request))
    return [
        each
        for each in found
        if each.is_active and Role.COLLECTOR in each.roles and (each.left_date is None or each.left_date > today)
    ]


def _skills() -> list[str]:
    """What collectors are certified for, in the ladder's order; a leader's review is not among it."""
    stages = [stage for ladder in cases_queries.list_ladders() for stage in ladder.rules.stages]
    return list(dict.fromkeys(each.skill for each in stages if each.skill is not None and each.owner == "collector"))


def _titles(language: str) -> dict[str, str]:
    """What a skill lets somebody do: the stages that ask for it."""
    titles = cases_queries.get_stage_titles()
    found: dict[str, list[str]] = {}
    for stage, skill in cases_queries.get_stage_skills().items():
        found.setdefault(skill, []).append(titles[stage][language])
    return {skill: ("、" if language == "zh-Hans" else ", ").join(stages) for skill, stages in found.items()}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0


def _say(request: HttpRequest, code: str, **fields: object) -> str:
    return words.render(code, request.language, **fields)  # type: ignore[attr-defined]
