"""What happened to money: what came in, what was taken back, what failed to come; and entering each by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tideover.act.payments import operations as payments_operations
from tideover.act.payments import queries as payments_queries
from tideover.act.payments import types as payments_types
from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.money import Money
from tideover.core.problem import Problem
from tideover.doors.desk import amounts
from tideover.doors.desk.accounts import clients_to_choose, find_accounts
from tideover.doors.screens import paging, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.portfolio import queries as portfolio_queries

ENTRIES = ("payment", "reversal", "failed-debit")
SOURCES = (payments_types.FROM_FILE, payments_types.FROM_PAGE)


@dataclass(frozen=True)
class Row:
    """A line of the list in words."""

    line: payments_types.MoneyLine
    number: str
    client: str
    zone: str
    cause: str
    followed: str


def _this_age(value_date: date) -> date:
    """Refuse a day of another age, as a file's would be."""
    if value_date.year < 1900:
        raise forms.ValidationError("out of reach")
    return value_date


class AmountField(forms.DecimalField):
    """An amount as people write or paste it."""

    def to_python(self, value: Any) -> Decimal | None:
        """Read it without its separators; another way of writing is refused."""
        if isinstance(value, str) and value.strip():
            value = amounts.read(value)
            if value is None:
                raise forms.ValidationError("no amount")
        return super().to_python(value)


class PaymentForm(forms.Form):
    """A payment, or a debit that failed, for an account found by its number."""

    account_number = forms.CharField(max_length=80)
    client = forms.CharField(max_length=40, required=False)
    amount = AmountField(max_digits=16, decimal_places=4, min_value=Decimal("0.0001"))
    value_date = forms.DateField(input_formats=["%Y-%m-%d"])
    reference = forms.CharField(max_length=120)
    cause = forms.CharField(max_length=40, required=False)

    def clean_value_date(self) -> date:
        """Refuse a day of another age."""
        return _this_age(self.cleaned_data["value_date"])


class ReversalForm(forms.Form):
    """A payment taken back, with its cause."""

    value_date = forms.DateField(input_formats=["%Y-%m-%d"])
    reference = forms.CharField(max_length=120, required=False)
    cause = forms.ChoiceField(choices=[(each, each) for each in payments_types.REVERSAL_CAUSES])

    def clean_value_date(self) -> date:
        """Refuse a day of another age."""
        return _this_age(self.cleaned_data["value_date"])


@for_roles(Role.INTEGRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def payments(request: HttpRequest) -> HttpResponse:
    """The list; POST records a payment."""
    form = PaymentForm(request.POST or None)
    if request.method != "POST":
        return _show(request, form)
    problem = _post(request, form, "payment")
    return _show(request, form, problem) if problem else HttpResponseRedirect(reverse("payments"))


@for_roles(Role.INTEGRATOR)
@require_POST
def failed_debit(request: HttpRequest) -> HttpResponse:
    """Record by hand that a direct debit was not honoured: told, and never posted."""
    form = PaymentForm(request.POST)
    problem = _post(request, form, "failed-debit")
    return _show(request, form, problem, of="failed-debit") if problem else HttpResponseRedirect(reverse("payments"))


@for_roles(Role.INTEGRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One payment that is to be taken back: what it was, and the form with cause and value date."""
    language = request.language  # type: ignore[attr-defined]
    payment = payments_queries.find_payment(payment_id, {client.id for client in clients_of(request)})
    if payment is None:
        raise Http404
    form = ReversalForm(request.POST or None)
    problem = ""
    if request.method == "POST":
        problem = _take_back(request, payment, form, language)
        if not problem:
            return HttpResponseRedirect(reverse("payments"))
    client = next(each for each in clients_of(request) if each.id == payment.client_id)
    context = {
        "payment": payment,
        "number": portfolio_queries.get_account(payment.account_id).number,
        "client_name": client.name(language),
        "zone": client.zone,
        "form": form,
        "problem": problem,
        "causes": payments_types.REVERSAL_CAUSES,
        "default_date": client.local_date(clock_queries.now()).isoformat(),
        "section": "payments",
    }
    return render(request, "desk/payments/take_back.html", context, status=422 if problem else 200)


def _take_back(request: HttpRequest, payment: payments_types.PaymentRead, form: ReversalForm, language: str) -> str:
    """Take it back and return nothing, or return what is wrong in words."""
    if not form.is_valid():
        return words.render("desk.payments.wrong-date", language)
    try:
        reversal_id = payments_operations.reverse(
            payment_id=payment.id,
            cause=form.cleaned_data["cause"],
            value_date=form.cleaned_data["value_date"],
            reference=form.cleaned_data["reference"],
            at=clock_queries.now(),
            actor=actor_of(request),
        )
    except Problem as problem:
        return words.render(problem, language)
    followed = payments_queries.get_reversal(reversal_id).followed
    toasts.add(
        request,
        words.render(f"desk.payments.taken-back.{followed}", language, amount=payment.amount),
        "go" if followed in ("reopened", "case-open") else "wait",
    )
    return ""


def _show(request: HttpRequest, form: PaymentForm, problem: str = "", of: str = "payment") -> HttpResponse:
    at = clock_queries.now()
    wanted = paging.filters(request, "entry", "source", "account", "reference", "from", "until")
    context = {
        "pages": _page(request, wanted),
        "wanted": wanted,
        "entries": ENTRIES,
        "sources": SOURCES,
        "payment_form": form if of == "payment" else PaymentForm(),
        "debit_form": form if of == "failed-debit" else PaymentForm(),
        "clients": clients_to_choose(request),
        "problem": problem,
        "problem_of": of,
        "debit_causes": payments_types.DEBIT_CAUSES,
        "default_date": _today(request, at).isoformat(),
    }
    return render(request, "desk/payments/payments.html", context, status=422 if problem else 200)


def _page(request: HttpRequest, wanted: dict[str, str]) -> paging.Page[Row]:
    """The lines that the address asks for, from the place that it names on."""
    clients = {client.id: client for client in clients_of(request)}
    accounts = None
    if wanted["account"]:
        accounts = [account.id for _, account in find_accounts(request, wanted["account"], "")]
    found = payments_queries.list_money(
        sorted(clients),
        latest=paging.SIZE + 1,
        entry=wanted["entry"] if wanted["entry"] in ENTRIES else None,
        source=wanted["source"] if wanted["source"] in SOURCES else None,
        account_ids=accounts,
        reference=wanted["reference"] or None,
        from_date=paging.read_date(wanted["from"]),
        until_date=paging.read_date(wanted["until"]),
        after=paging.place(request, paging.instant, str, paging.row_id),  # type: ignore[arg-type]
    )
    language = request.language  # type: ignore[attr-defined]
    numbers = {each.id: each.number for each in portfolio_queries.list_accounts(each.account_id for each in found)}
    rows = [
        Row(
            line=each,
            number=numbers.get(each.account_id, ""),
            client=clients[each.client_id].name(language),
            zone=clients[each.client_id].zone,
            cause=_cause(each, language),
            followed=words.render(f"payments.followed.{each.followed}", language) if each.followed else "",
        )
        for each in found
    ]
    return paging.cut(request, rows, lambda row: row.line.place)


def _cause(line: payments_types.MoneyLine, language: str) -> str:
    if line.cause is None:
        return ""
    prefix = "payments.debit-cause" if line.entry == "failed-debit" else "payments.cause"
    return words.render(f"{prefix}.{line.cause}", language)


def _today(request: HttpRequest, at: datetime) -> date:
    clients = clients_of(request)
    return clients[0].local_date(at) if clients else at.date()


def _post(request: HttpRequest, form: PaymentForm, entry: str) -> str:
    """Record the payment or the failed debit and return nothing, or return what is wrong in words."""
    language = request.language  # type: ignore[attr-defined]
    if not form.is_valid():
        return words.render("desk.payments.wrong", language)
    given = form.cleaned_data
    number = given["account_number"].strip()
    found = find_accounts(request, number, given["client"])
    if len(found) != 1:
        code = "desk.account.in-several" if found else "desk.payments.no-account"
        return words.render(code, language, number=number)
    _, account = found[0]
    at, actor = clock_queries.now(), actor_of(request)
    try:
        amount = Money(given["amount"], account.currency)
        reference = given["reference"].strip()
        if entry == "payment":
            payments_operations.post_payment(
                account_id=account.id, amount=amount, value_date=given["value_date"], reference=reference, at=at,
                actor=actor,
            )  # fmt: skip
        else:
            payments_operations.record_failed_debit(
                account_id=account.id, amount=amount, tried_date=given["value_date"], cause=given["cause"],
                reference=reference, at=at, actor=actor,
            )  # fmt: skip
    except Problem as problem:
        return words.render(problem, language)
    toasts.add(request, words.render(f"desk.payments.done.{entry}", language, amount=amount, number=number))
    return ""
