"""Public reads of the snapshot: which files a day was decided on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tideover.core import store, words
from tideover.decide.snapshot.models import Snapshot
from tideover.decide.snapshot.policy_schema import UNKNOWN
from tideover.decide.snapshot.types import NoSnapshot, SnapshotKind, SnapshotRead, Taken


def get_taken(client_id: int, day: date) -> Taken:
    """The inputs of the client's day, their content checked; raises NoSnapshot, or what the store raises."""
    kinds = set(Snapshot.objects.filter(client_id=client_id, day=day).values_list("kind", flat=True))
    has_collectors = SnapshotKind.COLLECTOR_DAY in kinds
    return Taken(
        account_day=_read(client_id, day, SnapshotKind.ACCOUNT_DAY),
        collector_day=_read(client_id, day, SnapshotKind.COLLECTOR_DAY) if has_collectors else None,
    )


def get_collectors(client_id: int, day: date) -> SnapshotRead:
    """The collectors to whom the client's day was assigned; raises NoSnapshot, or what the store raises."""
    return _read(client_id, day, SnapshotKind.COLLECTOR_DAY)


def path_of(digest: str) -> Path:
    """The file of this digest, its content checked; raises NoSnapshot, or what the store raises."""
    row = Snapshot.objects.filter(digest=digest).order_by("pk").first()
    if row is None:
        raise NoSnapshot(what=digest)
    return store.get(digest, store.folder_of(row.client_id, row.day))


def say_grade(facts: Mapping[str, Any], language: str) -> str:
    """What came of the client's accounts on the path of this one (a row of ``account_day``), in words."""
    grade, count = facts["grade"], facts["roll_accounts_count"]
    if grade == UNKNOWN:
        return words.render("snapshot.grade.unknown", language, count=count)
    share = f"{(facts['roll_share'] * 100).quantize(Decimal(1))} %"
    return words.render(
        "snapshot.grade.known",
        language,
        count=count,
        path=facts["roll_path"],
        share=share.replace(" ", "") if words.normal_language(language) != "en" else share,
        grade=words.render(f"snapshot.grade.{grade}", language),
    )


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
