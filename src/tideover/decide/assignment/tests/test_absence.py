"""A collector is away: what was agreed for today is covered, the rest waits, and nobody loses a case by it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tideover.decide.assignment.tests.night import CLIENT, DAY, Night

OTHER_CLIENT = CLIENT + 1


@pytest.fixture
def night(tmp_path: Path) -> Night:
    night = Night(tmp_path)
    night.collector(1, is_present=False)
    night.collector(2)
    return night


def test_call_backs_and_promises_of_today_are_covered_and_stay_the_owner_s(night: Night) -> None:
    night.account(10, 100, collector_id=1, call_back_at=datetime(2026, 10, 5, 3, tzinfo=UTC))
    night.account(11, 101, collector_id=1, promise_due_date=DAY)
    night.account(12, 102, collector_id=1, promise_broken=True)
    for item in night.work().values():
        assert (item["collector_id"], item["cover_for_id"], item["owner_id"]) == (2, 1, 1)
        assert item["assigned_cause"] == "cover" and item["uncovered_cause"] is None


def test_what_was_not_agreed_for_today_waits_with_its_reason(night: Night) -> None:
    night.account(10, 100, collector_id=1, stage_late=True)
    night.account(11, 101, collector_id=1, promise_due_date=date(2026, 10, 9))
    for item in night.work().values():
        assert (item["collector_id"], item["uncovered_cause"], item["position"]) == (None, "owner-absent", None)


def test_whoever_is_away_is_given_nothing_new(night: Night) -> None:
    night.account(10, 100)
    assert night.work()[100]["collector_id"] == 2


def test_cover_needs_the_certificate_and_the_language_and_room_in_the_day_but_owns_no_case(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.collector(1, is_present=False, skills=["early", "final"])
    night.collector(2, cases_left=0, takes_new_cases=False, work_items_left=1)
    night.account(10, 100, collector_id=1, promise_due_date=DAY)
    night.account(11, 101, collector_id=1, promise_broken=True)
    night.account(12, 102, collector_id=1, promise_due_date=DAY, stage="final-notice")
    night.account(13, 103, collector_id=1, promise_due_date=DAY, language="en")
    work = night.work()
    assert (work[101]["collector_id"], work[101]["position"]) == (2, 1), "the more urgent of two takes the only place"
    assert {work[case]["uncovered_cause"] for case in (100, 102, 103)} == {"no-cover"}


def test_cover_goes_before_what_is_less_urgent_on_the_list_of_whoever_covers(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.collector(1, is_present=False)
    night.collector(2, work_items_left=1)
    night.account(10, 100, collector_id=1, promise_due_date=DAY)
    night.account(11, 101, collector_id=2)
    work = night.work()
    assert work[100]["collector_id"] == 2
    assert (work[101]["collector_id"], work[101]["uncovered_cause"]) == (None, "not-reached")


def test_an_owner_whose_certificate_ended_loses_the_case_also_while_away(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.collector(1, is_present=False, skills=[])
    night.collector(2)
    night.account(10, 100, collector_id=1, promise_due_date=DAY)
    assert (night.work()[100]["collector_id"], night.work()[100]["assigned_cause"]) == (2, "certificate-ended")


def test_nobody_is_given_work_of_a_lender_that_their_team_does_not_work_for(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.collector(1, client_ids=[OTHER_CLIENT])
    night.account(10, 100, collector_id=1)
    night.account(11, 101)
    for item in night.work().values():
        assert (item["collector_id"], item["uncovered_cause"]) == (None, "no-certificate")


def test_whoever_is_complained_of_keeps_off_and_somebody_else_works_the_case(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.collector(1)
    night.collector(2)
    night.account(10, 100, collector_id=1, collector_complained_of=True)
    night.account(11, 101, collector_id=1)
    work = night.work()
    assert (work[100]["collector_id"], work[100]["cover_for_id"], work[100]["owner_id"]) == (2, 1, 1)
    assert (work[101]["collector_id"], work[101]["cover_for_id"]) == (1, None)


def test_where_nobody_else_is_there_a_case_that_is_complained_of_stays_uncovered(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.collector(1)
    night.account(10, 100, collector_id=1, collector_complained_of=True)
    assert (night.work()[100]["collector_id"], night.work()[100]["uncovered_cause"]) == (None, "no-cover")
