"""The simulated line: nothing leaves the machine, and invented people answer or do not.

It stands behind the same port as every line. In a replay whoever works it tells the line's events at once; for a
person at the desk the worker plays them with short delays. What the people say is words, shown on the case page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tideover.act.contact import lines
from tideover.act.contact import queries as contact_queries
from tideover.act.contact.types import CallRead
from tideover.core.clock import rules as clock
from tideover.know.customers import queries as customers_queries
from tideover.know.customers.types import CustomerRead
from tideover.know.ledger import queries as ledger_queries
from tideover.rehearsal import behaviour, queries
from tideover.rehearsal.behaviour import Offer, Pickup, Reply, Who

NAME = "simulated"

_silent: ContextVar[bool] = ContextVar("simulated_line_silent", default=False)


@dataclass(frozen=True)
class Said:
    """A line that the person speaks: a code of words, and what fills it."""

    code: str
    fields: dict[str, Any]


class SimulatedLine:
    """Takes every dial, and lets the worker play what comes of it."""

    def dial(self, call_id: int, number: str) -> None:
        """Begin a call. The number is not looked at: nobody is called."""
        if _silent.get():
            return
        if queries.find_demo() is None:
            raise lines.NotDialled("not-a-demo")
        from tideover.rehearsal import jobs

        jobs.play_call.defer(call_id=call_id)


LINE = SimulatedLine()


@contextmanager
def told_by_hand() -> Iterator[None]:
    """While this lasts, whoever dials tells the line's events; nothing plays by itself."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def pickup_of(call: CallRead, customer: CustomerRead, position: int, seed: int) -> Pickup:
    """How the call goes: drawn from the seed, the customer, the number and how often it was dialled before."""
    attempt = contact_queries.count_calls(contact_point_id=call.contact_point_id, before=call.asked_at)
    return behaviour.pick_up(customer.reference, position, attempt, seed)


def offer_of(call: CallRead, customer: CustomerRead, at: datetime, seed: int) -> Offer:
    """What the customer answers in this call about its account."""
    talk = 1 + contact_queries.count_talks(customer_id=call.customer_id, before=call.asked_at)
    owed = ledger_queries.get_owed(call.account_id, at)
    return behaviour.answer(customer.reference, talk, owed, clock.local_date(at, customer.zone or "UTC"), seed)


def says(call: CallRead) -> list[Said]:
    """What was heard so far in a call that was answered: a greeting, then what the customer has to say."""
    demo = queries.find_demo()
    if demo is None or call.line != NAME or call.answered_at is None:
        return []
    customer = customers_queries.get_customer(call.customer_id)
    position = customers_queries.get_contact_point(call.contact_point_id).position
    pickup = pickup_of(call, customer, position, demo.seed)
    if pickup.who is None:
        return []
    heard = [Said(f"rehearsal.says.hello.{pickup.who}", {})]
    if call.right_person_at is None or pickup.who is not Who.CUSTOMER:
        return heard
    offer = offer_of(call, customer, call.answered_at, demo.seed)
    heard.append(Said(f"rehearsal.says.{offer.reply}", _fields(offer, call.answered_at)))
    return heard


def _fields(offer: Offer, at: datetime) -> dict[str, Any]:
    if offer.reply is Reply.PROMISES:
        return {"amount": offer.promised, "day": offer.due_date}
    if offer.reply is Reply.ASKS_FOR_LATER:
        return {"hour": offer.later_hour, "day": (at + timedelta(days=offer.later_days)).date()}
    return {}
