"""The demo's clock: on to the next day, on to an hour, and how far the replay has come."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from tideover.core import words
from tideover.core.problem import Problem
from tideover.doors.screens import replay, toasts
from tideover.doors.screens.roles import for_all_staff, for_everybody
from tideover.rehearsal import demo


@for_all_staff
@require_POST
def next_day(request: HttpRequest) -> HttpResponse:
    """Let the colleagues finish their day, and go on to the next morning; the worker does it."""
    try:
        demo.begin_next_day()
    except Problem as problem:
        toasts.add(request, words.render(problem, request.language), "stop")  # type: ignore[attr-defined]
    return _back(request)


@for_all_staff
@require_POST
def set_hour(request: HttpRequest) -> HttpResponse:
    """Move the clock on to a full hour of the open day."""
    text = request.POST.get("hour", "")
    hour = int(text) if text.isdecimal() and len(text) < 3 and int(text) < 24 else None
    try:
        if hour is not None:
            demo.set_hour(hour)
    except Problem as problem:
        toasts.add(request, words.render(problem, request.language), "stop")  # type: ignore[attr-defined]
    return _back(request)


@for_everybody
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The clock bar by itself; when the replay is done, the word to load the whole page anew."""
    if not replay.is_running(request):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "screens/clockbar.html")


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return HttpResponseRedirect(back)
