"""One part of a benchmark, measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    """One part: what it took, what its bare counterpart took in the same run, and of what that consists."""

    part: str
    seconds: float
    bare_seconds: float | None
    counterpart: str
    rows: int

    @property
    def ratio(self) -> float | None:
        """How many times the bare counterpart."""
        return None if not self.bare_seconds else self.seconds / self.bare_seconds

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}
