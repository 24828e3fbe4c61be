"""Who calls? Found by the number on the display or by the name, at one lender; then the case, amounts still hidden.

What is typed here is a number or a name, so it is posted and stands in no address. Only the lender whose line rang is
looked at: whoever is also another lender's customer is that one's to find.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tideover.act.contact import operations as contact
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.problem import Problem
from tideover.doors.desk.accounts import clients_to_choose
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import CaseRead
from tideover.know.clients.types import ClientRead
from tideover.know.customers import queries as customers_queries

LATEST = 20
LONGEST = 80


@dataclass(frozen=True)
class Hit:
    """Somebody who may be calling: whose case it is, and nothing of what is owed."""

    case_id: int
    contact_point_id: int | None
    name: str
    name_language: str
    masked: str
    owner: str
    collector: str
    is_open: bool


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def inbound(request: HttpRequest) -> HttpResponse:
    """The question; POST looks for who it may be."""
    if request.method != "POST":
        return _show(request)
    client = _client(request)
    wanted = request.POST.get("caller", "").replace("\0", "").strip()[:LONGEST]
    if client is None or not wanted:
        code = "desk.inbound.choose-client" if client is None else "desk.inbound.nothing-typed"
        return _show(request, problem=words.render(code, request.language), wanted=wanted, status=422)  # type: ignore[attr-defined]
    return _show(request, hits=_hits(request, client, wanted), wanted=wanted, searched=True)


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take the call: it is put on record, and the case opens with everything hidden until the customer is known."""
    case_id, point = (_number(request.POST.get(name, "")) for name in ("case", "contact_point"))
    known = {client.id for client in clients_of(request)}
    if (
        case_id is None
        or not cases_queries.list_cases([case_id])
        or cases_queries.get_owner(case_id).client_id not in known
    ):
        raise PermissionDenied("case")
    try:
        contact.receive_call(case_id=case_id, contact_point_id=point, at=clock_queries.now(), actor=actor_of(request))
    except Problem as problem:
        said = words.render(problem, request.language)  # type: ignore[attr-defined]
        return _show(request, problem=said, status=409)
    return HttpResponseRedirect(reverse("case", args=[case_id]))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def _client(request: HttpRequest) -> ClientRead | None:
    """The lender whose line rang; where there is one only, it is that."""
    clients = clients_of(request)
    if len(clients) == 1:
        return clients[0]
    return next((each for each in clients if each.code == request.POST.get("client", "")), None)


def _hits(request: HttpRequest, client: ClientRead, wanted: str) -> list[Hit]:
    """Who it may be at this lender: by exactly this number, else by how the name begins."""
    points = {point.customer_id: point for point in customers_queries.find_by_phone(client.id, wanted, LATEST)}
    found = list(points) or list(customers_queries.find_by_name(client.id, wanted, LATEST))
    cases = cases_queries.list_latest_cases(found)
    names = customers_queries.get_names(found)
    people = access_queries.get_display_names(case.collector_id for case in cases.values() if case.collector_id)
    language = request.language  # type: ignore[attr-defined]
    nameless = words.render("desk.nameless", language)
    hits = []
    for customer_id in found:
        case: CaseRead | None = cases.get(customer_id)
        if case is None:
            continue
        point, name = points.get(customer_id), names.get(customer_id, nameless)
        owner = "customer" if point is None or point.owner == "customer" else "other"
        hits.append(
            Hit(
                case_id=case.id,
                contact_point_id=None if point is None else point.id,
                name=name,
                name_language=language_of_name(name),
                masked="" if point is None else point.masked_value or "—",
                owner=words.render(f"desk.case.point.owner.{owner}", language) if point else "",
                collector=people.get(case.collector_id or 0, words.render("desk.case.owner.nobody", language)),
                is_open=case.is_open,
            )
        )
    return sorted(hits, key=lambda hit: (not hit.is_open, hit.name, hit.case_id))


def _show(
    request: HttpRequest,
    hits: list[Hit] | None = None,
    wanted: str = "",
    problem: str = "",
    status: int = 200,
    *,
    searched: bool = False,
) -> HttpResponse:
    context = {
        "hits": hits or [],
        "wanted": wanted,
        "searched": searched,
        "problem": problem,
        "clients": clients_to_choose(request),
        "chosen": request.POST.get("client", ""),
    }
    return render(request, "desk/inbound/inbound.html", context, status=status)
