"""A batch ends: what is placed in it goes back, but for what a leader let stay, within what the terms allow."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.money import Money
from tideover.know.cases import operations as cases
from tideover.know.cases import queries
from tideover.know.cases.models import Case
from tideover.know.cases.tests.portfolio import Story, at, day
from tideover.know.cases.types import (
    NothingToRetain,
    RetentionDecided,
    RetentionLimitReached,
    RetentionPeriodWrong,
    RetentionRequested,
)
from tideover.know.portfolio.models import Batch, Placement

pytestmark = pytest.mark.django_db

LAST = 10
"""The batch is over from this day of the story on."""


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def batch(story: Story) -> int:
    """Two accounts of four may stay beyond the tenth of October."""
    for _ in range(4):
        story.account()
    Batch.objects.filter(number="2026-10").update(until_date=day(LAST), retain_share_max=Decimal("0.5"))
    story.morning(1)
    return Batch.objects.get(number="2026-10").pk


@pytest.fixture
def leader(story: Story, batch: int) -> Actor:
    return story.user("leader", Role.TEAM_LEADER)


def _accounts(batch: int) -> list[int]:
    return list(Placement.objects.filter(batch_id=batch).order_by("pk").values_list("account_id", flat=True))


def _ask(story: Story, account_id: int, leader: Actor, number: int = 5) -> int:
    return cases.request_retention(
        case_id=story.case(account_id).id,
        account_id=account_id,
        until_date=day(LAST + 15),
        cause="promise-open",
        at=at(number),
        actor=leader,
    )


def test_at_its_end_a_batch_goes_back_to_the_client(story: Story, batch: int) -> None:
    story.mornings(2, LAST - 1)
    assert Case.objects.filter(closed_date=None).count() == 4
    counts = story.morning(LAST)
    assert counts["closed"] == 4
    assert set(Case.objects.values_list("close_cause", flat=True)) == {"batch-ended"}
    assert set(Placement.objects.values_list("ended_cause", flat=True)) == {"batch-ended"}
    assert Batch.objects.get(pk=batch).ended_date == day(LAST)
    assert story.morning(LAST)["closed"] == 0


def test_what_a_leader_lets_stay_stays_until_its_own_day(story: Story, batch: int, leader: Actor) -> None:
    kept, *others = _accounts(batch)
    cases.decide_retention(retention_id=_ask(story, kept, leader), approve=True, at=at(6), actor=leader)
    story.mornings(2, LAST)
    assert story.case(kept).id
    assert all(queries.get_open_case_of_account(other) is None for other in others)
    story.mornings(LAST + 1, LAST + 14)
    assert story.case(kept).id
    story.morning(LAST + 15)
    assert queries.get_open_case_of_account(kept) is None


def test_what_was_refused_goes_back_with_the_rest_and_may_be_asked_for_anew(
    story: Story, batch: int, leader: Actor
) -> None:
    asked, *_ = _accounts(batch)
    first = _ask(story, asked, leader)
    cases.decide_retention(retention_id=first, approve=False, at=at(6), actor=leader)
    with pytest.raises(RetentionDecided):
        cases.decide_retention(retention_id=first, approve=True, at=at(6), actor=leader)
    assert _ask(story, asked, leader) != first
    story.mornings(2, LAST)
    assert queries.get_open_case_of_account(asked) is None


def test_a_request_that_waited_beyond_the_batchs_end_keeps_nothing_though_another_account_is_worked(
    story: Story, batch: int, leader: Actor
) -> None:
    customer = story.customer()
    back, stays = story.account(customer), story.account(customer)
    Placement.objects.filter(account_id__in=(back, stays)).update(batch_id=batch)
    story.morning(2)
    waiting = _ask(story, back, leader)
    cases.decide_retention(retention_id=_ask(story, stays, leader), approve=True, at=at(6), actor=leader)
    story.mornings(3, LAST)
    assert story.case(stays).id and queries.get_open_case_of_account(back) is None
    with pytest.raises(NothingToRetain):
        cases.decide_retention(retention_id=waiting, approve=True, at=at(LAST), actor=leader)
    (placement,) = Placement.objects.filter(account_id=back)
    assert placement.ended_cause == "batch-ended" and placement.retained_until_date is None
    cases.decide_retention(retention_id=waiting, approve=False, at=at(LAST), actor=leader)


def test_the_terms_say_how_many_may_stay(story: Story, batch: int, leader: Actor) -> None:
    first, second, third, _ = _accounts(batch)
    _ask(story, first, leader)
    _ask(story, second, leader)
    with pytest.raises(RetentionLimitReached):
        _ask(story, third, leader)
    with pytest.raises(RetentionRequested):
        _ask(story, first, leader)


def test_terms_that_let_nothing_stay_are_said(story: Story, batch: int, leader: Actor) -> None:
    account, *_ = _accounts(batch)
    Batch.objects.filter(pk=batch).update(retain_share_max=None)
    with pytest.raises(NothingToRetain):
        _ask(story, account, leader)
    Batch.objects.filter(pk=batch).update(retain_share_max=Decimal(1), until_date=None)
    with pytest.raises(NothingToRetain):
        _ask(story, account, leader)


def test_an_account_is_kept_longer_than_its_batch_or_not_at_all(story: Story, batch: int, leader: Actor) -> None:
    account, *_ = _accounts(batch)
    with pytest.raises(RetentionPeriodWrong):
        cases.request_retention(
            case_id=story.case(account).id,
            account_id=account,
            until_date=day(LAST),
            cause="promise-open",
            at=at(5),
            actor=leader,
        )


def test_a_collector_asks_for_their_own_case_and_decides_nothing(story: Story, batch: int) -> None:
    own, other, *_ = _accounts(batch)
    lin = story.user("lin")
    Case.objects.filter(pk=story.case(own).id).update(collector_id=lin.user_id)
    asked = _ask(story, own, lin)
    with pytest.raises(AccessRefused):
        _ask(story, other, lin)
    with pytest.raises(AccessRefused):
        cases.decide_retention(retention_id=asked, approve=True, at=at(6), actor=lin)


def test_what_came_in_is_counted_for_whoever_owned_the_case_then(story: Story, batch: int, leader: Actor) -> None:
    account, *_ = _accounts(batch)
    lin, mei = story.user("lin"), story.user("mei")
    for number, user in ((2, lin), (5, mei)):
        cases.assign_collectors(
            given="SELECT %(case_id)s::bigint AS case_id, %(user_id)s::bigint AS collector_id,"
            " 'first-assignment' AS cause",
            params={"case_id": story.case(account).id, "user_id": user.user_id},
            at=at(number),
            actor=leader,
        )
    story.pays(account, "100.00", at(3), value_date=day(3))
    story.pays(account, "200.00", at(6), value_date=day(6))
    shares = {each.collector_id: each for each in queries.list_batch_shares(batch)}
    assert shares[lin.user_id].recovered == Money(Decimal("100.0000"), "CNY")
    assert shares[mei.user_id].recovered == Money(Decimal("200.0000"), "CNY")
    assert shares[mei.user_id].accounts_count == 1
    assert shares[None].accounts_count == 3


def test_what_was_paid_before_the_batch_is_nobodys_merit(story: Story, batch: int) -> None:
    account, *_ = _accounts(batch)
    story.pays(account, "50.00", at(2), value_date=day(1) - timedelta(days=9))
    assert {each.recovered.amount for each in queries.list_batch_shares(batch)} == {Decimal(0)}
