"""Public reads of work: a collector's list, what comes next, and who may work a case."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import BooleanField, Case, Count, F, When

from tideover.core.access.types import Role
from tideover.core.money import Money
from tideover.decide.assignment.models import WorkItem
from tideover.decide.assignment.types import UnknownWork, WorkCount, WorkRead
from tideover.know.cases import queries as cases
from tideover.know.staff import queries as staff


def may_work(user_id: int, case_id: int, at: datetime) -> bool:
    """Whether the user may work the case: its owner, who covers it that day, or a leader of the client's team.

    Whoever is not active, or in no team of the client, may not.
    """
    case = cases.get_owner(case_id)
    actor = staff.get_actor(user_id)
    if case.client_id not in actor.client_ids:
        return False
    if Role.TEAM_LEADER in actor.roles:
        return True
    if Role.COLLECTOR not in actor.roles:
        return False
    if case.collector_id == user_id:
        return True
    latest = WorkItem.objects.filter(case_id=case_id).order_by("-day").first()
    return latest is not None and latest.done_at is None and latest.collector_id == user_id


def may_read(user_id: int, case_id: int, at: datetime) -> bool:
    """Whether the user may see the case: whoever may work it, and whose work it was last, done or not."""
    if may_work(user_id, case_id, at):
        return True
    actor = staff.get_actor(user_id)
    if Role.COLLECTOR not in actor.roles or cases.get_owner(case_id).client_id not in actor.client_ids:
        return False
    latest = WorkItem.objects.filter(case_id=case_id).order_by("-day").first()
    return latest is not None and latest.collector_id == user_id


def list_work(collector_id: int, day: date) -> list[WorkRead]:
    """The collector's work items of the day, in their order."""
    rows = WorkItem.objects.filter(collector_id=collector_id, day=day).order_by("position", "client_id", "id")
    return [_read(row) for row in rows]


def list_open_work(collector_id: int) -> list[WorkRead]:
    """The collector's work items that are not done, of every client's open day, in their order."""
    rows = WorkItem.objects.filter(collector_id=collector_id, done_at=None)
    return [_read(row) for row in rows.order_by("day", "position", "client_id", "id")]


def next_work(collector_id: int, day: date, after: int | None) -> WorkRead | None:
    """The first item that is not done after the position, else the first that is left; None when all is done."""
    left = WorkItem.objects.filter(collector_id=collector_id, day=day, done_at=None)
    left = left.order_by(F("position").asc(nulls_last=True), "client_id", "id")
    row = (left.filter(position__gt=after).first() if after is not None else None) or left.first()
    return None if row is None else _read(row)


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


def list_uncovered(client_ids: Collection[int], day: date) -> list[WorkRead]:
    """The day's work items of the clients that nobody does, by stage and case."""
    rows = WorkItem.objects.filter(client_id__in=client_ids, day=day).exclude(uncovered_cause=None)
    return [_read(row) for row in rows.order_by("stage", "case_id")]


def list_reviews(client_ids: Collection[int], day: date) -> list[WorkRead]:
    """The day's reviews of the clients, which are a leader's work."""
    rows = WorkItem.objects.filter(client_id__in=client_ids, day=day, action="review")
    return [_read(row) for row in rows.order_by("case_id")]


def list_work_of_stage(client_ids: Collection[int], day: date, stage: str, first: int) -> list[WorkRead]:
    """The day's work of the clients on a stage, what is not done first; at most ``first`` items."""
    rows = WorkItem.objects.filter(client_id__in=client_ids, day=day, stage=stage)
    return [_read(row) for row in rows.order_by(F("done_at").asc(nulls_first=True), "position", "case_id")[:first]]


def count_work(client_ids: Collection[int], day: date) -> list[WorkCount]:
    """The day's work of the clients by stage and collector, and how much of it is done: for the day board."""
    nobody = Case(When(uncovered_cause=None, then=False), default=True, output_field=BooleanField())
    rows = WorkItem.objects.filter(client_id__in=client_ids, day=day).annotate(nobody=nobody)
    counted = rows.values("stage", "collector_id", "nobody").annotate(items=Count("id"), done=Count("done_at"))
    return [
        WorkCount(row["stage"], row["collector_id"], row["items"], row["done"], row["nobody"])
        for row in counted.order_by("stage", "collector_id", "nobody")
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
