"""What crosses the threshold of the snapshot: a day's inputs, each named by its digest."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tideover.core.problem import Problem


class SnapshotKind(enum.StrEnum):
    """What a day's decision may look at, beside the policies."""

    ACCOUNT_DAY = "account-day"
    COLLECTOR_DAY = "collector-day"


@dataclass(frozen=True)
class SnapshotRead:
    """One kept input of a client's day."""

    client_id: int
    day: date
    kind: SnapshotKind
    digest: str
    rows: int
    path: Path


@dataclass(frozen=True)
class Taken:
    """A day's inputs: one row an account, and one row a collector once the pool is assigned."""

    account_day: SnapshotRead
    collector_day: SnapshotRead | None


class NoSnapshot(Problem):
    """No snapshot was taken of that client's day."""

    code = "snapshot.none"
