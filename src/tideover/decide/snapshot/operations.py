"""Taking a day's snapshot: what the decision may look at, out of PostgreSQL into Parquet, once."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tideover.core import store
from tideover.core.access.types import Actor
from tideover.core.journal import operations as journal
from tideover.core.policy import queries as policy
from tideover.core.sql import duck, statistics
from tideover.core.sql import files as sql_files
from tideover.decide.snapshot import collector_columns, columns
from tideover.decide.snapshot.models import Snapshot
from tideover.decide.snapshot.policy_schema import Grades
from tideover.decide.snapshot.queries import get_collectors, get_taken
from tideover.decide.snapshot.types import SnapshotKind, Taken

GRADES_ID = "grades.roll"

_PUBLISHED = ("gate_attempt", "outcomes_outcome", "arrangements_promise")
"""The tables under the published views that it reads: their statistics are taken, nothing more."""


def take(*, client_id: int, day: date, at: datetime, actor: Actor) -> Taken:
    """Keep one immutable row per account as they stand now, and return where they lie.

    A day's accounts are taken once: another call returns what was taken. With the collectors of the pool it is
    everything that proposing, striking out and assigning may look at; what is not in it cannot have decided.
    """
    with transaction.atomic():
        if not Snapshot.objects.filter(client_id=client_id, day=day, kind=SnapshotKind.ACCOUNT_DAY).exists():
            statistics.expect_large_sets()
            statistics.take(*sql_files.load(__package__, "account_day").reads, *_PUBLISHED)
            params = {"client_id": client_id, "day": day, "at": at, **_grade_params()}
            with store.aside() as folder:
                path, rows = _copy_out("account_day", columns.PARQUET, params, folder)
                _keep(SnapshotKind.ACCOUNT_DAY, path, rows, client_id, day, at, actor)
        return get_taken(client_id, day)


def take_collectors(*, client_ids: Collection[int], day: date, at: datetime, actor: Actor) -> Path:
    """Keep one row per collector who may be given work of these clients, and return where it lies.

    The same file is kept with each of the clients: what their day was decided on lies in one folder. It is taken by
    each assigning anew: a client that is assigned later the same day finds the room that is left.
    """
    with transaction.atomic(), store.aside() as folder:
        params = {"client_ids": sorted(client_ids), "day": day, "at": at}
        path, rows = _copy_out("collector_day", collector_columns.PARQUET, params, folder)
        for client_id in sorted(client_ids):
            own = folder / f"collector_day-{client_id}.parquet"
            shutil.copyfile(path, own)
            _keep(SnapshotKind.COLLECTOR_DAY, own, rows, client_id, day, at, actor)
    return get_collectors(min(client_ids), day).path


def _grade_params() -> dict[str, Any]:
    """The grades as the statement takes them: from which share on each holds, the lowest first."""
    grades: Grades = policy.get("grade", GRADES_ID).data
    return {
        "grade_accounts_min": grades.accounts_count_min,
        "grade_names": [each.name for each in grades.grades],
        "grade_shares": [each.from_share for each in grades.grades],
    }


def _keep(kind: SnapshotKind, path: Path, rows: int, client_id: int, day: date, at: datetime, actor: Actor) -> None:
    kept = store.keep(path, store.folder_of(client_id, day))
    taken = {"digest": kept.digest, "rows": rows, "taken_at": at}
    Snapshot.objects.update_or_create(client_id=client_id, day=day, kind=kind, defaults=taken)
    journal.append(
        chain=journal.INSTALLATION,
        kind="snapshot-taken",
        room="snapshot",
        at=at,
        actor=actor,
        body={"client_id": client_id, "day": day, "kind": kind, "digest": kept.digest, "rows": rows},
    )


def _copy_out(name: str, listed: Sequence[tuple[str, str]], params: dict[str, Any], folder: Path) -> tuple[Path, int]:
    """Stream the rows of an SQL file out of PostgreSQL and write them typed, in the order of their key."""
    text, target = folder / f"{name}.csv", folder / f"{name}.parquet"
    with (
        connection.cursor() as cursor,
        text.open("wb") as file,
        cursor.copy(f"COPY ({sql_files.load(__package__, name).text}) TO STDOUT (FORMAT csv)", params) as copy,
    ):
        for piece in copy:
            file.write(piece)
    types = {column: "VARCHAR" if kind.endswith("[]") else kind for column, kind in listed}
    selected = ", ".join(
        f"CAST(list_filter(string_split(coalesce({column}, ''), '|'), lambda each: each <> '') AS {kind}) AS {column}"
        if kind.endswith("[]")
        else column
        for column, kind in listed
    )
    key = listed[0][0]
    with duck.connect() as writing:
        rows = duck.write_parquet(
            writing, f"SELECT {selected} FROM {duck.csv_relation(text, types)} ORDER BY {key}", target
        )
    return target, rows
