"""Moving the clock: only a rehearsal does; a production installation has no offset row."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from tideover.core.clock.models import ClockOffset
from tideover.core.clock.queries import real_now


def set_instant(*, at: datetime, waits_until_at: datetime | None = None) -> None:
    """Make the installation's time ``at`` from now on; it ticks, and stops at ``waits_until_at`` if given."""
    real = real_now()
    ClockOffset.objects.update_or_create(
        id=1,
        defaults={
            "offset_seconds": Decimal(str((at - real).total_seconds())),
            "waits_until_at": waits_until_at,
            "set_at": real,
        },
    )
