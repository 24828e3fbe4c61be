"""Batches: what was placed, what came of it, how long it runs, and what may stay longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.money import Money, Rounding
from tideover.core.problem import Problem
from tideover.decide.assignment import queries as assignment_queries
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of, keep_to
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import RETENTION_CAUSES, BatchShare, RetentionRead
from tideover.know.clients.types import ClientRead
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import BatchRead, UnknownBatch
from tideover.know.staff import queries as staff_queries

READERS = (Role.TEAM_LEADER, Role.INTEGRATOR, Role.ANALYST)
STATES = ("running", "over")


@dataclass(frozen=True)
class Came:
    """What was placed and what came in, in one currency; never added across."""

    placed: Money
    recovered: Money
    share: str
    commission: Money | None
    rate: str
    target: Money | None
    of_target: str


@dataclass(frozen=True)
class Card:
    """A batch in words."""

    batch: BatchRead
    client_name: str
    days_left: int | None
    is_over: bool
    sums: tuple[Came, ...]
    asked_count: int = 0


@dataclass(frozen=True)
class Line:
    """One collector's part of a batch."""

    name: str
    share: BatchShare
    part: str


@dataclass(frozen=True)
class Wish:
    """A request to keep an account, in words."""

    request: RetentionRead
    account_number: str
    cause: str
    asked_by: str
    decided_by: str
    may_decide: bool
    state: str


@for_roles(*READERS)
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """The batches of the clients in scope, running ones first; filters stay in the address."""
    clients = {client.id: client for client in clients_of(request)}
    wanted = paging.filters(request, "client", "state")
    cards = [
        _card(request, each, clients[each.client_id])
        for each in portfolio_queries.list_batches(sorted(clients))
        if wanted["client"] in ("", clients[each.client_id].code)
    ]
    if wanted["state"] in STATES:
        cards = [each for each in cards if each.is_over == (wanted["state"] == "over")]
    found = cases_queries.list_retentions([each.batch.id for each in cards], actor_of(request))
    asked = Counter(each.batch_id for each in _waiting(found))
    cards = [replace(each, asked_count=asked[each.batch.id]) for each in cards]
    context = {
        "cards": sorted(cards, key=lambda each: each.is_over),
        "clients": [(each.code, each.name(request.language)) for each in clients.values()],  # type: ignore[attr-defined]
        "states": STATES,
        "wanted": wanted,
        "section": "batches",
    }
    return render(request, "desk/batches/batches.html", context)


@for_roles(*READERS)
@require_safe
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: its terms, what came of it by collector, and the requests to keep some of it."""
    return _page(request, batch_id)


@for_roles(Role.TEAM_LEADER)
@require_POST
def decide(request: HttpRequest, retention_id: int) -> HttpResponse:
    """A leader lets an account stay, or not."""
    language: str = request.language  # type: ignore[attr-defined]
    batch_id = int(request.POST.get("batch_id", "0")) if request.POST.get("batch_id", "").isdecimal() else 0
    approve = request.POST.get("decision") == "approved"
    try:
        cases.decide_retention(
            retention_id=retention_id, approve=approve, at=clock_queries.now(), actor=actor_of(request)
        )
    except Problem as problem:
        return _page(request, batch_id, words.render(problem, language))
    toasts.add(request, words.render(f"desk.batches.decided.{'approved' if approve else 'refused'}", language))
    return HttpResponseRedirect(reverse("batch", args=[batch_id]))


class RetentionForm(forms.Form):
    """Which account is to stay, until when and why."""

    account_id = forms.IntegerField(min_value=1)
    until_date = forms.DateField(input_formats=["%Y-%m-%d"])
    cause = forms.ChoiceField(choices=[(each, each) for each in RETENTION_CAUSES])


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_POST
def ask(request: HttpRequest, case_id: int) -> HttpResponse:
    """Ask from the case page that an account stay beyond its batch's end."""
    language: str = request.language  # type: ignore[attr-defined]
    if not assignment_queries.may_read(actor_of(request).user_id or 0, case_id, clock_queries.now()):
        raise Http404
    form = RetentionForm(request.POST)
    if not form.is_valid():
        toasts.add(request, words.render("desk.batches.ask.wrong", language))
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    try:
        cases.request_retention(
            case_id=case_id,
            account_id=form.cleaned_data["account_id"],
            until_date=form.cleaned_data["until_date"],
            cause=form.cleaned_data["cause"],
            at=clock_queries.now(),
            actor=actor_of(request),
        )
        toasts.add(request, words.render("desk.batches.asked", language))
    except Problem as problem:
        toasts.add(request, words.render(problem, language))
    return HttpResponseRedirect(reverse("case", args=[case_id]))


def _page(request: HttpRequest, batch_id: int, problem: str = "") -> HttpResponse:
    language: str = request.language  # type: ignore[attr-defined]
    clients = {client.id: client for client in clients_of(request)}
    try:
        found = portfolio_queries.get_batch(batch_id)
    except UnknownBatch as unknown:
        raise Http404 from unknown
    if found.client_id not in clients:
        raise Http404
    keep_to(request, found.client_id)
    shares = cases_queries.list_batch_shares(batch_id)
    context = {
        "card": _card(request, found, clients[found.client_id]),
        "ends": _ends(batch_id, language),
        "lines": _lines(request, shares, language),
        "causes": RETENTION_CAUSES,
        "wishes": _wishes(request, batch_id, language),
        "problem": problem,
        "section": "batches",
    }
    return render(request, "desk/batches/batch.html", context, status=409 if problem else 200)


def _ends(batch_id: int, language: str) -> list[tuple[str, int]]:
    """What became of the accounts, in words; one that a later version names otherwise is told as it is."""
    counted = cases_queries.count_batch_ends(batch_id)
    return [
        (words.render(code, language) if words.has(code := f"desk.batches.end.{cause}") else cause, count)
        for cause, count in counted.items()
    ]


def _card(request: HttpRequest, found: BatchRead, client: ClientRead) -> Card:
    today = client.local_date(clock_queries.now())
    return Card(
        batch=found,
        client_name=client.name(request.language),  # type: ignore[attr-defined]
        days_left=found.days_left(today),
        is_over=found.until_date is not None and found.until_date <= today,
        sums=tuple(_sums(found, cases_queries.list_batch_shares(found.id))),
    )


def _sums(found: BatchRead, shares: Sequence[BatchShare]) -> Iterable[Came]:
    for placed in found.placed:
        currency = placed.placed.currency
        recovered = sum((each.recovered.amount for each in shares if each.recovered.currency == currency), Decimal(0))
        target = found.target if found.target is not None and found.target.currency == currency else None
        came = Money(recovered, currency)
        yield Came(
            placed=placed.placed,
            recovered=came,
            share=_percent(recovered, placed.placed.amount),
            rate="" if found.commission_share is None else _percent(found.commission_share, Decimal(1)),
            commission=None
            if found.commission_share is None
            else Money.rounded(recovered * found.commission_share, currency, Rounding.HALF_UP),
            target=target,
            of_target="" if target is None else _percent(recovered, target.amount),
        )


def _percent(part: Decimal, whole: Decimal) -> str:
    """A share as people read it; nothing where there is no whole."""
    return "" if whole <= 0 else f"{(part / whole * 100).quantize(Decimal('0.1'))}%"


def _lines(request: HttpRequest, shares: Sequence[BatchShare], language: str) -> list[Line]:
    """Each collector by name; a leader sees the team's, and the others as one."""
    actor = actor_of(request)
    names = access_queries.get_display_names([each.collector_id for each in shares if each.collector_id])
    own = {member.user_id for team_id in actor.team_ids for member in staff_queries.list_members(team_id)}
    by_client = actor.has(Role.INTEGRATOR) or actor.has(Role.ANALYST)
    lines: list[Line] = []
    for each in shares:
        if each.collector_id is None:
            name = words.render("desk.batches.nobody", language)
        elif by_client or each.collector_id in own:
            name = names.get(each.collector_id, "")
        else:
            name = words.render("desk.batches.other-team", language)
        lines.append(Line(name, each, _percent(each.recovered.amount, each.placed.amount)))
    return lines


def _wishes(request: HttpRequest, batch_id: int, language: str) -> list[Wish]:
    actor = actor_of(request)
    found = cases_queries.list_retentions([batch_id], actor)
    waiting = {each.id for each in _waiting(found)}
    numbers = {each.id: each.number for each in portfolio_queries.list_accounts([each.account_id for each in found])}
    usernames = {name for each in found for name in (each.requested_by, each.decided_by) if name}
    people = access_queries.get_display_names_by_username(usernames)
    return [
        Wish(
            each,
            numbers[each.account_id],
            words.render(f"desk.batches.cause.{each.cause}", language),
            people.get(each.requested_by, each.requested_by),
            people.get(each.decided_by or "", each.decided_by or ""),
            each.id in waiting and actor.has(Role.TEAM_LEADER),
            each.decision or ("open" if each.id in waiting else "lapsed"),
        )
        for each in found
    ]


def _waiting(found: Iterable[RetentionRead]) -> list[RetentionRead]:
    """Requests that can still be decided: a case that has closed, or a batch that is over, has nothing left to keep."""
    undecided = [each for each in found if each.decision is None]
    is_open = {case.id for case in cases_queries.list_cases({each.case_id for each in undecided}) if case.is_open}
    asked_in = {each.batch_id for each in undecided}
    running = {each for each in asked_in if portfolio_queries.get_batch(each).ended_date is None}
    return [each for each in undecided if each.case_id in is_open and each.batch_id in running]


@dataclass(frozen=True)
class Stay:
    """On the case page: an account whose batch ends, and what may be asked for it."""

    account_id: int
    account_number: str
    batch_number: str
    until: date
    days_left: int
    may_ask: bool
    asked: str


def stays(case_id: int, account_ids: Iterable[int], today: date, language: str) -> list[Stay]:
    """The batches of a case's accounts that end, with whether an account may still be asked to stay."""
    asked = {each.account_id: each for each in cases_queries.list_retentions_of_case(case_id)}
    found: list[Stay] = []
    for account in portfolio_queries.list_accounts(account_ids):
        for placement in portfolio_queries.list_placements(account.id):
            if placement.ended_date is not None or placement.batch_until_date is None:
                continue
            terms = portfolio_queries.get_batch(placement.batch_id)
            until = placement.retained_until_date or placement.batch_until_date
            wish = asked.get(account.id)
            said = "" if wish is None else words.render(f"desk.batches.wish.{wish.decision or 'open'}", language)
            found.append(
                Stay(
                    account_id=account.id,
                    account_number=account.number,
                    batch_number=terms.number,
                    until=until,
                    days_left=max(0, (until - today).days),
                    may_ask=terms.retain_count_max > 0
                    and placement.batch_until_date > today
                    and (wish is None or wish.decision == "refused"),
                    asked=said,
                )
            )
    return found
