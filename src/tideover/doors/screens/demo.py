"""The demo's clock: on to the next day, on to a time of it, and how far the replay has come."""

from __future__ import annotations

import re
from datetime import time

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from tideover.core import words
from tideover.core.problem import Problem
from tideover.doors.screens import replay, toasts
from tideover.doors.screens.roles import for_all_staff, for_everybody
from tideover.rehearsal import demo

TIME = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")


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
def set_time(request: HttpRequest) -> HttpResponse:
    """Move the clock on to a time of the open day."""
    given = _time(request.POST.get("time", ""))
    try:
        if given is None:
            said = words.render("screens.demo.time.wrong", request.language)  # type: ignore[attr-defined]
            toasts.add(request, said, "stop")
        else:
            demo.set_time(given)
    except Problem as problem:
        toasts.add(request, words.render(problem, request.language), "stop")  # type: ignore[attr-defined]
    return _back(request)


def _time(text: str) -> time | None:
    """Hours and minutes as people write them, the colon in either width."""
    found = TIME.fullmatch(text.strip())
    return time(int(found[1]), int(found[2])) if found else None


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
