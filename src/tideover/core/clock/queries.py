"""What time it is. Only doors, jobs and the rehearsal ask; everything below takes the instant as an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tideover.core.clock.models import ClockOffset
from tideover.core.clock.types import ClockReading


def real_now() -> datetime:
    """The machine's own clock, in UTC; for leases, timeouts and the second stamp on a fact."""
    return datetime.now(UTC)


def read() -> ClockReading:
    """The installation's time with its offset from the real clock."""
    real = real_now()
    row = ClockOffset.objects.filter(id=1).first()
    if row is None:
        return ClockReading(at=real, offset=timedelta(0), waiting=False, waits_until_at=None)
    at = real + timedelta(seconds=float(row.offset_seconds))
    waiting = row.waits_until_at is not None and at >= row.waits_until_at
    if waiting and row.waits_until_at is not None:
        at = row.waits_until_at
    return ClockReading(at=at, offset=at - real, waiting=waiting, waits_until_at=row.waits_until_at)


def now() -> datetime:
    """The installation's time, in UTC."""
    return read().at
