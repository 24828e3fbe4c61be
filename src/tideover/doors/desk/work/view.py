"""A collector's day: the ordered list, each case with its reason, and one key to begin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tideover.act.contact import queries as contact_queries
from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.doors.desk.assist import view as assist
from tideover.doors.desk.work.queue import first_to_contact, read_queue
from tideover.doors.screens import toasts
from tideover.doors.screens.roles import actor_of, for_roles


@for_roles(Role.COLLECTOR)
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Today's work in order."""
    queue = read_queue(request)
    has_clients = len({item.client for item in queue.items}) > 1
    context = {"queue": queue, "has_clients": has_clients, "helping": assist.read_own(request)}
    return render(request, "desk/work/work.html", context)


@for_roles(Role.COLLECTOR)
@require_safe
def next_case(request: HttpRequest) -> HttpResponse:
    """On to the first case that is not done and may be contacted now, or back to a call that was not recorded."""
    waiting = contact_queries.list_calls_without_outcome(actor_of(request).user_id or 0)
    if waiting:
        toasts.add(request, words.render("desk.case.leave", request.language), "wait")  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("case", args=[waiting[0].case_id]))
    after = request.GET.get("after", "")
    queue = read_queue(request, int(after) if after.isdecimal() and len(after) < 18 else None)
    found = first_to_contact(queue.ahead, clock_queries.now(), actor_of(request).user_id or 0)
    return HttpResponseRedirect(found.url if found else reverse("work"))
