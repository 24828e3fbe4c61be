"""An ordinary customer on an ordinary day, for the tests of the gate: each test says only what differs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tideover.core.clock.rules import instant
from tideover.core.policy import files
from tideover.core.policy.types import PolicyFile
from tideover.decide.gate import rulebook
from tideover.decide.gate.rulebook import Rulebook
from tideover.decide.gate.types import AttemptSeen, Circumstances, HoldSeen

SHANGHAI = "Asia/Shanghai"
MONDAY = date(2026, 10, 5)
NUMBER = 1


def shipped() -> list[PolicyFile]:
    """The rules as they ship."""
    library = files.open_library()
    return [*library.load("jurisdictions"), *library.load("coverage")]


def book() -> Rulebook:
    """The book of the rules as they ship."""
    return rulebook.make(shipped())


def at(clock: str, days: int = 0, zone: str = SHANGHAI) -> datetime:
    """A wall-clock time of that Monday, or so many days after it, where the customer lives."""
    return instant(MONDAY + timedelta(days=days), time.fromisoformat(clock), zone)


def call(clock: str, days: int = 0, result: str = "no-answer", number: int = NUMBER) -> AttemptSeen:
    """A call that was made to the person, by whomever."""
    return AttemptSeen(at(clock, days), "call", number, result)


def dispute(until: datetime) -> HoldSeen:
    """A hold for a dispute."""
    return HoldSeen("dispute", until)


def customer(**differs: Any) -> Circumstances:
    """A customer in Shanghai who owes, whose case is open, called by somebody certified."""
    ordinary: dict[str, Any] = {
        "channel": "call",
        "purpose": "collection",
        "country": "CN",
        "zone": SHANGHAI,
        "case_open": True,
        "owed": Decimal("1250.00"),
        "opted_out": False,
        "certified": True,
        "contact_point_id": NUMBER,
        "contact_point_usable": True,
        "contact_point_is_customers": True,
    }
    return Circumstances(**{**ordinary, **differs})
