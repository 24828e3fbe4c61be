"""Why this contact: from the day's receipt, in words, with what was looked at and which rules decided."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.decide.receipts import queries as receipts_queries
from tideover.doors.desk.case import pages
from tideover.doors.screens.roles import for_roles


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_safe
def why(request: HttpRequest, case_id: int) -> HttpResponse:
    """The explanation of the open day, or of the day named by ``day``."""
    seen = pages.see(request, case_id, clock_queries.now())
    day = _day(request.GET.get("day")) or receipts_queries.get_open_day(seen.client.id)
    explanation = receipts_queries.explain(case_id, day, seen.language) if day else None
    context = {"seen": seen, "name": pages.name_of(seen), "explanation": explanation, "day": day}
    return render(request, "desk/why/why.html", context)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Http404 from wrong
