"""What a hold stops, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tideover.core import words
from tideover.core.access.types import Actor, Role
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.tests.portfolio import Story, at
from tideover.know.cases.types import (
    AccountNotInCase,
    ComplaintDraft,
    ComplaintRepeated,
    HoldPeriodEmpty,
    HoldReason,
    HoldScope,
    UnknownCause,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def officer(story: Story) -> Actor:
    return story.user("officer", Role.COMPLIANCE_OFFICER)


def hold(
    story: Story, account: int, by: Actor, scope: HoldScope, until: int = 5, purposes: tuple[str, ...] = ("collection",)
) -> int:
    return cases.place_hold(
        case_id=story.case(account).id, scope=scope, reason=HoldReason.DISPUTE, account_id=account,
        until_at=at(until, "00:00"), purposes=purposes, at=at(1), actor=by,
    )  # fmt: skip


def is_held(story: Story, account: int, number: int = 2, purpose: str = "collection", clock: str = "10:00") -> bool:
    case = story.case(account)
    return cases_queries.has_hold(case.person_id, case.id, account, purpose, at(number, clock))


def two_accounts(story: Story) -> tuple[int, int]:
    customer = story.customer()
    accounts = story.account(customer), story.account(customer)
    story.morning(1)
    return accounts


def test_a_hold_on_an_account_leaves_the_customers_other_account_alone(story: Story, officer: Actor) -> None:
    disputed, other = two_accounts(story)
    hold(story, disputed, officer, HoldScope.ACCOUNT)

    assert is_held(story, disputed)
    assert not is_held(story, other)


def test_a_hold_on_the_case_stops_both(story: Story, officer: Actor) -> None:
    one, other = two_accounts(story)
    hold(story, one, officer, HoldScope.CASE)

    assert is_held(story, one) and is_held(story, other)


def test_a_hold_on_a_part_leaves_the_rest_to_be_talked_about(story: Story, officer: Actor) -> None:
    one, _ = two_accounts(story)
    hold(story, one, officer, HoldScope.PART)

    assert not is_held(story, one)
    assert [each.scope for each in cases_queries.list_holds(story.case(one).id, at(2))] == [HoldScope.PART]


def test_a_hold_is_half_open(story: Story, officer: Actor) -> None:
    one, _ = two_accounts(story)
    hold(story, one, officer, HoldScope.CASE, until=5)

    assert is_held(story, one, 4, clock="23:59")
    assert not is_held(story, one, 5, clock="00:00")


def test_a_hold_binds_only_the_purposes_that_it_names(story: Story, officer: Actor) -> None:
    one, _ = two_accounts(story)
    hold(story, one, officer, HoldScope.CASE)

    assert not is_held(story, one, purpose="service")


def test_a_lifted_hold_stops_nothing_and_lifting_needs_a_cause(story: Story, officer: Actor) -> None:
    one, _ = two_accounts(story)
    placed = hold(story, one, officer, HoldScope.CASE)

    with pytest.raises(UnknownCause):
        cases.lift_hold(hold_id=placed, cause="whim", at=at(2, "09:00"), actor=officer)
    cases.lift_hold(hold_id=placed, cause="resolved", at=at(2, "09:00"), actor=officer)
    cases.lift_hold(hold_id=placed, cause="rejected", at=at(3), actor=officer)

    assert not is_held(story, one)
    assert cases_queries.get_hold(placed).lift_cause == "resolved"


def test_a_hold_must_have_a_time_and_an_account_of_the_case(story: Story, officer: Actor) -> None:
    one, _ = two_accounts(story)
    stranger = story.account()

    with pytest.raises(HoldPeriodEmpty):
        hold(story, one, officer, HoldScope.CASE, until=1)
    with pytest.raises(AccountNotInCase):
        cases.place_hold(
            case_id=story.case(one).id, scope=HoldScope.ACCOUNT, reason=HoldReason.DISPUTE, account_id=stranger,
            until_at=at(5), at=at(1), actor=officer,
        )  # fmt: skip


def test_what_cannot_be_names_the_hour_by_the_clients_clock(story: Story, officer: Actor) -> None:
    account = story.account()
    story.morning(1)
    case_id = story.case(account).id
    past = datetime(2026, 9, 30, 16, tzinfo=UTC)  # midnight in Shanghai
    with pytest.raises(HoldPeriodEmpty) as empty:
        cases.place_hold(
            case_id=case_id, scope=HoldScope.CASE, reason=HoldReason.DISPUTE, until_at=past, at=at(2), actor=officer
        )
    assert "2026年10月1日 00:00" in words.render(empty.value, "zh-Hans")
    told = ComplaintDraft("conduct", None, False)
    terms: dict[str, Any] = {
        "scope": HoldScope.CASE,
        "reason": HoldReason.COMPLAINT,
        "until_at": at(9),
        "complaint": told,
    }
    evening = datetime(2026, 10, 2, 23, tzinfo=UTC)
    cases.place_hold(case_id=case_id, at=evening, actor=officer, **terms)
    with pytest.raises(ComplaintRepeated) as repeated:
        cases.place_hold(case_id=case_id, at=at(4), actor=officer, **terms)
    assert "2026年10月3日 07:00" in words.render(repeated.value, "zh-Hans")
