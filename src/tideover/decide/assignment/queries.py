"""Public reads of work: a collector's list, what comes next, and who may work a case."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db.models import BigIntegerField, BooleanField, Case, Count, F, IntegerField, Max, Q, QuerySet, When
from django.db.models.functions import Coalesce

from tideover.core.access.types import Actor, Role
from tideover.core.money import Money
from tideover.decide.assignment import boards, covering, live, reassigning
from tideover.decide.assignment.live import still_to_do as still_to_do
from tideover.decide.assignment.models import ReassignedCase, Reassignment, Unreachable, WorkItem
from tideover.decide.assignment.types import (
    BatchCount,
    LateRead,
    Move,
    Preview,
    ReassignmentRead,
    SinceMorning,
    UncoveredCause,
    UnknownWork,
    UnreachableRead,
    WorkCount,
    WorkRead,
    WorkWanted,
)
from tideover.know.cases import queries as cases
from tideover.know.cases.types import CaseOwner
from tideover.know.staff import queries as staff

WAITING = (UncoveredCause.NOT_REACHED, UncoveredCause.OWNER_ABSENT, "owner-full")
"""Work that stays with its owner for want of room that day, or until they are back.

Days of version 0.1.0 called the first ``owner-full``.
"""

CERTIFICATE_ENDED = "certificate-ended"
"""Why nobody does what is on the list of a collector whose certificate for it has ended since the morning."""

_LAST = 1_000_000
"""Where work without a place in anybody's day stands in a list."""


def may_work(user_id: int, case_id: int, at: datetime, *, owner: CaseOwner | None = None) -> bool:
    """Whether the user may work the case: its owner, who covers it that day, or a leader whose team's case it is.

    Whoever is not active, or in no team of the client, may not, and neither may whom the customer complained of.
    ``owner`` is for who has locked the case and so knows it already.
    """
    actor = staff.get_actor(user_id)
    if cases.is_complained_of(user_id, case_id, at):
        return False
    if cases.is_in_scope(actor, case_id, Role.TEAM_LEADER):
        return True
    case = owner or cases.get_owner(case_id)
    if Role.COLLECTOR not in actor.roles or case.client_id not in actor.client_ids:
        return False
    if case.collector_id == user_id or cases.is_assisting(user_id, case_id, at):
        return True
    latest = _latest(case_id)
    return latest is not None and latest.done_at is None and latest.collector_id == user_id


def may_read(user_id: int, case_id: int, at: datetime) -> bool:
    """Whether the user may see the case: whoever may work it, whose work it was last, and who reads for the client."""
    if may_work(user_id, case_id, at):
        return True
    actor = staff.get_actor(user_id, at)
    if cases.is_in_scope(actor, case_id, Role.QA_REVIEWER, Role.ANALYST):
        return True
    if Role.COLLECTOR not in actor.roles or cases.get_owner(case_id).client_id not in actor.client_ids:
        return False
    latest = _latest(case_id)
    return latest is not None and latest.collector_id == user_id


def _latest(case_id: int) -> WorkItem | None:
    return WorkItem.objects.filter(case_id=case_id).order_by("-day").first()


def list_work(collector_id: int, day: date) -> list[WorkRead]:
    """The collector's work items of the day, in their order."""
    rows = WorkItem.objects.filter(collector_id=collector_id, day=day).order_by("position", "client_id", "id")
    return [_read(row) for row in rows]


def list_open_work(collector_id: int) -> list[WorkRead]:
    """The collector's work items that are not done, of every client's open day, in their order."""
    rows = WorkItem.objects.filter(collector_id=collector_id, done_at=None)
    return [_read(row) for row in rows.order_by("day", "position", "client_id", "id")]


def find_changes(actor: Actor, client_id: int, day: date, made_at: datetime, at: datetime) -> SinceMorning:
    """What has changed for the day's work of a leader's cases since its lists were made."""
    rows = _led(actor, [client_id], day).filter(done_at=None)
    leads = dict(rows.values_list("case_id", "lead_account_id"))
    fallen = live.list_fallen(leads, made_at, at)
    lapsed = [each for each in list_lapsed(actor, [client_id], day, at) if each.case_id not in fallen]
    return SinceMorning(fallen, tuple(replace(each, uncovered_cause=CERTIFICATE_ENDED) for each in lapsed))


def count_by_batch(
    actor: Actor,
    client_id: int,
    day: date,
    since: SinceMorning = SinceMorning(),  # noqa: B008
) -> list[BatchCount]:
    """The day's work of a leader's cases by batch, the batch that ends first coming first."""
    return boards.count_by_batch(actor, client_id, day, WAITING, since)


def list_late(
    actor: Actor, client_ids: Collection[int], why: str, after: tuple[date, int] | None, latest: int
) -> list[LateRead]:
    """A leader's cases that are past a deadline and why, the longest late first, from after a place in the list."""
    return boards.list_late(actor, client_ids, why, after, latest)


def count_late(actor: Actor, client_ids: Collection[int]) -> dict[str, int]:
    """How many of a leader's cases are past a deadline, by why; the commonest first."""
    return boards.count_late(actor, client_ids)


def list_lapsed(actor: Actor, client_ids: Collection[int], day: date, at: datetime) -> list[WorkRead]:
    """The day's work of a leader's cases that lies with somebody whose certificate has ended: nobody does it now."""
    rows = _led(actor, client_ids, day).filter(done_at=None, collector_id__isnull=False)
    return live.list_lapsed([_read(row) for row in rows.order_by("stage", "case_id")], at)


def count_lapsed(work: Sequence[WorkRead], at: datetime) -> int:
    """How much of this work is off its collector's list, since their certificate for it has ended."""
    return len(live.list_lapsed(work, at))


def count_without_cover(collector_id: int) -> int:
    """How much of what an absent collector agreed for today nobody could take."""
    return len(covering.list_without_cover(collector_id))


def list_covered_for(collector_id: int) -> list[WorkRead]:
    """What colleagues do today for a collector who is away, as far as it is not done."""
    rows = WorkItem.objects.filter(cover_for_id=collector_id, done_at=None)
    return [_read(row) for row in rows.order_by("day", "position", "client_id", "id")]


def count_open_items(
    user_ids: Collection[int], stopped_ids: Collection[int] = (), fallen_case_ids: Collection[int] = ()
) -> dict[int, tuple[int, int]]:
    """How many items each of them has on the latest day, over all clients, and how many of those are done.

    Of clients that are stopped, and of cases in which nothing is left to do, only what is done counts.
    """
    held = WorkItem.objects.filter(collector_id__in=user_ids)
    latest = held.aggregate(day=Max("day"))["day"]
    held = held.exclude(done_at=None, client_id__in=stopped_ids).exclude(done_at=None, case_id__in=fallen_case_ids)
    rows = held.filter(day=latest).values("collector_id").annotate(items=Count("id"), done=Count("done_at"))
    return {row["collector_id"]: (row["items"], row["done"]) for row in rows}


def get_work(work_item_id: int) -> WorkRead:
    """One work item; raises UnknownWork."""
    row = WorkItem.objects.filter(pk=work_item_id).first()
    if row is None:
        raise UnknownWork(work=str(work_item_id))
    return _read(row)


def get_work_of_case(case_id: int, day: date) -> WorkRead | None:
    """The case's work item of the day, if it has one."""
    row = WorkItem.objects.filter(case_id=case_id, day=day).first()
    return None if row is None else _read(row)


def list_uncovered(actor: Actor, client_ids: Collection[int], day: date) -> list[WorkRead]:
    """The day's work of a leader's cases that nobody does, by stage and case; what merely waits a day is none."""
    rows = _led(actor, client_ids, day).exclude(uncovered_cause=None).exclude(uncovered_cause__in=WAITING)
    return [_read(row) for row in rows.order_by("stage", "case_id")]


def list_reviews(actor: Actor, client_ids: Collection[int], day: date) -> list[WorkRead]:
    """The day's reviews of a leader's cases, which are the leader's own work."""
    rows = _led(actor, client_ids, day).filter(action="review")
    return [_read(row) for row in rows.order_by("case_id")]


def list_work_of_team(
    actor: Actor,
    days: Collection[tuple[int, date]],
    wanted: WorkWanted,
    since: SinceMorning,
    after: tuple[int, int, int] | None,
    first: int,
) -> list[tuple[WorkRead, tuple[int, int, int]]]:
    """A leader's work on these clients' days, what is not done first, each with its place in this list.

    ``after`` is the place after which the page begins; at most ``first`` items.
    """
    of_days = Q(pk__in=())
    for client_id, day in days:
        of_days |= Q(client_id=client_id, day=day)
    rows = WorkItem.objects.filter(of_days, case_id__in=cases.in_scope(actor, Role.TEAM_LEADER))
    rows = _narrowed(rows.exclude(done_at=None, case_id__in=since.fallen_case_ids), days, wanted, since)
    is_done = Case(When(done_at=None, then=0), default=1, output_field=IntegerField())
    rows = rows.annotate(is_done_last=is_done, turn=Coalesce("position", _LAST))
    if after is not None:
        done, turn, row_id = after
        rows = rows.filter(
            Q(is_done_last__gt=done)
            | Q(is_done_last=done, turn__gt=turn)
            | Q(is_done_last=done, turn=turn, pk__gt=row_id)
        )
    return [
        (_read(row), (row.is_done_last, row.turn, row.pk))
        for row in rows.order_by("is_done_last", "turn", "pk")[:first]
    ]


def _narrowed(
    rows: QuerySet[WorkItem], days: Collection[tuple[int, date]], wanted: WorkWanted, since: SinceMorning
) -> QuerySet[WorkItem]:
    if wanted.stage is not None:
        rows = rows.filter(stage=wanted.stage)
    if wanted.collector_id is not None:
        rows = rows.filter(collector_id=wanted.collector_id)
    if wanted.batch_id is not None:
        rows = rows.filter(pk__in=boards.list_items_of_batch(wanted.batch_id, {day for _, day in days}))
    if wanted.state == "done":
        return rows.filter(done_at__isnull=False)
    if wanted.state == "open":
        return rows.filter(done_at=None, collector_id__isnull=False).exclude(pk__in=since.lapsed_ids)
    if wanted.state == "waiting":
        return rows.filter(done_at=None, uncovered_cause__in=WAITING)
    if wanted.state == "nobody":
        uncovered = Q(uncovered_cause__isnull=False) & ~Q(uncovered_cause__in=WAITING)
        return rows.filter(uncovered | Q(pk__in=since.lapsed_ids), done_at=None)
    return rows


def count_work(
    actor: Actor,
    client_ids: Collection[int],
    day: date,
    since: SinceMorning = SinceMorning(),  # noqa: B008
) -> list[WorkCount]:
    """The day's work of a leader's cases by stage and collector, and how much of it is done: for the day board.

    What fell away since the morning is no work any more, and what lies with somebody whose certificate has ended is
    nobody's.
    """
    waits = Case(When(uncovered_cause__in=WAITING, then=True), default=False, output_field=BooleanField())
    nobody = Case(
        When(pk__in=since.lapsed_ids, then=True),
        When(uncovered_cause=None, then=False),
        When(uncovered_cause__in=WAITING, then=False),
        default=True,
        output_field=BooleanField(),
    )
    who = Case(When(pk__in=since.lapsed_ids, then=None), default=F("collector_id"), output_field=BigIntegerField())
    rows = _led(actor, client_ids, day).exclude(done_at=None, case_id__in=since.fallen_case_ids)
    rows = rows.annotate(nobody=nobody, waits=waits, who=who)
    counted = rows.values("stage", "who", "nobody", "waits").annotate(items=Count("id"), done=Count("done_at"))
    return [
        WorkCount(row["stage"], row["who"], row["items"], row["done"], row["nobody"], row["waits"])
        for row in counted.order_by("stage", "who", "nobody", "waits")
    ]


def list_unreachable(
    actor: Actor, client_ids: Collection[int], at: datetime, after: tuple[date, int] | None, latest: int
) -> list[UnreachableRead]:
    """The cases that nobody can reach, the longest first, as a leader or an integrator sees them.

    ``after`` is the place in the list after which it begins. A number that has come since the day was filed takes its
    case off the list at once.
    """
    return boards.list_unreachable(actor, client_ids, at, after, latest)


def count_unreachable(actor: Actor, client_ids: Collection[int], at: datetime) -> int:
    """How many cases nobody can reach."""
    return boards.count_unreachable(actor, client_ids, at)


def is_unreachable(case_id: int) -> bool:
    """Whether the case's last day found no way to reach its customer."""
    return Unreachable.objects.filter(case_id=case_id, until_date=None).exists()


def _led(actor: Actor, client_ids: Collection[int], day: date) -> QuerySet[WorkItem]:
    """The day's work of the clients in the cases that the actor sees as a team leader."""
    seen = cases.in_scope(actor, Role.TEAM_LEADER)
    return WorkItem.objects.filter(client_id__in=client_ids, day=day, case_id__in=seen)


def look_ahead(case_ids: Collection[int], to_ids: Sequence[int], at: datetime) -> Preview:
    """What giving these cases to these collectors would come to; nothing is written."""
    return reassigning.look_ahead(case_ids, to_ids, at)


def list_reassignments(actor: Actor, first: int) -> list[ReassignmentRead]:
    """The latest reassignments, newest first, each with those of its cases that are the leader's."""
    seen = cases.in_scope(actor, Role.TEAM_LEADER)
    lines: dict[int, list[Move]] = {}
    ids = ReassignedCase.objects.filter(case_id__in=seen).values("reassignment_id")
    found = list(Reassignment.objects.filter(pk__in=ids).order_by("-pk")[:first])
    for row in ReassignedCase.objects.filter(reassignment__in=found, case_id__in=seen).order_by("case_id"):
        move = Move(row.case_id, row.from_id, row.to_id, row.undo_refused, False)
        lines.setdefault(row.reassignment_id, []).append(move)
    return [
        ReassignmentRead(each.pk, each.at, each.by, each.cause, each.undone_at, each.undone_by, tuple(lines[each.pk]))
        for each in found
    ]


def get_open_work_of_case(case_id: int) -> WorkRead | None:
    """The case's latest work item, while it is not done."""
    row = WorkItem.objects.filter(case_id=case_id).order_by("-day").first()
    return None if row is None or row.done_at is not None else _read(row)


def _read(row: WorkItem) -> WorkRead:
    return WorkRead(
        id=row.pk,
        day=row.day,
        client_id=row.client_id,
        team_id=row.team_id,
        case_id=row.case_id,
        collector_id=row.collector_id,
        cover_for_id=row.cover_for_id,
        assigned_cause=row.assigned_cause,
        uncovered_cause=row.uncovered_cause,
        position=row.position,
        order_reason=row.order_reason,
        lead_account_id=row.lead_account_id,
        stage=row.stage,
        step=row.step,
        action=row.action,
        channel=row.channel,
        skill=row.skill,
        strategy_id=row.strategy_id,
        strategy_version=row.strategy_version,
        due_at=row.due_at,
        owed=Money(row.owed_amount, row.currency),
        done_at=row.done_at,
        done_cause=row.done_cause,
    )
