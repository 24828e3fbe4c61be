"""The night's assigning, told as a collections manager would."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tideover.decide.assignment.tests.night import Night


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def test_a_case_stays_with_its_collector(night: Night) -> None:
    night.collector(1)
    night.collector(2)
    night.account(10, 100, collector_id=2)
    assert night.work()[100]["collector_id"] == 2
    assert night.work()[100]["assigned_cause"] == "kept"


def test_all_accounts_of_a_case_are_one_work_item_and_the_furthest_up_the_ladder_leads(night: Night) -> None:
    night.collector(1, skills=["early", "final"])
    night.account(10, 100, stage="first-contact", dpd=90)
    night.account(11, 100, stage="continued-follow-up", dpd=40)
    night.account(12, 100, stage="continued-follow-up", dpd=60)
    work = night.work()
    assert list(work) == [100]
    assert work[100]["lead_account_id"] == 12


def test_an_account_that_was_struck_out_does_not_lead(night: Night) -> None:
    night.collector(1)
    night.account(10, 100, stage="first-contact")
    night.account(11, 100, stage="continued-follow-up")
    night.struck = [11]
    assert night.work()[100]["lead_account_id"] == 10


def test_a_case_whose_accounts_are_all_struck_out_or_left_alone_is_no_work(night: Night) -> None:
    night.collector(1)
    night.account(10, 100)
    night.account(11, 101, proposal={"action": "leave-alone"})
    night.struck = [10]
    assert night.work() == {}


def test_nobody_works_a_stage_without_its_certificate(night: Night) -> None:
    night.collector(1)
    night.account(10, 100, stage="final-notice", collector_id=1)
    item = night.work()[100]
    assert item["collector_id"] is None
    assert item["uncovered_cause"] == "no-certificate"


def test_a_case_moves_to_somebody_certified_when_its_collector_is_not(night: Night) -> None:
    night.collector(1)
    night.collector(2, skills=["final"])
    night.account(10, 100, stage="final-notice", collector_id=1)
    item = night.work()[100]
    assert (item["collector_id"], item["assigned_cause"]) == (2, "certificate-ended")


def test_a_case_whose_collector_has_left_goes_to_another(night: Night) -> None:
    night.collector(2)
    night.account(10, 100, collector_id=1)
    item = night.work()[100]
    assert (item["collector_id"], item["assigned_cause"]) == (2, "collector-left")


def test_a_customer_is_given_to_somebody_who_speaks_the_language(night: Night) -> None:
    night.collector(1)
    night.collector(2, languages=["en"])
    night.account(10, 100, language="en")
    night.account(11, 101, language="fr")
    work = night.work()
    assert work[100]["collector_id"] == 2
    assert work[101]["uncovered_cause"] == "no-language"


def test_new_cases_are_spread_so_that_days_become_even(night: Night) -> None:
    for user in (1, 2, 3):
        night.collector(user)
    for number in range(30):
        night.account(number, 1000 + number, collector_id=1 if number < 6 else None)
    loads = Counter(item["collector_id"] for item in night.work().values())
    assert loads == {1: 10, 2: 10, 3: 10}


def test_ceilings_of_the_day_and_of_cases_hold_and_the_rest_is_uncovered(night: Night) -> None:
    night.collector(1, work_items_left=3)
    night.collector(2, cases_left=2)
    night.collector(3, takes_new_cases=False)
    for number in range(10):
        night.account(number, 1000 + number)
    work = night.work()
    assert Counter(item["collector_id"] for item in work.values()) == {1: 3, 2: 2, None: 5}
    assert {item["uncovered_cause"] for item in work.values() if item["collector_id"] is None} == {"no-capacity"}


def test_an_owner_who_is_full_does_the_most_urgent_first_and_keeps_the_rest(night: Night) -> None:
    night.collector(1, work_items_left=1)
    night.collector(2)
    night.account(10, 100, collector_id=1)
    night.account(11, 101, collector_id=1, promise_broken=True)
    work = night.work()
    assert work[101]["collector_id"] == 1
    assert (work[100]["collector_id"], work[100]["uncovered_cause"]) == (None, "not-reached")


def test_the_day_begins_with_call_backs_then_broken_promises_then_deadlines_then_amounts(night: Night) -> None:
    night.collector(1)
    night.account(1, 101, collector_id=1, owed_amount=10)
    night.account(2, 102, collector_id=1, owed_amount=99999)
    night.account(3, 103, collector_id=1, stage_deadline_date=date(2026, 10, 9))
    night.account(4, 104, collector_id=1, stage_deadline_date=date(2026, 10, 6))
    night.account(5, 105, collector_id=1, stage_late=True, stage_deadline_date=date(2026, 10, 1))
    night.account(6, 106, collector_id=1, promise_due_date=date(2026, 10, 5))
    night.account(7, 107, collector_id=1, promise_broken=True)
    night.account(8, 108, collector_id=1, call_back_at=datetime(2026, 10, 5, 8, tzinfo=UTC))
    night.account(9, 109, collector_id=1, call_back_at=datetime(2026, 10, 5, 3, tzinfo=UTC))
    work = sorted(night.work().values(), key=lambda item: item["position"])
    assert [item["case_id"] for item in work] == [109, 108, 107, 106, 105, 104, 103, 102, 101]
    assert work[0]["order_reason"] == "call-back" and work[0]["due_at"] is not None


def test_a_review_waits_for_the_leader_and_is_on_no_collectors_list(night: Night) -> None:
    night.collector(1)
    night.account(10, 100, stage="pre-final-review", collector_id=1, proposal={"action": "review"})
    item = night.work()[100]
    assert (item["collector_id"], item["uncovered_cause"], item["team_id"]) == (None, None, 1)


def test_the_same_files_give_the_same_bytes(night: Night) -> None:
    for user in range(1, 6):
        night.collector(user)
    for number in range(200):
        night.account(number, 1000 + number // 2)
    first, second = night.assign("first.parquet"), night.assign("second.parquet")
    assert first.path.read_bytes() == second.path.read_bytes()


@settings(max_examples=25, deadline=None)
@given(
    collectors=some.lists(
        some.tuples(some.booleans(), some.integers(0, 5), some.integers(0, 5), some.booleans()), max_size=4
    ),
    cases=some.lists(some.tuples(some.booleans(), some.integers(0, 5)), max_size=20),
)
def test_whatever_the_day_each_case_has_one_item_nobody_passes_a_ceiling_or_lacks_the_skill(
    tmp_path_factory: pytest.TempPathFactory,
    collectors: list[tuple[bool, int, int, bool]],
    cases: list[tuple[bool, int]],
) -> None:
    night = Night(tmp_path_factory.mktemp("night"))
    for user, (final, items, owned, takes) in enumerate(collectors, 1):
        skills = ["early", "final"] if final else ["early"]
        night.collector(user, skills=skills, work_items_left=items, cases_left=owned, takes_new_cases=takes)
    for number, (final, owner) in enumerate(cases):
        stage = "final-notice" if final else "first-contact"
        night.account(number, 100 + number, stage=stage, collector_id=owner or None)
    work = night.work()
    assert set(work) == {100 + number for number in range(len(cases))}
    for user, (final, items, owned, takes) in enumerate(collectors, 1):
        mine = [item for item in work.values() if item["collector_id"] == user]
        new = [item for item in mine if item["assigned_cause"] != "kept"]
        assert len(mine) <= items and len(new) <= owned and (takes or not new)
        assert final or all(item["skill"] == "early" for item in mine)
        assert sorted(item["position"] for item in mine) == list(range(1, len(mine) + 1))
    assert all((item["collector_id"] is None) == (item["uncovered_cause"] is not None) for item in work.values())
