"""A leader's day: by stage what is done, due, late and uncovered; by collector how far they are; what waits for me."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tideover import day as days
from tideover.act.outcomes import queries as outcomes_queries
from tideover.act.outcomes import types as outcomes_types
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.assignment import types as assignment_types
from tideover.decide.receipts import queries as receipts_queries
from tideover.doors.desk.certificates.view import list_endings
from tideover.doors.desk.imports.late import list_late
from tideover.doors.desk.team.view import why_away
from tideover.doors.desk.work.queue import Item, build, changes_of
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.doors.screens.stopped import stopped_ids
from tideover.know.cases import queries as cases_queries
from tideover.know.cases import types as cases_types
from tideover.know.clients.types import ClientRead
from tideover.know.staff import queries as staff_queries

CONTINUITY_DAYS = 30
UNCOVERED_SHOWN = 8


@dataclass(frozen=True)
class StageRow:
    """One rung of the day."""

    stage: str
    title: str
    accounts_count: int
    work_count: int
    done_count: int
    due_count: int
    late_count: int
    paused_count: int
    not_reached_count: int
    uncovered_count: int
    continuity: outcomes_types.ContinuityRead | None


@dataclass(frozen=True)
class CollectorRow:
    """How far one collector is."""

    name: str
    work_count: int
    done_count: int


@dataclass(frozen=True)
class Away:
    """A collector who is not there today."""

    user_id: int
    name: str
    why: str
    covered_count: int
    cases_count: int


@dataclass(frozen=True)
class Board:
    """One client's day."""

    client_code: str
    client_name: str
    day: date
    is_stopped: bool
    resting_count: int
    stages: list[StageRow]
    collectors: list[CollectorRow]
    reviews: list[Item]
    uncovered: list[Item]
    unreachable_count: int
    batches: list[assignment_types.BatchCount]
    late_why: list[tuple[str, int]]
    lapsed_ids: tuple[int, ...] = ()

    @property
    def accounts_count(self) -> int:
        """All accounts on the ladder."""
        return sum(row.accounts_count for row in self.stages)

    @property
    def due_count(self) -> int:
        """Accounts whose stage must be done today."""
        return sum(row.due_count for row in self.stages)

    @property
    def paused_count(self) -> int:
        """Accounts that a hold or an agreement rests."""
        return sum(row.paused_count for row in self.stages)

    @property
    def work_count(self) -> int:
        """All work of the day."""
        return sum(row.work_count for row in self.stages)

    @property
    def done_count(self) -> int:
        """What of it is done."""
        return sum(row.done_count for row in self.stages)

    @property
    def late_count(self) -> int:
        """Accounts whose stage has passed its deadline."""
        return sum(row.late_count for row in self.stages)

    @property
    def not_reached_count(self) -> int:
        """Work that waits with its owner for a day with room."""
        return sum(row.not_reached_count for row in self.stages)

    @property
    def uncovered_count(self) -> int:
        """Work that nobody does."""
        return sum(row.uncovered_count for row in self.stages)

    @property
    def uncovered_left_count(self) -> int:
        """How much of it is not shown on the board."""
        return max(self.uncovered_count - len(self.uncovered), 0)


@for_roles(Role.TEAM_LEADER)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The open day of every client in scope."""
    boards = []
    stopped = stopped_ids(request)
    for client in clients_of(request):
        day = receipts_queries.get_open_day(client.id)
        if day is not None:
            boards.append(_board(request, client, day, client.id in stopped))
    return render(
        request,
        "desk/today/today.html",
        {
            "boards": boards,
            "waiting": [each for client in clients_of(request) if (each := _waiting(request, client)) is not None],
            "away": _away(request, max((board.day for board in boards), default=None), boards),
            "endings": list_endings(request),
            "late": list_late(request, clock_queries.now()),
        },
    )


def _waiting(request: HttpRequest, client: ClientRead) -> str | None:
    """That a client's day has come as far as it can by itself, and for whom it waits; None where it does not."""
    found = days.find_waiting(client.id, clock_queries.now())
    if found is None:
        return None
    language = request.language  # type: ignore[attr-defined]
    names = {each.code: each.name(language) for each in clients_of(request)}
    others = ("、" if language == "zh-Hans" else ", ").join(names.get(code, code) for code in found[1])
    return words.render("desk.today.waits", language, client=client.name(language), day=found[0], others=others)


def _board(request: HttpRequest, client: ClientRead, day: date, is_stopped: bool) -> Board:
    language = request.language  # type: ignore[attr-defined]
    actor, at = actor_of(request), clock_queries.now()
    since = changes_of(request, client, day)
    counts = assignment_queries.count_work(actor, [client.id], day, since)
    batches = assignment_queries.count_by_batch(actor, client.id, day, since)
    reviews = [each for each in assignment_queries.list_reviews(actor, [client.id], day) if not each.is_done]
    uncovered = [*since.lapsed, *assignment_queries.list_uncovered(actor, [client.id], day)]
    resting_count = sum(each.items_count - each.done_count for each in counts) if is_stopped else 0
    if is_stopped:
        counts = [replace(each, items_count=each.done_count) for each in counts if each.done_count]
        batches = [replace(each, items_count=each.done_count, waiting_count=0, uncovered_count=0) for each in batches]
        reviews, uncovered = [], []
    return Board(
        client_code=client.code,
        client_name=client.name(language),
        day=day,
        is_stopped=is_stopped,
        resting_count=resting_count,
        stages=_stages(
            cases_queries.list_stage_counts(client.id, day, actor),
            counts,
            outcomes_queries.list_continuity([client.id], day, CONTINUITY_DAYS, actor),
            language,
        ),
        collectors=_collectors(counts),
        reviews=build(request, reviews, None).items,
        uncovered=build(request, uncovered[:UNCOVERED_SHOWN], None).items,
        unreachable_count=assignment_queries.count_unreachable(actor, [client.id], at),
        batches=batches,
        late_why=list(assignment_queries.count_late(actor, [client.id]).items()),
        lapsed_ids=tuple(since.lapsed_ids),
    )


def _away(request: HttpRequest, day: date | None, boards: list[Board]) -> list[Away]:
    """Who of the leader's collectors is not there on the day, and what colleagues do for them.

    Cover whose certificate has ended is none: it stands among the work without a collector.
    """
    if day is None:
        return []
    language = request.language  # type: ignore[attr-defined]
    lapsed = {work_id for board in boards for work_id in board.lapsed_ids}
    teams = sorted(actor_of(request).team_ids)
    members = {each.user_id: each for team_id in teams for each in staff_queries.list_collectors(team_id)}
    return [
        Away(
            user_id=seen.user_id,
            name=members[seen.user_id].display_name,
            why=why_away(seen.why, seen.leave, language),
            covered_count=sum(each.id not in lapsed for each in assignment_queries.list_covered_for(seen.user_id)),
            cases_count=cases_queries.count_owned([seen.user_id]).get(seen.user_id, 0),
        )
        for seen in staff_queries.list_presence(list(members), day)
        if not seen.is_there and seen.why != "left"
    ]


def _stages(
    found: list[cases_types.StageCount],
    counts: list[assignment_types.WorkCount],
    continuity: dict[str, outcomes_types.ContinuityRead],
    language: str,
) -> list[StageRow]:
    titles = cases_queries.get_stage_titles()
    rows = []
    for stage in found:
        work = [each for each in counts if each.stage == stage.stage]
        rows.append(
            StageRow(
                stage=stage.stage,
                title=titles.get(stage.stage, {}).get(language, stage.stage),
                accounts_count=stage.accounts_count,
                work_count=sum(each.items_count for each in work),
                done_count=sum(each.done_count for each in work),
                due_count=stage.due_count,
                late_count=stage.late_count,
                paused_count=stage.paused_count,
                not_reached_count=sum(each.items_count for each in work if each.is_waiting),
                uncovered_count=sum(each.items_count for each in work if each.is_uncovered),
                continuity=continuity.get(stage.stage),
            )
        )
    return rows


def _collectors(counts: list[assignment_types.WorkCount]) -> list[CollectorRow]:
    ids = sorted({each.collector_id for each in counts if each.collector_id is not None})
    names = access_queries.get_display_names(ids)
    return [
        CollectorRow(
            name=names.get(user_id, str(user_id)),
            work_count=sum(each.items_count for each in counts if each.collector_id == user_id),
            done_count=sum(each.done_count for each in counts if each.collector_id == user_id),
        )
        for user_id in ids
    ]
