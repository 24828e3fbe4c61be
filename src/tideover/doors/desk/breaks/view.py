"""Where what a lender states is not what we reckon: days late, what is overdue, the total. Read, and asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.money import Money
from tideover.doors.screens import paging
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.clients.types import ClientRead
from tideover.know.ledger import queries as ledger_queries
from tideover.know.ledger.types import BreakPage, BreakRead

READERS = (Role.INTEGRATOR, Role.COMPLIANCE_OFFICER, Role.ANALYST)
_EXACT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class Row:
    """A break in words."""

    number: str
    found: BreakRead
    kind: str
    stated: str
    reckoned: str
    difference: str


@for_roles(*READERS)
@require_safe
def breaks(request: HttpRequest) -> HttpResponse:
    """The breaks of one client, the largest of each kind first; filters stay in the address."""
    language: str = request.language  # type: ignore[attr-defined]
    clients = clients_of(request)
    wanted = paging.filters(request, "client", "kind")
    client, told = _find(request, wanted)
    pages = paging.cut(request, told.rows, lambda row: row[1].place(row[0]))
    context = {
        "pages": pages,
        "rows": [_row(number, found, language) for number, found in pages.rows],
        "kinds": [
            (kind, words.render(f"desk.breaks.kind.{kind}", language), count)
            for kind, count in sorted(told.counts.items())
        ],
        "clients": [(each.code, each.name(language)) for each in clients],
        "wanted": {**wanted, "client": client.code if client else ""},
        "may_open": actor_of(request).has(Role.INTEGRATOR),
        "section": "breaks",
    }
    return render(request, "desk/breaks/breaks.html", context)


def _find(request: HttpRequest, wanted: dict[str, str]) -> tuple[ClientRead | None, BreakPage]:
    """The client that is asked for and its breaks; where none is, the first that has any."""
    clients = clients_of(request)
    asked = [each for each in clients if each.code == wanted["client"]] or clients
    told = BreakPage({}, ())
    for client in asked:
        told = ledger_queries.page_breaks(
            client.id,
            clock_queries.now(),
            kind=wanted["kind"] or None,
            after=paging.place(request, str, str, _exact, str) or ledger_queries.BREAKS_BEGIN,
            limit=paging.SIZE + 1,
        )
        if told.counts:
            return client, told
    return asked[0] if asked else None, told


def _row(number: str, found: BreakRead, language: str) -> Row:
    said = (_said(each, found.currency, language) for each in (found.stated, found.reckoned, found.difference))
    return Row(number, found, words.render(f"desk.breaks.kind.{found.kind}", language), *said)


def _said(value: Decimal, currency: str | None, language: str) -> str:
    if currency is not None:
        return words.money(Money(value, currency), language)
    return words.render("desk.breaks.days", language, count=int(value))


def _exact(text: str) -> Decimal:
    """A number as a place in the address holds it."""
    if _EXACT.fullmatch(text) is None:
        raise ValueError(text)
    return Decimal(text)
