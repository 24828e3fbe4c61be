"""What invented people do: whether they answer, what they say, and when they pay. Pure, and drawn from the seed.

Everything is drawn for a customer number (and an attempt, or a promise), so that the same person behaves the same
in every portfolio and whatever else happened that day.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from tideover.core.money import Money
from tideover.rehearsal import draws, loans


class Who(enum.StrEnum):
    """Whoever takes the call."""

    CUSTOMER = "customer"
    THIRD_PERSON = "third-person"
    TIRED_THIRD_PERSON = "tired-third-person"
    STRANGER = "stranger"


class Reply(enum.StrEnum):
    """What a customer answers when asked for the money."""

    PROMISES = "promises"
    ASKS_FOR_LATER = "asks-for-later"
    IN_HARDSHIP = "in-hardship"
    DISPUTES = "disputes"
    SAYS_PAID = "says-paid"
    REFUSES = "refuses"
    WANTS_NO_CALLS = "wants-no-calls"


@dataclass(frozen=True)
class Pickup:
    """How one dial goes: who answers, or how it ends unanswered, and after how many seconds."""

    who: Who | None
    cause: str
    ringing_seconds: int
    talking_seconds: int


@dataclass(frozen=True)
class Offer:
    """What the customer answers, with what a promise would hold."""

    reply: Reply
    arrears_reason: str
    promised: Money | None
    due_date: date | None
    later_days: int
    later_hour: int


@cache
def _rates() -> dict[str, Any]:
    text = resources.files("tideover.rehearsal").joinpath("data/behaviour.yaml").read_text("utf-8")
    return _exact(yaml.safe_load(text))


def _exact(value: Any) -> Any:
    """Shares are written as text in the file, and are exact decimals here."""
    if isinstance(value, dict):
        return {
            key: Decimal(each) if isinstance(each, str) and key != "source" else _exact(each)
            for key, each in value.items()
        }
    return value


def character_of(customer: str, seed: int) -> str:
    """What the customer does once spoken to: a key of ``characters`` in data/behaviour.yaml."""
    return draws.weighted(_rates()["characters"]["shares"], seed, "character", customer)


def pick_up(customer: str, position: int, attempt: int, seed: int) -> Pickup:
    """How a dial of this contact point of the customer goes after so many before it: attempts wear off."""
    rates = _rates()
    classes = rates["reachability"]["classes"]
    reach = draws.weighted({name: each["share"] for name, each in classes.items()}, seed, "reach", customer)
    ringing = draws.between(*rates["seconds"]["ringing"], seed, "ringing", customer, position, attempt)
    answers = classes[reach]["answers"] * loans.attempt_decay(attempt + 1)
    if not draws.chance(answers, seed, "answers", customer, position, attempt):
        cause = draws.weighted(rates["unanswered"]["shares"], seed, "unanswered", customer, position, attempt)
        return Pickup(who=None, cause=cause, ringing_seconds=ringing, talking_seconds=0)
    talking = draws.between(*rates["seconds"]["talking"], seed, "talking", customer, position, attempt)
    who = _who(customer, position, attempt, seed)
    if who is not Who.CUSTOMER:
        talking = min(talking, 30)
    return Pickup(who=who, cause="answered", ringing_seconds=ringing, talking_seconds=talking)


def _who(customer: str, position: int, attempt: int, seed: int) -> Who:
    rates = _rates()
    number = draws.weighted(rates["numbers"]["shares"], seed, "number", customer, position)
    if number == "wrong":
        return Who.STRANGER
    share = rates["answered_by_third_person"]["share"]
    if number == "of-a-third-person" or draws.chance(share, seed, "third", customer, position, attempt):
        says_stop = draws.chance(rates["third_person_says_stop"]["share"], seed, "stop", customer, position)
        return Who.TIRED_THIRD_PERSON if says_stop else Who.THIRD_PERSON
    return Who.CUSTOMER


def answer(customer: str, talk: int, owed: Money, today: date, seed: int) -> Offer:
    """What the customer says in the ``talk``-th talk (from 1) about what is owed."""
    reply = _reply(character_of(customer, seed), talk)
    rates = _rates()
    promised = due = None
    if reply is Reply.PROMISES:
        part = draws.weighted(rates["promises"]["part_shares"], seed, "part", customer, talk)
        promised = _part_of(owed, Decimal(part))
        due = today + timedelta(days=_days_to_pay(customer, talk, seed))
    return Offer(
        reply=reply,
        arrears_reason=draws.weighted(rates["arrears_reasons"]["shares"], seed, "reason", customer),
        promised=promised,
        due_date=due,
        later_days=draws.between(0, 2, seed, "later-days", customer, talk),
        later_hour=draws.between(10, 19, seed, "later-hour", customer, talk),
    )


def _reply(character: str, talk: int) -> Reply:
    first_words = {
        "asks-for-later": Reply.ASKS_FOR_LATER,
        "in-hardship": Reply.IN_HARDSHIP,
        "disputes": Reply.DISPUTES,
        "says-paid": Reply.SAYS_PAID,
    }
    always = {"refuses": Reply.REFUSES, "wants-no-calls": Reply.WANTS_NO_CALLS}
    if character in always:
        return always[character]
    return first_words.get(character, Reply.PROMISES) if talk == 1 else Reply.PROMISES


def _days_to_pay(customer: str, talk: int, seed: int) -> int:
    rates = _rates()
    if character_of(customer, seed) == "pays-at-once":
        return draws.between(*rates["pays_after_talk"]["days"], seed, "days", customer, talk)
    return draws.between(*rates["promises"]["days"], seed, "days", customer, talk)


def _part_of(owed: Money, part: Decimal) -> Money:
    """A part as people say it: whole tens, never less than one unit, never more than what is owed."""
    if part == 1:
        return owed
    tens = (owed.amount * part / 10).quantize(Decimal(1), rounding=ROUND_HALF_UP) * 10
    return min(Money(max(tens, Decimal(1)), owed.currency), owed)


def payment_for_promise(customer: str, promised: Money, made: date, due: date, seed: int) -> tuple[date, Money] | None:
    """When and how much the customer pays on a promise; None where the promise is broken."""
    character = character_of(customer, seed)
    if character in ("breaks-promise", "refuses"):
        return None
    rates = _rates()["promises"]
    early = draws.between(*rates["early_days"], seed, "early", customer, made)
    day = max(made, due - timedelta(days=early))
    if character == "partly-keeps":
        return day, _part_of(promised, rates["partly_kept"])
    return day, promised


def self_cure_days(customer: str, seed: int) -> int | None:
    """After how many days from the cut-off the customer pays unasked; None for most."""
    rates = _rates()["self_cure"]
    if not draws.chance(rates["share"], seed, "self-cure", customer):
        return None
    return draws.between(*rates["days"], seed, "self-cure-days", customer)


def claim_comes_after(customer: str, seed: int) -> int | None:
    """So many days after a customer said that it was paid it does come; None where it never does."""
    rates = _rates()["claimed_payment"]
    if not draws.chance(rates["share"], seed, "claim", customer):
        return None
    return draws.between(*rates["days"], seed, "claim-days", customer)


def pays_by_page(reference: str, seed: int) -> bool:
    """Whether a payment reaches us by a person at a desk instead of by the lender's file."""
    return draws.chance(_rates()["payment_by_page"]["share"], seed, "by-page", reference)
