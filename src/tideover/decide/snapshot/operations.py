"""Taking a day's snapshot: what the decision may look at, out of PostgreSQL into Parquet, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tideover.core import store
from tideover.core.access.types import Actor
from tideover.core.journal import operations as journal
from tideover.core.sql import duck, statistics
from tideover.core.sql import files as sql_files
from tideover.decide.snapshot import collector_columns, columns
from tideover.decide.snapshot.models import Snapshot
from tideover.decide.snapshot.queries import get_taken
from tideover.decide.snapshot.types import SnapshotKind, Taken

_PUBLISHED = ("gate_attempt", "outcomes_outcome", "arrangements_promise")
"""The tables under the published views that it reads: their statistics are taken, nothing more."""


def take(*, client_id: int, day: date, at: datetime, actor: Actor) -> Taken:
    """Keep one immutable row per account and per collector as they stand now, and return where they lie.

    A day's snapshot is taken once: another call returns what was taken. Everything that proposing, striking out and
    assigning may look at is in it; what is not in it cannot have decided.
    """
    with transaction.atomic():
        if Snapshot.objects.filter(client_id=client_id, day=day).exists():
            return get_taken(client_id, day)
        statistics.expect_large_sets()
        statistics.take(*sql_files.load(__package__, "account_day").reads, *_PUBLISHED)
        params = {"client_id": client_id, "day": day, "at": at}
        with store.aside() as folder:
            taken = {
                SnapshotKind.ACCOUNT_DAY: _copy_out("account_day", columns.PARQUET, params, folder),
                SnapshotKind.COLLECTOR_DAY: _copy_out("collector_day", collector_columns.PARQUET, params, folder),
            }
            for kind, (path, rows) in taken.items():
                kept = store.keep(path, store.folder_of(client_id, day))
                Snapshot.objects.create(
                    client_id=client_id, day=day, kind=kind, digest=kept.digest, rows=rows, taken_at=at
                )
                journal.append(
                    chain=journal.INSTALLATION,
                    kind="snapshot-taken",
                    room="snapshot",
                    at=at,
                    actor=actor,
                    body={"client_id": client_id, "day": day, "kind": kind, "digest": kept.digest, "rows": rows},
                )
        return get_taken(client_id, day)


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
    types = {column: kind.removesuffix("[]") for column, kind in listed}
    selected = ", ".join(
        f"list_filter(string_split(coalesce({column}, ''), '|'), lambda each: each <> '') AS {column}"
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
