"""What is stopped, why and until when; placing a hold, lifting one with its cause, and what waits to be decided."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes import queries as outcomes_queries
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.core.problem import Problem
from tideover.doors.desk.accounts import clients_to_choose, find_accounts
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases import types as cases_types
from tideover.know.customers import queries as customers_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import queries as staff_queries

LIFT_CAUSES = ("resolved", "rejected", "withdrawn", "entered-in-error")
DEFAULT_DAYS = 14
PROOF_BYTES_MAX = 10_000_000


@dataclass(frozen=True)
class Row:
    """A standing hold in words."""

    id: int
    case_id: int
    name: str
    name_language: str
    client_name: str
    account_number: str
    reason: str
    scope: str
    about: str
    from_at: datetime
    until_date: date
    zone: str
    place: tuple[datetime, int]
    is_claim: bool
    is_complaint: bool
    proofs: list[str]


class HoldForm(forms.Form):
    """A hold placed by the compliance officer, found by the account's number."""

    account_number = forms.CharField(max_length=80)
    client = forms.CharField(max_length=40, required=False)
    reason = forms.ChoiceField(choices=[(each, each) for each in cases_types.HoldReason])
    scope = forms.ChoiceField(choices=[("account", "account"), ("case", "case"), ("person", "person")])
    subject = forms.ChoiceField(choices=[("", "")] + [(s, s) for s in cases_types.COMPLAINT_SUBJECTS], required=False)
    against = forms.CharField(max_length=20, required=False)
    has_new_facts = forms.BooleanField(required=False)
    until = forms.DateField(input_formats=["%Y-%m-%d"])

    def clean_until(self) -> date:
        """Refuse a day that no calendar of ours reaches."""
        until: date = self.cleaned_data["until"]
        if not 1900 <= until.year <= 2199:
            raise forms.ValidationError("out of reach")
        return until


@for_roles(Role.COMPLIANCE_OFFICER, Role.TEAM_LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """The list of standing holds, those that end first coming first; POST places one."""
    form = HoldForm(request.POST or None)
    if request.method != "POST":
        return _show(request, form)
    problem = _place(request, form, clock_queries.now())
    return _show(request, form, problem) if problem else HttpResponseRedirect(reverse("holds"))


def _show(request: HttpRequest, form: HoldForm, problem: str = "") -> HttpResponse:
    at = clock_queries.now()
    clients = {client.id: client for client in clients_of(request)}
    default_until = clock.local_date(at, next(iter(clients.values())).zone) if clients else at.date()
    wanted = paging.filters(request, "reason", "account")
    overdue = cases_queries.list_overdue_complaints(sorted(clients), at, actor_of(request))
    context = {
        "pages": _page(request, wanted, at),
        "overdue": _rows(request, overdue),
        "wanted": wanted,
        "form": form,
        "clients": clients_to_choose(request),
        "problem": problem,
        "reasons": list(cases_types.HoldReason),
        "people": _people(request),
        "subjects": cases_types.COMPLAINT_SUBJECTS,
        "scopes": ("account", "case", "person"),
        "causes": LIFT_CAUSES,
        "default_until": (default_until + timedelta(days=DEFAULT_DAYS)).isoformat(),
        "may_open": Role.TEAM_LEADER in actor_of(request).roles,
        "may_decide": Role.COMPLIANCE_OFFICER in actor_of(request).roles,
    }
    return render(request, "desk/holds/holds.html", context, status=422 if problem else 200)


def _page(request: HttpRequest, wanted: dict[str, str], at: datetime) -> paging.Page[Row]:
    """The standing holds that the address asks for, from the place that it names on."""
    accounts = None
    if wanted["account"]:
        accounts = [account.id for _, account in find_accounts(request, wanted["account"], "")]
    found = cases_queries.list_holds_in_pages(
        sorted(client.id for client in clients_of(request)),
        at,
        actor_of(request),
        reason=wanted["reason"] if wanted["reason"] in set(cases_types.HoldReason) else None,
        account_ids=accounts,
        after=paging.place(request, paging.instant, paging.row_id),  # type: ignore[arg-type]
        latest=paging.SIZE + 1,
    )
    return paging.cut(request, _rows(request, found), lambda row: row.place)


@for_roles(Role.COMPLIANCE_OFFICER, Role.TEAM_LEADER)
@require_POST
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """End a hold before its time, or decide a complaint."""
    hold = _seen(request, hold_id)
    cases.lift_hold(
        hold_id=hold_id, cause=request.POST.get("cause", ""), at=clock_queries.now(), actor=actor_of(request)
    )
    decided = hold.reason is cases_types.HoldReason.COMPLAINT
    code = "desk.holds.decided" if decided else "desk.holds.lifted"
    toasts.add(request, words.render(code, request.language))  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("holds"))


@for_roles(Role.COMPLIANCE_OFFICER, Role.TEAM_LEADER)
@require_POST
def proof(request: HttpRequest, hold_id: int) -> HttpResponse:
    """File what the customer shows for a payment: its reference and the digest; the paper itself is not kept here."""
    _seen(request, hold_id)
    language = request.language  # type: ignore[attr-defined]
    upload: Any = request.FILES.get("document")
    if upload is None or upload.size > PROOF_BYTES_MAX:
        toasts.add(request, words.render("desk.holds.proof.none", language), "stop")
        return HttpResponseRedirect(reverse("holds"))
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    outcomes.file_proof(
        hold_id=hold_id,
        reference=request.POST.get("reference", "")[:120],
        digest=digest.hexdigest(),
        at=clock_queries.now(),
        actor=actor_of(request),
    )
    toasts.add(request, words.render("desk.holds.proof.filed", language))
    return HttpResponseRedirect(reverse("holds"))


def _seen(request: HttpRequest, hold_id: int) -> cases_types.HoldRead:
    """The hold, if its case is the person's to hold; else it is not there."""
    try:
        hold = cases_queries.get_hold(hold_id)
    except cases_types.UnknownHold as unknown:
        raise Http404 from unknown
    if hold.case_id is None or not _may_hold(request, hold.case_id):
        raise Http404
    return hold


def _may_hold(request: HttpRequest, case_id: int) -> bool:
    """Whether the case is the person's to hold: a leader's team's, or of the compliance officer's client."""
    return cases_queries.is_in_scope(actor_of(request), case_id, Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER)


def _place(request: HttpRequest, form: HoldForm, at: datetime) -> str:
    """Place the hold and return nothing, or return what is wrong in words."""
    language = request.language  # type: ignore[attr-defined]
    if not form.is_valid():
        return words.render("desk.holds.wrong", language)
    number = form.cleaned_data["account_number"].strip()
    found = [
        (client, account, case)
        for client, account in find_accounts(request, number, form.cleaned_data["client"])
        if (case := cases_queries.get_open_case_of_account(account.id)) is not None and _may_hold(request, case.id)
    ]
    if len(found) != 1:
        return words.render("desk.account.in-several" if found else "desk.holds.no-case", language, number=number)
    client, account, case = found[0]
    try:
        cases.place_hold(
            case_id=case.id,
            scope=cases_types.HoldScope(form.cleaned_data["scope"]),
            reason=cases_types.HoldReason(form.cleaned_data["reason"]),
            account_id=account.id,
            complaint=_complaint(form, _people(request)),
            until_at=clock.start_of_day(form.cleaned_data["until"], client.zone),
            at=at,
            actor=actor_of(request),
        )
    except Problem as problem:
        return words.render(problem, language)
    toasts.add(request, words.render("desk.holds.placed", language, until=form.cleaned_data["until"]))
    return ""


def _people(request: HttpRequest) -> dict[str, str]:
    """Who may be complained of: the collectors who work for the person's clients, by id as it stands in the form."""
    teams = {team.id for client in clients_of(request) for team in staff_queries.teams_of_client(client.id)}
    ids = {member.user_id for team_id in teams for member in staff_queries.list_collectors(team_id)}
    return {str(each): name for each, name in sorted(access_queries.get_display_names(ids).items())}


def _complaint(form: HoldForm, people: dict[str, str]) -> cases_types.ComplaintDraft | None:
    """What the form says of a complaint; nothing for a hold of another reason."""
    given = form.cleaned_data
    if given["reason"] != cases_types.HoldReason.COMPLAINT:
        return None
    against = given["against"]
    return cases_types.ComplaintDraft(
        subject=given["subject"],
        against_user_id=int(against) if against in people else None,
        has_new_facts=given["has_new_facts"],
    )


def _rows(request: HttpRequest, found: list[cases_types.HoldRead]) -> list[Row]:
    language = request.language  # type: ignore[attr-defined]
    clients = {client.id: client for client in clients_of(request)}
    owners = {case.id: case.client_id for case in cases_queries.list_cases(each.case_id or 0 for each in found)}
    names = customers_queries.get_names({each.customer_id for each in found})
    numbers = {
        each.id: each.number
        for each in portfolio_queries.list_accounts(each.account_id for each in found if each.account_id)
    }
    people = access_queries.get_display_names(each.against_user_id for each in found if each.against_user_id)
    proofs = outcomes_queries.list_proofs(each.id for each in found)
    nameless = words.render("desk.nameless", language)
    rows = []
    for each in found:
        client = clients[owners[each.case_id or 0]]
        name = names.get(each.customer_id, nameless)
        rows.append(
            Row(
                id=each.id,
                case_id=each.case_id or 0,
                name=name,
                name_language=language_of_name(name),
                client_name=client.name(language),
                account_number=numbers.get(each.account_id or 0, ""),
                reason=words.render(f"desk.hold.reason.{each.reason}", language),
                scope=words.render(f"desk.hold.scope.{each.scope}", language),
                about=_about(each, people, language),
                from_at=each.from_at,
                until_date=clock.local_date(each.until_at, client.zone),
                zone=client.zone,
                place=(each.until_at, each.id),
                is_claim=each.reason is cases_types.HoldReason.PAYMENT_CLAIMED,
                is_complaint=each.reason is cases_types.HoldReason.COMPLAINT,
                proofs=[filed.reference for filed in proofs.get(each.id, [])],
            )
        )
    return rows


def _about(hold: cases_types.HoldRead, people: dict[int, str], language: str) -> str:
    """What a complaint is about, and whom of us it keeps off."""
    if hold.subject is None:
        return ""
    subject = words.render(f"cases.subject.{hold.subject}", language)
    if hold.against_user_id is None:
        return subject
    return words.render("desk.holds.against", language, subject=subject, name=people.get(hold.against_user_id, ""))
