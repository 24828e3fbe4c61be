"""Eight processes ask for one person at once: the cap holds, and without the lock it would not."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.faults import children
from tideover.core.access.types import Actor
from tideover.core.journal import queries as journal
from tideover.decide.gate import operations as gate
from tideover.decide.gate import rules
from tideover.decide.gate.models import Attempt, Permit
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.know.customers import queries as customers

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 8
ASKS_EACH = 2
CAP = 3
_THINKING_SECONDS = 0.03


def asking(of: Owing, by: Actor, number: int, locked: bool) -> Callable[[], int]:
    """One process: it asks again and again, and says how many permits it was given."""

    def work() -> int:
        decide = rules.decide

        def slowly(*seen: object) -> object:
            """Between counting and writing, time passes: that is where a race would be lost."""
            verdict = decide(*seen)  # type: ignore[arg-type]
            time.sleep(_THINKING_SECONDS)
            return verdict

        rules.decide = slowly  # type: ignore[assignment]
        if not locked:
            gate.customers.lock_person_reached = lambda *, contact_point_id: customers.find_reached(contact_point_id)
        granted = 0
        for ask in range(ASKS_EACH):
            granted += gate.issue_permit(
                case_id=of.case_id,
                account_id=of.account_id,
                contact_point_id=of.contact_point_id,
                channel="call",
                purpose="collection",
                at=moment(f"10:{number:02}:{ask:02}"),
                actor=by,
            ).granted
        return granted

    return work


def race(locked: bool) -> int:
    """Two clients, one person: half of the processes ask for each."""
    house = House()
    one, other = house.client("harbour"), house.client("island")
    lin = house.collector()
    wang = house.owing(one)
    same = house.owing(other, person_id=wang.person_id)
    ended = children.run([asking((wang, same)[number % 2], lin, number, locked) for number in range(PROCESSES)])
    granted = sum(each.result for each in ended)
    assert granted == Permit.objects.filter(granted=True).count() == Attempt.objects.filter(counts=True).count()
    assert Permit.objects.count() == PROCESSES * ASKS_EACH
    assert journal.verify().holds
    return granted


def test_under_the_persons_lock_the_cap_holds() -> None:
    assert race(locked=True) == CAP


def test_without_the_lock_the_same_race_goes_over_the_cap() -> None:
    assert race(locked=False) > CAP
