"""A day is a date where the customer is, and a working day is one that has been announced."""

from datetime import UTC, date, datetime

import pytest

from tideover.core.clock.rules import Calendar, CalendarNotKnown, UnknownZone, end_of_day, local_date, start_of_day

NATIONAL_DAY = Calendar(
    known_from=date(2026, 1, 1),
    known_until=date(2026, 12, 31),
    exceptions={date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True},
)


def test_late_evening_in_london_is_already_tomorrow_in_shanghai() -> None:
    assert local_date(datetime(2026, 10, 1, 16, tzinfo=UTC), "Asia/Shanghai") == date(2026, 10, 2)
    assert local_date(datetime(2026, 10, 1, 15, 59, tzinfo=UTC), "Asia/Shanghai") == date(2026, 10, 1)


def test_a_day_is_half_open_and_has_23_hours_when_the_clocks_go_forward() -> None:
    day = date(2026, 3, 8)
    hours = (end_of_day(day, "America/New_York") - start_of_day(day, "America/New_York")).total_seconds() / 3600
    assert hours == 23


def test_a_swapped_saturday_is_worked_and_a_holiday_is_not() -> None:
    assert NATIONAL_DAY.is_working_day(date(2026, 10, 10))
    assert not NATIONAL_DAY.is_working_day(date(2026, 10, 5))
    assert NATIONAL_DAY.add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)


def test_beyond_what_was_announced_nobody_guesses() -> None:
    with pytest.raises(CalendarNotKnown):
        NATIONAL_DAY.is_working_day(date(2027, 1, 1))


def test_a_zone_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(UnknownZone):
        start_of_day(date(2026, 1, 1), "Asia/Nowhere")
