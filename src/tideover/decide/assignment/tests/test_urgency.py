"""Who has a case is one question, what is done today another: within a ceiling the more urgent work comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tideover.decide.assignment.tests.night import DAY, STAGES, Night

FIRST, CONTINUED = "first-contact", "continued-follow-up"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for one night after the other."""
    return tmp_path_factory.mktemp("nights")


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def test_a_late_first_contact_comes_before_a_follow_up_that_its_collector_keeps(night: Night) -> None:
    night.collector(1, work_items_left=1)
    night.account(10, 100, collector_id=1, stage=CONTINUED, stage_deadline_date=DAY + timedelta(days=6))
    night.account(11, 101, stage=FIRST, stage_late=True, stage_deadline_date=DAY - timedelta(days=2))
    work = night.work()
    assert (work[101]["collector_id"], work[101]["assigned_cause"]) == (1, "first-assignment")
    assert (work[100]["collector_id"], work[100]["uncovered_cause"], work[100]["position"]) == (
        None, "not-reached", None,
    )  # fmt: skip
    assert work[100]["owner_id"] == 1


def test_a_new_case_that_is_less_urgent_takes_no_place_from_one_that_is_kept(night: Night) -> None:
    night.collector(1, work_items_left=1)
    night.account(10, 100, collector_id=1, promise_broken=True)
    night.account(11, 101, stage_late=True, stage_deadline_date=DAY - timedelta(days=2))
    work = night.work()
    assert work[100]["collector_id"] == 1
    assert (work[101]["collector_id"], work[101]["uncovered_cause"]) == (None, "no-capacity")


def test_a_new_case_goes_to_whoever_has_room_before_it_takes_a_place_from_anything(night: Night) -> None:
    night.collector(1, work_items_left=1)
    night.collector(2, work_items_left=2)
    night.account(10, 100, collector_id=1)
    night.account(11, 101, collector_id=2)
    night.account(12, 102, promise_broken=True)
    work = night.work()
    assert (work[100]["collector_id"], work[101]["collector_id"], work[102]["collector_id"]) == (1, 2, 2)


def test_a_scarce_skill_gives_its_place_to_what_is_more_urgent_and_looks_for_another(night: Night) -> None:
    night.collector(1, skills=["early", "final"], work_items_left=1)
    night.collector(2, skills=["early", "final"], work_items_left=1, languages=["en"])
    night.account(10, 100, stage="final-notice", language=None, stage_deadline_date=DAY)
    night.account(11, 101, stage=FIRST, promise_broken=True)
    work = night.work()
    assert (work[101]["collector_id"], work[100]["collector_id"]) == (1, 2)


def test_of_equal_deadlines_the_first_contact_comes_before_the_follow_up(night: Night) -> None:
    night.collector(1)
    night.account(10, 100, collector_id=1, stage=CONTINUED, stage_deadline_date=DAY, owed_amount=9000)
    night.account(11, 101, collector_id=1, stage=FIRST, stage_deadline_date=DAY, owed_amount=100)
    work = night.work()
    assert (work[101]["position"], work[100]["position"]) == (1, 2)


def test_a_case_that_is_not_reached_rises_with_every_five_days_until_it_is(nights: Path) -> None:
    """However many call-backs come in each day, one old case waits no longer than a month."""
    reached = []
    for waited in range(40):
        night = Night(nights)
        night.collector(1, work_items_left=2)
        night.account(10, 100, collector_id=1, stage=CONTINUED, stage_age_days=waited, last_attempt_days_ago=waited)
        for number in range(3):
            called = datetime(2026, 10, 5, 3 + number, tzinfo=UTC)
            night.account(20 + number, 200 + number, collector_id=1, call_back_at=called)
        item = night.work()[100]
        assert item["owner_id"] == 1
        reached.append(item["collector_id"] == 1)
    assert reached == sorted(reached) and not reached[0] and reached[30]


def test_waiting_is_counted_from_the_last_attempt_within_the_stage(night: Night) -> None:
    night.collector(1)
    night.account(10, 100, collector_id=1, stage_age_days=30, last_attempt_days_ago=2)
    night.account(11, 101, collector_id=1, stage_age_days=7, last_attempt_days_ago=30)
    work = night.work()
    assert (work[101]["position"], work[101]["order_reason"]) == (1, "waited")
    assert work[100]["order_reason"] == "amount"


@dataclass(frozen=True)
class Person:
    """A collector as the property's nights have them."""

    final: bool
    english: bool
    items: int
    cases: int
    takes: bool

    def can(self, told: Told) -> bool:
        """Certified for the stage, whoever speaks what."""
        return self.final or not told.final

    def may_be_given(self, told: Told) -> bool:
        """Somebody to whom the case could go."""
        return self.takes and self.can(told) and (self.english or not told.english) and self.items > 0 < self.cases


@dataclass(frozen=True)
class Told:
    """A case of such a night, whose deadline differs from all others."""

    owner: int
    final: bool
    english: bool
    about: str
    waited: int

    def key(self, number: int) -> tuple[Any, ...]:
        """The order of the day, written down once more."""
        urgency = ("call-back", "broken", "promise-due", "late", "deadline").index(self.about) + 1
        return (urgency - self.waited // 5, urgency, number)


PEOPLE = some.lists(
    some.builds(Person, some.booleans(), some.booleans(), some.integers(0, 4), some.integers(0, 4), some.booleans()),
    max_size=4,
)
CASES = some.lists(
    some.builds(
        Told,
        some.integers(0, 5),
        some.booleans(),
        some.booleans(),
        some.sampled_from(("call-back", "broken", "promise-due", "late", "deadline")),
        some.integers(0, 16),
    ),
    max_size=18,
)


def _told(folder: Path, people: list[Person], told: list[Told]) -> dict[int, dict[str, Any]]:
    night = Night(folder)
    for user, person in enumerate(people, 1):
        night.collector(
            user,
            skills=["early", "final"] if person.final else ["early"],
            languages=["zh-Hans", "en"] if person.english else ["zh-Hans"],
            work_items_left=person.items,
            cases_left=person.cases,
            takes_new_cases=person.takes,
        )
    for number, case in enumerate(told):
        night.account(
            number,
            100 + number,
            stage="final-notice" if case.final else "first-contact",
            language="en" if case.english else "zh-Hans",
            collector_id=case.owner or None,
            stage_age_days=case.waited,
            call_back_at=datetime(2026, 10, 5, 1, number, tzinfo=UTC) if case.about == "call-back" else None,
            promise_broken=case.about == "broken",
            promise_due_date=DAY if case.about == "promise-due" else None,
            stage_late=case.about == "late",
            stage_deadline_date=date(2026, 9, 1) + timedelta(days=number),
        )
    return night.work()


@settings(max_examples=50, deadline=None)  # each is a whole night of up to eighteen cases
@given(people=PEOPLE, told=CASES)
def test_whatever_the_day_urgency_decides_who_is_reached_and_continuity_who_has_the_case(
    nights: Path, people: list[Person], told: list[Told]
) -> None:
    work = _told(nights, people, told)
    keys = {100 + number: case.key(number) for number, case in enumerate(told)}
    cases = {100 + number: case for number, case in enumerate(told)}
    lists = {
        user: sorted(keys[case_id] for case_id, item in work.items() if item["collector_id"] == user)
        for user in range(1, len(people) + 1)
    }
    new = {
        user: [keys[i] for i, item in work.items() if item["collector_id"] == user and item["assigned_cause"] != "kept"]
        for user in lists
    }
    for user, person in enumerate(people, 1):
        assert len(lists[user]) <= person.items and len(new[user]) <= person.cases
        placed = {item["position"]: keys[i] for i, item in work.items() if item["collector_id"] == user}
        assert [placed[position] for position in sorted(placed)] == lists[user]
    for case_id, item in work.items():
        owner = people[cases[case_id].owner - 1] if 0 < cases[case_id].owner <= len(people) else None
        if owner is not None and owner.can(cases[case_id]):
            assert item["collector_id"] in (None, cases[case_id].owner), "an owner who may do it is not changed"
            if item["collector_id"] is None:
                assert item["uncovered_cause"] == "not-reached"
                _is_full_of_more_urgent(lists[cases[case_id].owner], owner.items, keys[case_id])
        elif item["collector_id"] is None:
            assert item["uncovered_cause"] in ("no-certificate", "no-language", "no-capacity")
            for user, person in enumerate(people, 1):
                if person.may_be_given(cases[case_id]):
                    full_of_new = len(new[user]) == person.cases and all(key < keys[case_id] for key in new[user])
                    if not full_of_new:
                        _is_full_of_more_urgent(lists[user], person.items, keys[case_id])
        else:
            expected = "first-assignment" if not cases[case_id].owner else None
            assert item["assigned_cause"] == (
                expected or ("certificate-ended" if owner is not None else "collector-left")
            )


def _is_full_of_more_urgent(listed: list[Any], ceiling: int, key: Any) -> None:
    assert len(listed) == ceiling and all(each < key for each in listed)


def test_the_stages_of_these_nights_are_on_the_ladder() -> None:
    assert {FIRST, CONTINUED, "final-notice"} <= set(STAGES)
