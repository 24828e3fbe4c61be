"""The open cases of the clients for whoever reads them: the quality reviewer and the analyst. Nothing is done here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens import paging
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.cases import queries as cases_queries
from tideover.know.customers import queries as customers_queries

READERS = (Role.QA_REVIEWER, Role.ANALYST)


@for_roles(*READERS)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by client, stage and lateness."""
    language = request.language  # type: ignore[attr-defined]
    clients = clients_of(request)
    wanted = paging.filters(request, "client", "stage", "late")
    after = paging.place(request, paging.row_id)
    narrowed: dict[str, Any] = {"stage": wanted["stage"], "is_late": wanted["late"] == "1"}
    found = cases_queries.list_open_in_scope(
        actor_of(request),
        READERS,
        [each.id for each in clients if wanted["client"] in ("", each.code)],
        narrowed,
        after[0] if after else 0,
        paging.SIZE + 1,
    )
    pages = paging.cut(request, found, lambda case: [case.id])
    names = customers_queries.get_names({case.customer_id for case in pages.rows})
    people = access_queries.get_display_names(case.collector_id for case in pages.rows if case.collector_id)
    titles = cases_queries.get_stage_titles()
    nameless = words.render("desk.nameless", language)
    client_names = {each.id: each.name(language) for each in clients}
    rows = [
        {
            "url": reverse("case", args=[case.id]),
            "name": (name := names.get(case.customer_id, nameless)),
            "name_language": language_of_name(name),
            "client": client_names.get(case.client_id, ""),
            "stage": titles.get(case.stage or "", {}).get(language, ""),
            "is_late": case.late_since_date is not None,
            "owner": people.get(case.collector_id or 0, "—"),
        }
        for case in pages.rows
    ]
    context = {
        "pages": pages,
        "rows": rows,
        "wanted": wanted,
        "clients": [(each.code, each.name(language)) for each in clients],
        "stages": [(name, title[language]) for name, title in titles.items()],
    }
    return render(request, "desk/lists/cases.html", context)
