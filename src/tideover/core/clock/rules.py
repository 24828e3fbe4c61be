"""Days and instants. Pure: the zone, the calendar and the instant are arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tideover.core.problem import Problem


class UnknownZone(Problem):
    """The name is not in the IANA time zone database."""

    code = "core.clock.unknown-zone"


class CalendarNotKnown(Problem):
    """Working days are asked for beyond the date until which they have been announced."""

    code = "core.clock.calendar-not-known"


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone; raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(zone=name) from None


def local_date(at: datetime, zone: str) -> date:
    """The calendar date of an instant where the zone's clocks are."""
    return at.astimezone(zone_of(zone)).date()


def local_time(at: datetime, zone: str) -> time:
    """The wall-clock time of an instant in the zone, without zone information."""
    return at.astimezone(zone_of(zone)).time()


def instant(day: date, at_time: time, zone: str) -> datetime:
    """The UTC instant of a wall-clock time on a date in the zone."""
    return datetime.combine(day, at_time, zone_of(zone)).astimezone(ZoneInfo("UTC"))


def start_of_day(day: date, zone: str) -> datetime:
    """The UTC instant at which the date begins in the zone."""
    return instant(day, time(0), zone)


def end_of_day(day: date, zone: str) -> datetime:
    """The UTC instant at which the next date begins in the zone; days are half-open."""
    return start_of_day(day + timedelta(days=1), zone)


@dataclass(frozen=True)
class Calendar:
    """Working days of a country as dated data.

    ``exceptions`` maps a date to whether it is worked: a public holiday is False, a swapped weekend True.
    Beyond ``known_until`` nothing has been announced, and asking raises CalendarNotKnown.
    """

    known_from: date
    known_until: date
    exceptions: Mapping[date, bool]

    def is_working_day(self, day: date) -> bool:
        if not self.known_from <= day <= self.known_until:
            raise CalendarNotKnown(day=day, known_from=self.known_from, known_until=self.known_until)
        return self.exceptions.get(day, day.weekday() < 5)

    def add_working_days(self, day: date, count: int) -> date:
        """The date that lies ``count`` working days after ``day`` (count of one or more)."""
        while count > 0:
            day += timedelta(days=1)
            if self.is_working_day(day):
                count -= 1
        return day
