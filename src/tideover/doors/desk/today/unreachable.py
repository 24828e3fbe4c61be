"""The cases that nobody can reach: the lender is asked for a number, and a file that brings it ends the waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.decide.assignment import queries as assignment_queries
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens import paging
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.customers import queries as customers_queries
from tideover.know.portfolio import queries as portfolio_queries


@dataclass(frozen=True)
class UnreachableRow:
    """A case that nobody can reach, as the list shows it."""

    url: str
    name: str
    name_language: str
    account_number: str
    client_name: str
    since_date: date


@for_roles(Role.TEAM_LEADER, Role.INTEGRATOR)
@require_safe
def unreachable(request: HttpRequest) -> HttpResponse:
    """The cases without a contact point: the lender is asked; a leader may open the case, an integrator may not."""
    actor, language = actor_of(request), request.language  # type: ignore[attr-defined]
    clients = {client.id: client for client in clients_of(request)}
    wanted = paging.filters(request, "client")
    of_clients = sorted(id_ for id_, client in clients.items() if wanted["client"] in ("", client.code))
    after = paging.place(request, date.fromisoformat, paging.row_id)
    at = clock_queries.now()
    found = assignment_queries.list_unreachable(actor, of_clients, at, after, paging.SIZE + 1)  # type: ignore[arg-type]
    pages = paging.cut(request, found, lambda each: (each.since_date, each.case_id))
    names = customers_queries.get_names({each.customer_id for each in pages.rows})
    numbers = {each.id: each.number for each in portfolio_queries.list_accounts(each.account_id for each in pages.rows)}
    nameless = words.render("desk.nameless", language)
    led = actor.has(Role.TEAM_LEADER)
    context = {
        "rows": [
            UnreachableRow(
                url=reverse("case", args=[each.case_id]) if led else "",
                name=names.get(each.customer_id, nameless),
                name_language=language_of_name(names.get(each.customer_id, nameless)),
                account_number=numbers.get(each.account_id, ""),
                client_name=clients[each.client_id].name(language),
                since_date=each.since_date,
            )
            for each in pages.rows
        ],
        "pages": pages,
        "count": assignment_queries.count_unreachable(actor, of_clients, at),
        "clients": [(each.code, each.name(language)) for each in clients.values()],
        "wanted": wanted,
        "led": led,
        "section": "today" if led else "unreachable",
    }
    return render(request, "desk/today/unreachable.html", context)
