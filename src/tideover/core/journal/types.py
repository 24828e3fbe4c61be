from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class Acts(Protocol):
    """Whoever a fact is written for; the journal keeps the name by which they sign, no more."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class FactRead:
    """One journal entry as others see it; ``body`` is the stored JSON."""

    id: int
    chain: int
    sequence: int
    kind: str
    room: str
    at: datetime
    actor: str
    body: dict[str, Any]
    digest: str


@dataclass(frozen=True)
class BrokenLink:
    """The first place at which a chain no longer follows from what was written."""

    chain: int
    sequence: int


@dataclass(frozen=True)
class Verification:
    """What recomputing the whole journal found."""

    facts: int
    chains: int
    broken: tuple[BrokenLink, ...]

    @property
    def holds(self) -> bool:
        return not self.broken
