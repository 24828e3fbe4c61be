"""What a leader's boards count and list: the day by batch, what is late and why. Through ``queries``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection

from tideover.core.access.types import Actor, Role
from tideover.core.sql import files as sql_files
from tideover.decide.assignment.types import BatchCount, LateRead, SinceMorning, UnreachableRead
from tideover.know.cases import queries as cases


def count_by_batch(
    actor: Actor, client_id: int, day: date, waiting: Collection[str], since: SinceMorning
) -> list[BatchCount]:
    """The day's work of a leader's cases by batch, the batch that ends first coming first."""
    text, params = _seen("count_by_batch", actor)
    text = text.replace("JOIN in_batches AS", f"JOIN ({_batch_of_items()}) AS")
    asked = {"of_client": client_id, "day": day, "days": [day], "waiting": list(waiting)}
    changed = {"fallen": sorted(since.fallen_case_ids), "lapsed": since.lapsed_ids}
    return [BatchCount(*row) for row in _rows(text, {**params, **asked, **changed})]


def list_items_of_batch(batch_id: int, days: Collection[date]) -> list[int]:
    """The work items of these days whose leading account lies in the batch."""
    text = f"SELECT placed.item_id FROM ({_batch_of_items()}) AS placed WHERE placed.batch_id = %(batch_id)s"
    return [row[0] for row in _rows(text, {"batch_id": batch_id, "days": list(days)})]


def _batch_of_items() -> str:
    return sql_files.load(__package__, "batch_of_items").text


def list_unreachable(
    actor: Actor, client_ids: Collection[int], at: datetime, after: tuple[date, int] | None, latest: int
) -> list[UnreachableRead]:
    """The cases that nobody can reach, the longest first, from after a place in the list."""
    text, params = _unreachable(actor, client_ids, at)
    if after is not None:
        text = f"SELECT * FROM ({text}) AS listed WHERE (since_date, case_id) > (%(after_date)s, %(after_id)s)"
        params |= {"after_date": after[0], "after_id": after[1]}
    rows = _rows(f"{text} ORDER BY since_date, case_id LIMIT %(latest)s", {**params, "latest": latest})
    return [UnreachableRead(*row) for row in rows]


def count_unreachable(actor: Actor, client_ids: Collection[int], at: datetime) -> int:
    """How many cases nobody can reach."""
    text, params = _unreachable(actor, client_ids, at)
    return int(_rows(f"SELECT count(*) FROM ({text}) AS listed", params)[0][0])


def _unreachable(actor: Actor, client_ids: Collection[int], at: datetime) -> tuple[str, dict[str, Any]]:
    seen, params = cases.relation_in_scope(actor, Role.TEAM_LEADER, Role.INTEGRATOR)
    text = sql_files.load(__package__, "unreachable").text.replace("FROM in_scope AS", f"FROM ({seen}) AS")
    return text, {**params, "of_clients": list(client_ids), "at": at}


def list_late(
    actor: Actor, client_ids: Collection[int], why: str, after: tuple[date, int] | None, latest: int
) -> list[LateRead]:
    """A leader's cases that are past a deadline, the longest late first, from after a place in the list."""
    text, params = _seen("late", actor)
    narrowed = f"SELECT late.* FROM ({text}) AS late WHERE (%(why)s = '' OR late.why = %(why)s)"
    if after is not None:
        narrowed += " AND (late.late_since_date, late.case_id) > (%(after_date)s, %(after_id)s)"
    narrowed += " ORDER BY late.late_since_date, late.case_id LIMIT %(latest)s"
    asked = {"of_clients": list(client_ids), "why": why, "latest": latest}
    if after is not None:
        asked |= {"after_date": after[0], "after_id": after[1]}
    return [LateRead(*row) for row in _rows(narrowed, {**params, **asked})]


def count_late(actor: Actor, client_ids: Collection[int]) -> dict[str, int]:
    """How many of a leader's cases are past a deadline, by why; the commonest first."""
    text, params = _seen("late", actor)
    counted = f"SELECT late.why, count(*) FROM ({text}) AS late GROUP BY late.why ORDER BY count(*) DESC, late.why"
    return dict(_rows(counted, {**params, "of_clients": list(client_ids)}))


def _seen(name: str, actor: Actor) -> tuple[str, dict[str, Any]]:
    seen, params = cases.relation_in_scope(actor, Role.TEAM_LEADER)
    return sql_files.load(__package__, name).text.replace("FROM in_scope AS", f"FROM ({seen}) AS"), params


def _rows(text: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()
