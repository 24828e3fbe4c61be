"""Money that came in, and a payment recorded by hand: owed becomes less at once, promises see it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tideover.act.payments import operations as payments_operations
from tideover.act.payments import queries as payments_queries
from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.money import Money
from tideover.core.problem import Problem
from tideover.doors.desk.accounts import clients_to_choose, find_accounts
from tideover.doors.screens import toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.portfolio import queries as portfolio_queries

LATEST = 100


class PaymentForm(forms.Form):
    """A payment for an account found by its number."""

    account_number = forms.CharField(max_length=80)
    client = forms.CharField(max_length=40, required=False)
    amount = forms.DecimalField(max_digits=16, decimal_places=4, min_value=Decimal("0.0001"))
    value_date = forms.DateField(input_formats=["%Y-%m-%d"])
    reference = forms.CharField(max_length=120)

    def clean_value_date(self) -> date:
        """Refuse a day of another age, as a file's would be."""
        value_date: date = self.cleaned_data["value_date"]
        if value_date.year < 1900:
            raise forms.ValidationError("out of reach")
        return value_date


@for_roles(Role.INTEGRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def payments(request: HttpRequest) -> HttpResponse:
    """The latest payments; POST records one."""
    at = clock_queries.now()
    form = PaymentForm(request.POST or None)
    problem = ""
    if request.method == "POST":
        problem = _post(request, form, at)
        if not problem:
            return HttpResponseRedirect(reverse("payments"))
    clients = {client.id: client for client in clients_of(request)}
    found = payments_queries.list_payments(sorted(clients), LATEST)
    numbers = {each.id: each.number for each in portfolio_queries.list_accounts(each.account_id for each in found)}
    language = request.language  # type: ignore[attr-defined]
    context = {
        "rows": [
            {
                "payment": each,
                "number": numbers.get(each.account_id, ""),
                "client": clients[each.client_id].name(language),
                "zone": clients[each.client_id].zone,
            }
            for each in found
        ],
        "form": form,
        "clients": clients_to_choose(request),
        "problem": problem,
        "default_date": _today(request, at).isoformat(),
    }
    return render(request, "desk/payments/payments.html", context, status=422 if problem else 200)


def _today(request: HttpRequest, at: datetime) -> date:
    clients = clients_of(request)
    return clients[0].local_date(at) if clients else at.date()


def _post(request: HttpRequest, form: PaymentForm, at: datetime) -> str:
    """Record the payment and return nothing, or return what is wrong in words."""
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
    try:
        amount = Money(given["amount"], account.currency)
        payments_operations.post_payment(
            account_id=account.id,
            amount=amount,
            value_date=given["value_date"],
            reference=given["reference"].strip(),
            at=at,
            actor=actor_of(request),
        )
    except Problem as problem:
        return words.render(problem, language)
    toasts.add(request, words.render("desk.payments.done", language, amount=amount, number=number))
    return ""
