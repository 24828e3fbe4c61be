"""Public reads of the snapshot: which files a day was decided on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tideover.core import store
from tideover.decide.snapshot.models import Snapshot
from tideover.decide.snapshot.types import NoSnapshot, SnapshotKind, SnapshotRead, Taken


def get_taken(client_id: int, day: date) -> Taken:
    """Both inputs of the client's day, their content checked; raises NoSnapshot, or what the store raises."""
    return Taken(
        account_day=_read(client_id, day, SnapshotKind.ACCOUNT_DAY),
        collector_day=_read(client_id, day, SnapshotKind.COLLECTOR_DAY),
    )


def path_of(digest: str) -> Path:
    """The file of this digest, its content checked; raises NoSnapshot, or what the store raises."""
    row = Snapshot.objects.filter(digest=digest).order_by("pk").first()
    if row is None:
        raise NoSnapshot(what=digest)
    return store.get(digest, store.folder_of(row.client_id, row.day))


def _read(client_id: int, day: date, kind: SnapshotKind) -> SnapshotRead:
    row = Snapshot.objects.filter(client_id=client_id, day=day, kind=kind).first()
    if row is None:
        raise NoSnapshot(what=f"{kind} {day.isoformat()}")
    return SnapshotRead(
        client_id=client_id,
        day=day,
        kind=kind,
        digest=row.digest,
        rows=row.rows,
        path=store.get(row.digest, store.folder_of(client_id, day)),
    )
