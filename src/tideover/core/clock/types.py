from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class ClockReading:
    """The installation's time. ``offset`` is zero when it is the real one; ``waiting`` when it stands still."""

    at: datetime
    offset: timedelta
    waiting: bool
    waits_until_at: datetime | None

    @property
    def is_moved(self) -> bool:
        return self.offset != timedelta(0)
