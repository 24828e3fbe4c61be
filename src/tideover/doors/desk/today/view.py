"""A leader's day: by stage what is done, due, late and uncovered; by collector how far they are; what waits for me."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
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
from tideover.doors.desk.work.queue import Item, build, language_of_name, open_days
from tideover.doors.screens import paging
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.doors.screens.scope import clients_of
from tideover.know.cases import queries as cases_queries
from tideover.know.cases import types as cases_types
from tideover.know.clients.types import ClientRead
from tideover.know.customers import queries as customers_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import queries as staff_queries

ROWS_MAX = 200
CONTINUITY_DAYS = 30
STATES = ("open", "done", "nobody")


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
class UnreachableRow:
    """A case that nobody can reach, as the list shows it."""

    url: str
    name: str
    name_language: str
    account_number: str
    client_name: str
    since_date: date


@dataclass(frozen=True)
class Board:
    """One client's day."""

    client_name: str
    day: date
    stages: list[StageRow]
    collectors: list[CollectorRow]
    reviews: list[Item]
    uncovered: list[Item]
    unreachable_count: int
    batches: list[assignment_types.BatchCount]
    late_why: list[tuple[str, int]]

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


@for_roles(Role.TEAM_LEADER)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The open day of every client in scope."""
    boards = []
    for client in clients_of(request):
        day = receipts_queries.get_open_day(client.id)
        if day is not None:
            boards.append(_board(request, client, day))
    return render(
        request,
        "desk/today/today.html",
        {
            "boards": boards,
            "waiting": [each for client in clients_of(request) if (each := _waiting(request, client)) is not None],
            "endings": list_endings(request),
            "late": list_late(request, clock_queries.now()),
        },
    )


@for_roles(Role.TEAM_LEADER)
@require_safe
def stage_work(request: HttpRequest, stage: str) -> HttpResponse:
    """The team's cases with work on a stage, what is not done first."""
    language = request.language  # type: ignore[attr-defined]
    titles = cases_queries.get_stage_titles()
    if stage not in titles:
        raise Http404
    wanted = paging.filters(request, "collector", "state")
    members = [
        each for team_id in sorted(actor_of(request).team_ids) for each in staff_queries.list_collectors(team_id)
    ]
    owner = next((each.user_id for each in members if each.username == wanted["collector"]), None)
    found = assignment_queries.list_work_of_stage(
        actor_of(request),
        open_days(request),
        stage,
        assignment_types.WorkWanted(owner, wanted["state"]),
        paging.place(request, paging.row_id, paging.row_id, paging.row_id),  # type: ignore[arg-type]
        paging.SIZE + 1,
    )
    pages = paging.cut(request, found, lambda each: each[1])
    items = build(request, [work for work, _ in pages.rows], None).items
    people = access_queries.get_display_names(item.collector_id for item in items if item.collector_id)
    context = {
        "title": titles[stage][language],
        "rows": [{"item": item, "collector": people.get(item.collector_id or 0, "")} for item in items],
        "pages": pages,
        "members": members,
        "states": STATES,
        "wanted": wanted,
        "section": "today",
    }
    return render(request, "desk/today/stage.html", context)


@for_roles(Role.TEAM_LEADER, Role.INTEGRATOR)
@require_safe
def unreachable(request: HttpRequest) -> HttpResponse:
    """The cases without a contact point: the lender is asked; a leader may open the case, an integrator may not."""
    actor, language = actor_of(request), request.language  # type: ignore[attr-defined]
    clients = {client.id: client.name(language) for client in clients_of(request)}
    found = assignment_queries.list_unreachable(actor, sorted(clients), clock_queries.now(), ROWS_MAX)
    names = customers_queries.get_names({each.customer_id for each in found})
    numbers = {each.id: each.number for each in portfolio_queries.list_accounts(each.account_id for each in found)}
    nameless = words.render("desk.nameless", language)
    led = actor.has(Role.TEAM_LEADER)
    context = {
        "rows": [
            UnreachableRow(
                url=reverse("case", args=[each.case_id]) if led else "",
                name=names.get(each.customer_id, nameless),
                name_language=language_of_name(names.get(each.customer_id, nameless)),
                account_number=numbers.get(each.account_id, ""),
                client_name=clients[each.client_id],
                since_date=each.since_date,
            )
            for each in found
        ],
        "is_cut": len(found) >= ROWS_MAX,
        "rows_max": ROWS_MAX,
        "section": "today" if led else "unreachable",
    }
    return render(request, "desk/today/unreachable.html", context)


def _waiting(request: HttpRequest, client: ClientRead) -> str | None:
    """That a client's day has come as far as it can by itself, and for whom it waits; None where it does not."""
    found = days.find_waiting(client.id, clock_queries.now())
    if found is None:
        return None
    language = request.language  # type: ignore[attr-defined]
    names = {each.code: each.name(language) for each in clients_of(request)}
    others = ("、" if language == "zh-Hans" else ", ").join(names.get(code, code) for code in found[1])
    return words.render("desk.today.waits", language, client=client.name(language), day=found[0], others=others)


def _board(request: HttpRequest, client: ClientRead, day: date) -> Board:
    language = request.language  # type: ignore[attr-defined]
    actor = actor_of(request)
    counts = assignment_queries.count_work(actor, [client.id], day)
    reviews = [each for each in assignment_queries.list_reviews(actor, [client.id], day) if not each.is_done]
    uncovered = assignment_queries.list_uncovered(actor, [client.id], day)
    uncovered += assignment_queries.list_lapsed(actor, [client.id], day, clock_queries.now())
    return Board(
        client_name=client.name(language),
        day=day,
        stages=_stages(
            cases_queries.list_stage_counts(client.id, day, actor),
            counts,
            outcomes_queries.list_continuity([client.id], day, CONTINUITY_DAYS, actor),
            language,
        ),
        collectors=_collectors(counts),
        reviews=build(request, reviews, None).items,
        uncovered=build(request, uncovered, None).items,
        unreachable_count=assignment_queries.count_unreachable(actor, [client.id], clock_queries.now()),
        batches=assignment_queries.count_by_batch(actor, client.id, day),
        late_why=list(assignment_queries.count_late(actor, [client.id]).items()),
    )


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
