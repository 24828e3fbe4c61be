"""What invented people do is drawn from the seed, the customer and the attempt, and covers all that may happen."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from tideover.core.money import Money
from tideover.rehearsal import behaviour
from tideover.rehearsal.behaviour import Reply, Who

SEED = 7
OWED = Money(Decimal(31273), "TWD")
TODAY = date(2026, 10, 5)
CUSTOMERS = [f"C{number}" for number in range(1500)]


def test_the_same_attempt_goes_the_same_way() -> None:
    assert behaviour.pick_up("C1", 1, 3, SEED) == behaviour.pick_up("C1", 1, 3, SEED)


def test_every_way_in_which_a_dial_may_end_comes_up() -> None:
    dials = [behaviour.pick_up(customer, 1, attempt, SEED) for customer in CUSTOMERS for attempt in range(3)]
    assert {dial.cause for dial in dials} == {"answered", "no-answer", "busy", "unreachable"}
    assert {dial.who for dial in dials} == {None, *Who}
    answered = sum(1 for dial in dials if dial.who) / len(dials)
    assert 0.22 < answered < 0.45


def test_every_reply_comes_up() -> None:
    replies = Counter(behaviour.answer(customer, 1, OWED, TODAY, SEED).reply for customer in CUSTOMERS)
    assert set(replies) == set(Reply)


def test_a_promise_is_for_a_coming_day_and_for_no_more_than_is_owed() -> None:
    for customer in CUSTOMERS:
        offer = behaviour.answer(customer, 2, OWED, TODAY, SEED)
        if offer.reply is Reply.PROMISES:
            assert offer.promised is not None and offer.due_date is not None
            assert Money.zero("TWD") < offer.promised <= OWED
            assert offer.due_date > TODAY


def test_nobody_promises_more_than_a_very_small_debt() -> None:
    small = Money(Decimal("0.40"), "TWD")
    offers = [behaviour.answer(customer, 2, small, TODAY, SEED) for customer in CUSTOMERS[:200]]
    assert all(offer.promised is None or offer.promised <= small for offer in offers)


def test_promises_are_kept_partly_kept_and_broken() -> None:
    due = date(2026, 10, 9)
    seen = Counter()
    for customer in CUSTOMERS:
        paid = behaviour.payment_for_promise(customer, OWED, TODAY, due, SEED)
        if paid is None:
            seen["broken"] += 1
        else:
            day, amount = paid
            assert TODAY <= day <= due
            seen["kept" if amount == OWED else "partly"] += 1
    assert seen["kept"] > seen["broken"] > 0
    assert seen["partly"] > 0


def test_attempts_wear_off_as_measured() -> None:
    def answered(attempt: int) -> int:
        return sum(1 for customer in CUSTOMERS if behaviour.pick_up(customer, 1, attempt, SEED).who)

    assert answered(0) > answered(3) > answered(9) > 0
