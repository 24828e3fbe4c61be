"""The case page: dial, say who is on the line, record, next. Each button is one operation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.contact import queries as contact_queries
from tideover.act.outcomes import operations as outcomes
from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.problem import Problem
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment import queries as assignment_queries
from tideover.doors.desk.case import claims, heard, pages, timeline
from tideover.doors.desk.case.form import RecordForm
from tideover.doors.desk.work.queue import Queue, open_days, read_queue
from tideover.doors.screens import replay, toasts
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.know.cases import types as cases_types

SIMULATED = "simulated"
HAND_EVENTS = {
    "answered": {"event": "answered"},
    "no-answer": {"event": "ended", "cause": "no-answer", "seconds": 0},
    "busy": {"event": "ended", "cause": "busy", "seconds": 0},
    "hang-up": {"event": "ended", "cause": "answered"},
}


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER, Role.QA_REVIEWER, Role.ANALYST)
@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """The case as it stands for this person, now."""
    return _show(request, case_id)


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_GET
def call_news(request: HttpRequest, case_id: int) -> HttpResponse:
    """Asked every second while a call lasts: 204 while the page still tells the truth, else the page anew."""
    open_call = contact_queries.get_open_call(actor_of(request).user_id or 0, case_id)
    state = open_call.state if open_call is not None else "recorded"
    if request.GET.get("seen") == state:
        return HttpResponse(status=204)
    return _show(request, case_id)


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_POST
def dial(request: HttpRequest, case_id: int) -> HttpResponse:
    """Ask for a permit and call; a refusal is shown with its reason. Pressed again while the call is open: the call."""
    at = clock_queries.now()
    seen = pages.see(request, case_id, at)
    if contact_queries.get_open_call(actor_of(request).user_id or 0, case_id) is not None:
        return _back(request, case_id)
    work = assignment_queries.get_open_work_of_case(case_id)
    return _do(
        request,
        case_id,
        contact.dial,
        case_id=seen.case.id,
        contact_point_id=_number_of(request.POST.get("contact_point")),
        work_item_id=work.id if work is not None else None,
        line=SIMULATED if replay.demo_of(request) is not None else lines.MANUAL,
        at=at,
    )


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_POST
def line(request: HttpRequest, case_id: int) -> HttpResponse:
    """What the collector says of a call dialled by hand."""
    call = _own_open_call(request, case_id)
    if call is None:
        return _back(request, case_id)
    event = HAND_EVENTS.get(request.POST.get("event", ""))
    if event is None or not lines.shows_number(call.line):
        raise PermissionDenied("line")
    at = clock_queries.now()
    more: dict[str, Any] = dict(event)
    if more["event"] == "ended" and "seconds" not in more:
        more["seconds"] = max(0, int((at - (call.answered_at or at)).total_seconds()))
    outcomes.record_line_event(call_id=call.id, at=at, **more)
    return _back(request, case_id)


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_POST
def party(request: HttpRequest, case_id: int) -> HttpResponse:
    """Who is on the line: only then may amounts be seen, or only the call-back line."""
    call = _own_open_call(request, case_id)
    if call is None:
        return _back(request, case_id)
    note = contact.note_right_person if request.POST.get("party") == "customer" else contact.note_third_person
    return _do(request, case_id, note, call_id=call.id, at=clock_queries.now())


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER)
@require_POST
def record(request: HttpRequest, case_id: int) -> HttpResponse:
    """Record what the call came to, and go on to the next case."""
    at = clock_queries.now()
    seen = pages.see(request, case_id, at)
    call = _posted_call(request, case_id)
    form = RecordForm.read(seen, call, request.POST)
    if form.problems:
        return _show(request, case_id, form=form, status=422)
    try:
        recorded = outcomes.record(call_id=call.id, case_id=case_id, at=at, actor=actor_of(request), **form.arguments())
    except Problem as problem:
        form.problems.extend(_reasons(problem, seen.language))
        return _show(request, case_id, form=form, status=409)
    toasts.add(request, form.said())
    if recorded.case_was_closed:
        toasts.add(request, words.render("desk.case.saved.closed", seen.language), "wait")
    if recorded.meanwhile is not None:
        toasts.add(request, words.render("desk.case.saved.meanwhile", seen.language), "wait")
    if recorded.repeated_since is not None:
        said = words.render("cases.complaint-repeated", seen.language, since=recorded.repeated_since)
        toasts.add(request, said, "wait")
    if call.came_in:
        return HttpResponseRedirect(reverse("inbound"))
    queue = _queue(request, case_id)
    next_url = queue.next_url if queue is not None else None
    return HttpResponseRedirect(next_url or reverse("case", args=[case_id]))


@for_roles(Role.TEAM_LEADER)
@require_POST
def review(request: HttpRequest, case_id: int) -> HttpResponse:
    """The leader's decision before the final notice."""
    at = clock_queries.now()
    seen = pages.see(request, case_id, at)
    try:
        decision = cases_types.ReviewDecision(request.POST.get("decision", ""))
    except ValueError as wrong:
        raise PermissionDenied("decision") from wrong
    account_id = _number_of(request.POST.get("account"))
    try:
        assignment.decide_review(
            case_id=case_id, account_id=account_id, decision=decision, at=at, actor=actor_of(request)
        )
    except Problem as problem:
        return _show(request, case_id, problem=words.render(problem, seen.language), status=409)
    toasts.add(request, words.render("desk.case.review.done", seen.language))
    return HttpResponseRedirect(_next_review(request) or reverse("today"))


def _next_review(request: HttpRequest) -> str | None:
    """The next case that waits for the leader."""
    for client_id, day in open_days(request):
        for waiting in assignment_queries.list_reviews(actor_of(request), [client_id], day):
            if not waiting.is_done:
                return reverse("case", args=[waiting.case_id])
    return None


def _reasons(problem: Problem, language: str) -> list[str]:
    """A refusal in words; a form that was refused for several reasons says each of them."""
    named = str(problem.fields.get("reasons", "")).split(", ") if "reasons" in problem.fields else []
    return [words.render(f"outcomes.refused.{each}", language) for each in named] or [words.render(problem, language)]


def _do(request: HttpRequest, case_id: int, operation: Any, /, **arguments: Any) -> HttpResponse:
    """Call the one operation; what it refuses is said on the page, in the reader's words."""
    try:
        operation(actor=actor_of(request), **arguments)
    except Problem as problem:
        said = words.render(problem, request.language)  # type: ignore[attr-defined]
        return _show(request, case_id, problem=said, status=409)
    return _back(request, case_id)


def _back(request: HttpRequest, case_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("case", args=[case_id]))


def _own_open_call(request: HttpRequest, case_id: int) -> Any:
    """The person's call that waits for its outcome; None on a page that is older than that, which is shown anew."""
    pages.see(request, case_id, clock_queries.now())
    return contact_queries.get_open_call(actor_of(request).user_id or 0, case_id)


def _posted_call(request: HttpRequest, case_id: int) -> Any:
    """The open call, or the one that the form was for: sent a second time it is the same outcome, not an error."""
    call = contact_queries.get_open_call(actor_of(request).user_id or 0, case_id)
    if call is None:
        call = contact_queries.get_call(_number_of(request.POST.get("call")))
    if call.case_id != case_id or call.user_id != actor_of(request).user_id:
        raise PermissionDenied("not this call")
    return call


def _unrecorded(request: HttpRequest, case_id: int) -> int | None:
    """Another case in which a call of this person waits for its outcome."""
    waiting = contact_queries.list_calls_without_outcome(actor_of(request).user_id or 0)
    return next((each.case_id for each in waiting if each.case_id != case_id), None)


def _number_of(text: str | None) -> int:
    if text is None or not text.isdecimal() or len(text) > 18:
        raise PermissionDenied("not a number")
    return int(text)


def _queue(request: HttpRequest, case_id: int) -> Queue | None:
    """The collector's list; a leader has none."""
    return read_queue(request, case_id) if Role.COLLECTOR in actor_of(request).roles else None


def _show(
    request: HttpRequest, case_id: int, form: RecordForm | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    at = clock_queries.now()
    seen = pages.see(request, case_id, at)
    group = request.GET.get("show", "all")
    page = pages.build(request, seen, group if group in timeline.GROUPS else "all")
    open_call = contact_queries.get_open_call(actor_of(request).user_id or 0, case_id)
    if form is None and page.call is not None and page.call.is_party_known and not page.call.is_recorded and open_call:
        form = RecordForm.empty(seen, open_call)
    context = {
        "page": page,
        "queue": _queue(request, case_id),
        "section": "work" if Role.COLLECTOR in actor_of(request).roles else "today",
        "form": form,
        "problem": problem,
        "claims": claims.read(seen),
        "unrecorded": _unrecorded(request, case_id),
        "heard": heard.read(open_call, at, seen.language),
    }
    return render(request, "desk/case/case.html", context, status=status)
