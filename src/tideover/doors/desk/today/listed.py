"""A leader's list of the day's work: of one stage or of all, by collector, batch and what has become of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.assignment import types as assignment_types
from tideover.doors.desk.work.queue import build, changes_of, open_days
from tideover.doors.screens import paging
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.cases import queries as cases_queries
from tideover.know.staff import queries as staff_queries

ALL = "all"
STATES = ("open", "done", "nobody", "waiting")


@for_roles(Role.TEAM_LEADER)
@require_safe
def listed(request: HttpRequest, stage: str) -> HttpResponse:
    """The team's cases with work today, what is not done first."""
    language = request.language  # type: ignore[attr-defined]
    titles = {each: title[language] for each, title in cases_queries.get_stage_titles().items()}
    if stage != ALL and stage not in titles:
        raise Http404
    actor = actor_of(request)
    wanted = paging.filters(request, "client", "batch", "collector", "state")
    clients = {each.id: each for each in clients_of(request)}
    days = [(id_, day) for id_, day in open_days(request) if wanted["client"] in ("", clients[id_].code)]
    changed = [changes_of(request, clients[id_], day) for id_, day in days]
    members = [each for team_id in sorted(actor.team_ids) for each in staff_queries.list_collectors(team_id)]
    batches = [each for id_, day in open_days(request) for each in assignment_queries.count_by_batch(actor, id_, day)]
    found = assignment_queries.list_work_of_team(
        actor,
        days,
        assignment_types.WorkWanted(
            stage=None if stage == ALL else stage,
            collector_id=next((each.user_id for each in members if each.username == wanted["collector"]), None),
            batch_id=next((each.batch_id for each in batches if str(each.batch_id) == wanted["batch"]), None),
            state=wanted["state"],
        ),
        _together(changed),
        paging.place(request, paging.row_id, paging.row_id, paging.row_id),  # type: ignore[arg-type]
        paging.SIZE + 1,
    )
    pages = paging.cut(request, found, lambda each: each[1])
    ended = {work.id: work for each in changed for work in each.lapsed}
    context = {
        "title": words.render("desk.today.all", language) if stage == ALL else titles[stage],
        "is_all": stage == ALL,
        "rows": _rows(request, [ended.get(work.id, work) for work, _ in pages.rows]),
        "pages": pages,
        "clients": [(each.code, each.name(language)) for each in clients.values()],
        "batches": [(str(each.batch_id), each.number) for each in batches],
        "members": members,
        "states": STATES,
        "wanted": wanted,
        "section": "today",
    }
    return render(request, "desk/today/stage.html", context)


def _together(changed: list[assignment_types.SinceMorning]) -> assignment_types.SinceMorning:
    return assignment_types.SinceMorning(
        fallen_case_ids=frozenset().union(*(each.fallen_case_ids for each in changed)),
        lapsed=tuple(work for each in changed for work in each.lapsed),
    )


def _rows(request: HttpRequest, work: list[assignment_types.WorkRead]) -> list[dict[str, object]]:
    items = build(request, work, None).items
    people = access_queries.get_display_names(item.collector_id for item in items if item.collector_id)
    return [{"item": item, "collector": people.get(item.collector_id or 0, "")} for item in items]
