"""What is late and why: a leader's cases past a deadline, the longest late first."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.decide.assignment import queries as assignment_queries
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens import paging
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.cases import queries as cases_queries
from tideover.know.customers import queries as customers_queries


@for_roles(Role.TEAM_LEADER)
@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by why and by client."""
    language = request.language  # type: ignore[attr-defined]
    actor, clients = actor_of(request), clients_of(request)
    wanted = paging.filters(request, "why", "client")
    client_ids = [each.id for each in clients if wanted["client"] in ("", each.code)]
    after = paging.place(request, date.fromisoformat, paging.row_id)
    found = assignment_queries.list_late(actor, client_ids, wanted["why"], after, paging.SIZE + 1)
    pages = paging.cut(request, found, lambda each: [each.since_date, each.case_id])
    names = customers_queries.get_names({each.customer_id for each in pages.rows})
    people = access_queries.get_display_names(each.collector_id for each in pages.rows if each.collector_id)
    titles = cases_queries.get_stage_titles()
    nameless = words.render("desk.nameless", language)
    client_names = {each.id: each.name(language) for each in clients}
    rows = [
        {
            "url": reverse("case", args=[each.case_id]),
            "name": (name := names.get(each.customer_id, nameless)),
            "name_language": language_of_name(name),
            "client": client_names.get(each.client_id, ""),
            "stage": titles.get(each.stage, {}).get(language, each.stage),
            "since": each.since_date,
            "why": each.why,
            "owner": people.get(each.collector_id or 0, "—"),
        }
        for each in pages.rows
    ]
    context = {
        "pages": pages,
        "rows": rows,
        "wanted": wanted,
        "whys": list(assignment_queries.count_late(actor, [each.id for each in clients]).items()),
        "clients": [(each.code, each.name(language)) for each in clients],
        "section": "today",
    }
    return render(request, "desk/lists/late.html", context)
