"""What is stopped, why and until when; placing a hold, and lifting one with its cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.core.problem import Problem
from tideover.doors.desk.accounts import clients_to_choose, find_accounts
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens import toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases import types as cases_types
from tideover.know.clients.types import ClientRead
from tideover.know.customers import queries as customers_queries
from tideover.know.portfolio import queries as portfolio_queries

LIFT_CAUSES = ("resolved", "rejected", "withdrawn", "entered-in-error")
DEFAULT_DAYS = 14


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
    from_at: datetime
    until_date: date
    zone: str


class HoldForm(forms.Form):
    """A hold placed by the compliance officer, found by the account's number."""

    account_number = forms.CharField(max_length=80)
    client = forms.CharField(max_length=40, required=False)
    reason = forms.ChoiceField(choices=[(each, each) for each in cases_types.HoldReason])
    scope = forms.ChoiceField(choices=[("account", "account"), ("case", "case"), ("person", "person")])
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
    at = clock_queries.now()
    form = HoldForm(request.POST or None)
    problem = ""
    if request.method == "POST":
        problem = _place(request, form, at)
        if not problem:
            return HttpResponseRedirect(reverse("holds"))
    clients = clients_of(request)
    default_until = (clock.local_date(at, clients[0].zone) if clients else at.date()) + timedelta(days=DEFAULT_DAYS)
    context = {
        "rows": [row for client in clients for row in _rows(request, client, at)],
        "form": form,
        "clients": clients_to_choose(request),
        "problem": problem,
        "reasons": list(cases_types.HoldReason),
        "scopes": ("account", "case", "person"),
        "causes": LIFT_CAUSES,
        "default_until": default_until.isoformat(),
        "may_open": Role.TEAM_LEADER in actor_of(request).roles,
    }
    return render(request, "desk/holds/holds.html", context, status=422 if problem else 200)


@for_roles(Role.COMPLIANCE_OFFICER, Role.TEAM_LEADER)
@require_POST
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """End a hold before its time."""
    standing = cases_queries.get_hold(hold_id)
    if standing.case_id is None or not _may_hold(request, standing.case_id):
        raise Http404
    cases.lift_hold(
        hold_id=hold_id, cause=request.POST.get("cause", ""), at=clock_queries.now(), actor=actor_of(request)
    )
    toasts.add(request, words.render("desk.holds.lifted", request.language))  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("holds"))


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
            until_at=clock.start_of_day(form.cleaned_data["until"], client.zone),
            at=at,
            actor=actor_of(request),
        )
    except Problem as problem:
        return words.render(problem, language)
    toasts.add(request, words.render("desk.holds.placed", language, until=form.cleaned_data["until"]))
    return ""


def _rows(request: HttpRequest, client: ClientRead, at: datetime) -> list[Row]:
    language = request.language  # type: ignore[attr-defined]
    standing = cases_queries.list_standing_holds(client.id, at, actor_of(request))
    names = customers_queries.get_names({each.customer_id for each in standing})
    accounts = {
        each.id: each.number
        for each in portfolio_queries.list_accounts(each.account_id for each in standing if each.account_id)
    }
    nameless = words.render("desk.nameless", language)
    return [
        Row(
            id=each.id,
            case_id=each.case_id or 0,
            name=names.get(each.customer_id, nameless),
            name_language=language_of_name(names.get(each.customer_id, nameless)),
            client_name=client.name(language),
            account_number=accounts.get(each.account_id or 0, ""),
            reason=words.render(f"desk.hold.reason.{each.reason}", language),
            scope=words.render(f"desk.hold.scope.{each.scope}", language),
            from_at=each.from_at,
            until_date=clock.local_date(each.until_at, client.zone),
            zone=client.zone,
        )
        for each in standing
    ]
