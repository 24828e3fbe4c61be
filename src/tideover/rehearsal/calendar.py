"""What is declared to happen in the demo, and when: data/demo_calendar.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True)
class GivenBatch:
    """One hand-over: its share of the loans, the days on which it begins and is over, and its terms."""

    number: str
    share: Decimal
    placed: int
    over: int
    target_share: Decimal
    commission: Decimal
    retain: Decimal


@dataclass(frozen=True)
class BadRow:
    """A cell that the lender writes wrong."""

    heading: str
    cell: str


@dataclass(frozen=True)
class Event:
    """Something that happens on a day of the demo, with what it needs to know."""

    day: int
    at: time
    what: str
    more: Mapping[str, Any]


@cache
def _declared() -> dict[str, Any]:
    return yaml.safe_load(resources.files("tideover.rehearsal").joinpath("data/demo_calendar.yaml").read_text("utf-8"))


def count_days() -> int:
    """How many days are replayed before the desk is handed over."""
    return _declared()["days"]


@cache
def list_batches() -> tuple[GivenBatch, ...]:
    """The hand-overs, in the order in which they come."""
    exact = ("share", "target_share", "commission", "retain")
    return tuple(
        GivenBatch(**{name: Decimal(value) if name in exact else value for name, value in each.items()})
        for each in _declared()["batches"]
    )


def get_batch(number: str) -> GivenBatch:
    """The hand-over of this number."""
    return next(each for each in list_batches() if each.number == number)


def count_shared_people() -> int:
    """How many of the lender's customers hold a card as well."""
    return _declared()["shared_people"]


def list_bad_rows() -> list[BadRow]:
    """What is written wrong in the first placement file."""
    return [BadRow(**each) for each in _declared()["bad_rows"]]


def share_of(name: str) -> Decimal:
    """One of the shares under ``money``."""
    return Decimal(_declared()["money"][name])


def list_rota() -> list[tuple[str, list[int]]]:
    """Whoever does not work every day, with the days of the week on which they do."""
    return [(each["who"], each["weekdays"]) for each in _declared()["rota"]]


@cache
def list_events(day: int) -> tuple[Event, ...]:
    """What happens on the n-th day, by the hour."""
    found = [
        Event(each["day"], time.fromisoformat(each["at"]), each["what"], _more(each))
        for each in _declared()["events"]
        if each["day"] == day
    ]
    return tuple(sorted(found, key=lambda event: event.at))


def _more(written: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in written.items() if name not in _KEYS}


_KEYS = ("day", "at", "what")
