"""The kind ``calendars``: which days are worked, as far as that has been announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tideover.core.clock.rules import Calendar
from tideover.core.policy import schema
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import PolicyFile


@dataclass(frozen=True)
class CalendarFile:
    """A country's working days: the ordinary week with its announced exceptions."""

    known_from: date
    known_until: date
    rest_days: tuple[date, ...]
    swapped_workdays: tuple[date, ...]
    line: int

    @property
    def calendar(self) -> Calendar:
        """The calendar that ``clock.rules`` counts with."""
        exceptions = dict.fromkeys(self.rest_days, False) | dict.fromkeys(self.swapped_workdays, True)
        return Calendar(self.known_from, self.known_until, exceptions)


@dataclass(frozen=True)
class CalendarExample:
    """A date, and whether it is worked: ``working``, ``rest`` or ``not-known``."""

    case: dict[str, str]
    day: date
    expect: str


def _finish(data: CalendarFile, reading: Reading) -> Any:
    if both := set(data.rest_days) & set(data.swapped_workdays):
        reading.fault("calendar-both", data.line, day=min(both).isoformat())
    for day in (*data.rest_days, *data.swapped_workdays):
        if not data.known_from <= day <= data.known_until:
            reading.fault("calendar-outside", data.line, day=day.isoformat())
    return data


def _run(file: PolicyFile, example: CalendarExample) -> tuple[str, dict[str, Any]] | None:
    data: CalendarFile = file.data
    if not data.known_from <= example.day <= data.known_until:
        got = "not-known"
    else:
        got = "working" if data.calendar.is_working_day(example.day) else "rest"
    if got == example.expect:
        return None
    return "example-differs", {"expected": example.expect, "got": got, "where": example.day.isoformat()}


KIND = PolicyKind(
    name="calendars",
    pattern="calendars/*.yaml",
    record=schema.Record(
        CalendarFile,
        {
            "known_from": schema.Date(),
            "known_until": schema.Date(),
            "rest_days": schema.ListOf(schema.Date()),
            "swapped_workdays": schema.ListOf(schema.Date()),
        },
    ),
    finish=_finish,
    example=schema.Record(
        CalendarExample,
        {
            "case": schema.Bilingual(),
            "day": schema.Date(),
            "expect": schema.Choice(("working", "rest", "not-known")),
        },
    ),
    run_example=_run,
)
