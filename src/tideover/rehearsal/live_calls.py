"""A call to somebody at the desk: the line's events come with short delays, as on a telephone.

The worker plays it. It may be killed and play again from the start: an event that is known already says nothing new.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from tideover.act.contact import queries as contact_queries
from tideover.act.contact.types import ENDED, NOT_DIALLED
from tideover.act.outcomes import operations as outcomes
from tideover.core.clock import queries as clock_queries
from tideover.know.customers import queries as customers_queries
from tideover.rehearsal import demo, queries, simulated_line

RINGS_FASTER = 6
LOOKS_EVERY_SECONDS = 0.3
HANGS_UP_AFTER = timedelta(minutes=10)


def play(call_id: int, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Let the call ring, be answered or not, and end when its outcome is recorded or nobody says any more.

    A worker that is stopping hangs up: the talk can still be recorded afterwards.
    """
    call = contact_queries.get_call(call_id)
    demo.keep_by_hand(call.user_id)
    customer = customers_queries.get_customer(call.customer_id)
    position = customers_queries.get_contact_point(call.contact_point_id).position
    pickup = simulated_line.pickup_of(call, customer, position, queries.get_demo().seed)
    time.sleep(pickup.ringing_seconds / RINGS_FASTER)
    if pickup.who is None:
        _tell(call_id, "ended", cause=pickup.cause, seconds=0)
        return
    _tell(call_id, "answered")
    answered_at = clock_queries.real_now()
    hangs_up_at = answered_at + HANGS_UP_AFTER
    while not _is_over(call_id) and not is_stopping() and clock_queries.real_now() < hangs_up_at:
        time.sleep(LOOKS_EVERY_SECONDS)
    talked = clock_queries.real_now() - answered_at
    _tell(call_id, "ended", cause="answered", seconds=round(talked.total_seconds()))


def _is_over(call_id: int) -> bool:
    call = contact_queries.get_call(call_id)
    return call.outcome_id is not None or call.state in (ENDED, NOT_DIALLED)


def _tell(call_id: int, event: str, cause: str | None = None, seconds: int | None = None) -> None:
    outcomes.record_line_event(call_id=call_id, event=event, at=clock_queries.now(), cause=cause, seconds=seconds)
