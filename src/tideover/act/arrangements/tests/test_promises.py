"""Promises as a collections manager tells them: made, replaced, kept, partly kept, broken."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from tideover.act.arrangements import operations as arrangements
from tideover.act.arrangements import queries
from tideover.act.arrangements.types import PromiseAboveOwed, PromiseDatePast, PromiseNotPositive, PromiseState
from tideover.core.access.types import SYSTEM, Actor
from tideover.core.journal import queries as journal
from tideover.core.money import CurrencyMismatch, Money
from tideover.know.cases.tests.portfolio import Story, at, day
from tideover.know.cases.types import CaseClosed
from tideover.know.ledger import operations as ledger
from tideover.know.portfolio import queries as portfolio_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def lin(story: Story) -> Actor:
    return story.user("lin")


@pytest.fixture
def wang(story: Story, lin: Actor) -> int:
    account = story.account(owed="1250.00")
    story.morning(1)
    return account


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def promise(story: Story, account: int, by: Actor, amount: str = "500.00", made: int = 1, due: int = 5) -> int:
    return arrangements.promise(
        case_id=story.case(account).id, account_id=account, amount=cny(amount), due_date=day(due), at=at(made),
        actor=by,
    )  # fmt: skip


def judge(story: Story, number: int) -> dict[str, int]:
    return arrangements.judge_promises(client_id=story.client_id, day=day(number), at=at(number, "07:00"), actor=SYSTEM)


def state(promise_id: int) -> str:
    return queries.get_promise(promise_id).state


def last_fact(account: int) -> str:
    return journal.list_facts(portfolio_queries.get_borrower_id(account))[0].kind


def test_a_promise_is_on_record_and_the_stage_waits_for_it(story: Story, wang: int, lin: Actor) -> None:
    promise(story, wang, lin)

    assert story.present(wang).promise_due_date == day(5)
    assert last_fact(wang) == "promise-made"


def test_a_new_promise_replaces_the_open_one(story: Story, wang: int, lin: Actor) -> None:
    first = promise(story, wang, lin, "500.00", due=5)
    second = promise(story, wang, lin, "300.00", made=2, due=8)

    assert (state(first), state(second)) == (PromiseState.REPLACED, PromiseState.OPEN)
    assert story.present(wang).promise_due_date == day(8)


def test_who_pays_early_has_kept_the_promise_at_once(story: Story, wang: int, lin: Actor) -> None:
    made = promise(story, wang, lin)
    story.pays(wang, "500.00", at(2), day(2))

    assert judge(story, 3) == {"kept": 1, "partly_kept": 0, "broken": 0, "released": 0}
    assert (state(made), last_fact(wang)) == (PromiseState.KEPT, "promise-kept")
    assert story.present(wang).promise_due_date is None


def test_two_per_cent_less_is_kept_and_a_cent_less_than_that_is_not(story: Story, wang: int, lin: Actor) -> None:
    made = promise(story, wang, lin)
    story.pays(wang, "489.99", at(5), day(5))
    assert judge(story, 6)["kept"] == 0
    story.pays(wang, "0.01", at(6), day(6))

    assert judge(story, 7)["kept"] == 1
    assert queries.get_promise(made).paid_amount == cny("490.00")


def test_nothing_is_judged_before_grace_and_the_files_lag_have_passed(story: Story, wang: int, lin: Actor) -> None:
    made = promise(story, wang, lin, due=5)

    assert judge(story, 7)["broken"] == 0, "due on the 5th, a day of grace, a day until the file is here"
    assert judge(story, 8)["broken"] == 1
    assert (state(made), last_fact(wang)) == (PromiseState.BROKEN, "promise-broken")
    assert story.present(wang).broken_promises_count == 1


def test_a_part_that_came_in_time_is_partly_kept_and_not_counted_as_broken(story: Story, wang: int, lin: Actor) -> None:
    made = promise(story, wang, lin)
    story.pays(wang, "200.00", at(4), day(4))

    assert judge(story, 8)["partly_kept"] == 1
    assert queries.get_promise(made).paid_amount == cny("200.00")
    assert story.present(wang).broken_promises_count == 0


def test_what_came_before_the_promise_or_after_its_time_does_not_count(story: Story, wang: int, lin: Actor) -> None:
    story.pays(wang, "100.00", at(1, "09:00"), day(1))
    made = promise(story, wang, lin)
    story.pays(wang, "500.00", at(7), day(7))

    assert judge(story, 8)["broken"] == 1
    assert state(made) == PromiseState.BROKEN


def test_what_was_paid_before_and_told_by_a_later_file_does_not_count(story: Story, wang: int, lin: Actor) -> None:
    made = promise(story, wang, lin, made=2)
    story.pays(wang, "500.00", at(3), day(1))
    assert judge(story, 4)["kept"] == 0
    story.pays(wang, "500.00", at(4), day(2))

    assert judge(story, 5)["kept"] == 1
    assert queries.get_promise(made).paid_amount == cny("500.00")


def test_what_the_bank_took_back_does_not_count(story: Story, wang: int, lin: Actor) -> None:
    made = promise(story, wang, lin)
    with transaction.atomic():
        ledger.post(
            account_id=wang, shares={"as-stated": cny("500.00")}, source="page", value_date=day(2), booked_at=at(2),
            reference="R1", fact_id=0,
        )  # fmt: skip
        ledger.reverse(account_id=wang, source="page", reference="R1", value_date=day(2), fact_id=0, at=at(2, "15:00"))

    assert judge(story, 3)["kept"] == 0
    assert judge(story, 8)["broken"] == 1
    assert queries.get_promise(made).paid_amount == cny("0")


def test_two_promises_of_one_customer_are_two_in_the_count_and_one_fact_tells_both(story: Story, lin: Actor) -> None:
    customer = story.customer()
    one, two = story.account(customer), story.account(customer)
    story.morning(1)
    promise(story, one, lin)
    promise(story, two, lin, "300.00")

    assert judge(story, 8)["broken"] == 2
    told = journal.list_facts(customer)[0]
    assert (told.kind, [each["amount"] for each in told.body["changes"]]) == ("promise-broken", ["500", "300"])


def test_judged_again_on_the_same_day_nothing_changes_or_is_told(story: Story, wang: int, lin: Actor) -> None:
    promise(story, wang, lin)
    judge(story, 8)
    facts = len(journal.list_facts(portfolio_queries.get_borrower_id(wang)))

    assert judge(story, 8) == {"kept": 0, "partly_kept": 0, "broken": 0, "released": 0}
    assert len(journal.list_facts(portfolio_queries.get_borrower_id(wang))) == facts


def test_what_cannot_be_promised_is_refused(story: Story, wang: int, lin: Actor) -> None:
    with pytest.raises(PromiseNotPositive):
        promise(story, wang, lin, "0.00")
    with pytest.raises(PromiseAboveOwed):
        promise(story, wang, lin, "1250.01")
    with pytest.raises(PromiseDatePast):
        promise(story, wang, lin, made=3, due=2)
    with pytest.raises(CurrencyMismatch):
        arrangements.promise(
            case_id=story.case(wang).id, account_id=wang, amount=Money(Decimal(10), "USD"), due_date=day(5),
            at=at(1), actor=lin,
        )  # fmt: skip


def test_a_closed_case_takes_no_promise(story: Story, wang: int, lin: Actor) -> None:
    case_id = story.case(wang).id
    story.pays(wang, "1250.00", at(1), day(1))
    story.morning(2)

    with pytest.raises(CaseClosed):
        arrangements.promise(
            case_id=case_id, account_id=wang, amount=cny("10.00"), due_date=day(5), at=at(2), actor=lin
        )
