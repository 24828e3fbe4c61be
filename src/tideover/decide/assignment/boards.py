"""What a leader's boards count and list: the day by batch, what is late and why. Through ``queries``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from tideover.core.access.types import Actor, Role
from tideover.core.sql import files as sql_files
from tideover.decide.assignment.types import BatchCount, LateRead
from tideover.know.cases import queries as cases


def count_by_batch(actor: Actor, client_id: int, day: date, waiting: Collection[str]) -> list[BatchCount]:
    """The day's work of a leader's cases by batch, the batch that ends first coming first."""
    text, params = _seen("count_by_batch", actor)
    rows = _rows(text, {**params, "of_client": client_id, "day": day, "waiting": list(waiting)})
    return [BatchCount(*row) for row in rows]


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
