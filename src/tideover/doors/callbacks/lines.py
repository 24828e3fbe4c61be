"""Where a telephone line's events come in. Thin: it names the operation, and adds no rule."""

from __future__ import annotations

from datetime import datetime

from tideover.act.outcomes import operations as outcomes


def line_event(call_id: int, event: str, at: datetime, cause: str | None = None, seconds: int | None = None) -> None:
    """Take ``dialled``, ``answered`` or ``ended`` from a line. The same event may come twice, and late."""
    outcomes.record_line_event(call_id=call_id, event=event, at=at, cause=cause, seconds=seconds)
