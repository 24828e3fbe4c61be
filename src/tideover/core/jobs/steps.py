"""Running a named sequence of steps for a key: once, in order, resumable after a kill at any point."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from tideover.core.clock.queries import real_now
from tideover.core.jobs.models import StepRun

DEADLOCKS_MAX = 3
"""So often a step begins anew when the database has chosen it to give way to somebody's single act."""

Progress = Callable[["StepResult"], None]


@dataclass(frozen=True)
class Step:
    """A named act that is idempotent for the sequence's key; it returns counts for the summary."""

    name: str
    act: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class StepResult:
    """What a step came to, and whether it was done now or stood already."""

    name: str
    position: int
    of: int
    result: dict[str, Any]
    seconds: Decimal
    was_done: bool


def run(
    *,
    sequence: str,
    key: str,
    steps: Sequence[Step],
    progress: Progress | None = None,
    position: int = 1,
    of: int | None = None,
) -> list[StepResult]:
    """Run the steps that are not yet done, in order, and return all results.

    Two processes on one key take turns: the second waits, then finds the steps done. A step and its being done are
    one transaction; what it leaves outside the database (a Parquet file under its digest) is written anew when it
    runs again. Where the steps are a part of a longer way, ``position`` is that of the first, ``of`` how many in all.
    """
    last = of if of is not None else position + len(steps) - 1
    with turn(f"{sequence}:{key}"):
        return [_run_one(sequence, key, each, place, last, progress) for place, each in enumerate(steps, position)]


@contextmanager
def turn(name: str) -> Iterator[None]:
    """One process at a time by this name. It is a session lock, so it is free again when its holder is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _run_one(sequence: str, key: str, step: Step, position: int, of: int, progress: Progress | None) -> StepResult:
    row, _ = StepRun.objects.get_or_create(
        sequence=sequence,
        key=key,
        step=step.name,
        defaults={"position": position, "started_at": real_now()},
    )
    was_done = row.done_at is not None
    if not was_done:
        _do(row, step)
    result = StepResult(step.name, position, of, row.result, row.seconds or Decimal(0), was_done)
    if progress is not None:
        progress(result)
    return result


def _do(row: StepRun, step: Step) -> None:
    """The step and its being done in one transaction, again where it had to give way."""
    for attempt in range(1, DEADLOCKS_MAX + 1):
        started = time.perf_counter()
        try:
            with transaction.atomic():
                row.result = step.act()
                row.seconds = Decimal(str(round(time.perf_counter() - started, 3)))
                row.done_at = real_now()
                row.save(update_fields=["result", "done_at", "seconds"])
            return
        except OperationalError as error:
            gave_way = isinstance(error.__cause__, DeadlockDetected)
            if not gave_way or connection.in_atomic_block or attempt == DEADLOCKS_MAX:
                raise


def list_done(sequence: str, key: str) -> dict[str, dict[str, Any]]:
    """The results of the steps that are done, by name."""
    rows = StepRun.objects.filter(sequence=sequence, key=key, done_at__isnull=False)
    return {row.step: row.result for row in rows}


def has_begun(sequence: str, key: str) -> bool:
    """Whether any step of the sequence was begun for the key."""
    return StepRun.objects.filter(sequence=sequence, key=key).exists()
