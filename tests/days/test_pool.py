"""Two lenders, one team: the day is assigned for both at once, and each day can be decided again by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.days.bank import FIRST, Bank, open_another, open_bank, write_portfolio
from tideover.core.access.types import SYSTEM, Actor, Role
from tideover.decide.assignment.models import WorkItem
from tideover.decide.receipts import operations as receipts
from tideover.decide.receipts import queries as receipts_queries
from tideover.decide.receipts.models import DecisionDay
from tideover.know.clients import operations as clients
from tideover.know.clients.types import StopReason
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import cast

pytestmark = pytest.mark.django_db

SECOND = FIRST + timedelta(days=1)
THIRD = FIRST + timedelta(days=2)


@pytest.fixture(scope="module")
def opened(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Bank, Bank]]:
    """Two lenders with forty accounts each, for the two collectors of one team."""
    portfolio = write_portfolio(tmp_path_factory.mktemp("bank"), 40)
    with django_db_blocker.unblock(), transaction.atomic():
        yield open_bank(portfolio), open_another(portfolio, "another")
        transaction.set_rollback(True)


@pytest.fixture
def banks(opened: tuple[Bank, Bank], db: None) -> tuple[Bank, Bank]:
    """Both on their second morning: the first day is decided for each."""
    for bank in opened:
        bank.run(FIRST)
    return opened


def limit(items: int) -> None:
    for each in staff_queries.list_collectors(staff_queries.get_team(cast.TEAM).id):
        staff.set_ceilings(
            user_id=each.user_id,
            work_items_per_day_max=items,
            cases_max=500,
            takes_new_cases=True,
            at=Bank(0, "").at(FIRST, 10),
            actor=SYSTEM,
        )


def items(day: date) -> Counter[int]:
    """How many items each collector has on the day, whoever lends."""
    held = WorkItem.objects.filter(day=day, collector_id__isnull=False)
    return Counter(held.values_list("collector_id", flat=True))


def test_the_first_lender_waits_for_the_second_and_both_are_assigned_at_once(banks: tuple[Bank, Bank]) -> None:
    one, other = banks
    came_to = one.run(SECOND)
    assert not came_to.is_filed and came_to.waits_for == ("another",) and came_to.summary == {}
    assert [step.name for step in came_to.steps][-1] == "strike-out"
    assert receipts_queries.get_open_day(one.client_id) == FIRST and not items(SECOND)

    came_to = other.run(SECOND)
    assert came_to.is_filed and [step.name for step in came_to.steps][-3:] == ["assign", "file", "seal"]
    assert [(step.position, step.of) for step in came_to.steps] == [(place, 8) for place in range(1, 9)]
    assert receipts_queries.get_open_day(one.client_id) == SECOND
    again = one.run(SECOND)
    assert again.was_done and again.summary == receipts_queries.get_day(one.client_id, SECOND).summary


def test_the_day_s_ceiling_holds_over_both_lenders(banks: tuple[Bank, Bank]) -> None:
    limit(9)
    for bank in banks:
        bank.run(SECOND)
    assert set(items(SECOND).values()) == {9}
    clients_of_items = set(WorkItem.objects.filter(day=SECOND, position__isnull=False).values_list("client_id"))
    assert len(clients_of_items) == 2, "the more urgent of both, not the first lender's"


def test_each_lender_s_day_is_decided_again_from_what_was_kept(banks: tuple[Bank, Bank]) -> None:
    limit(9)
    for day in (SECOND, THIRD):
        for bank in banks:
            bank.run(day)
    for bank in banks:
        other = next(each for each in banks if each is not bank)
        for day in (FIRST, SECOND, THIRD):
            replayed = receipts.replay(client_id=bank.client_id, day=day)
            assert replayed.equal and replayed.rows == 40, (bank.code, day, replayed.differences)
        assert not receipts_queries.get_day(bank.client_id, FIRST).pool, "on the first day each was assigned alone"
        (member,) = receipts_queries.get_day(bank.client_id, THIRD).pool
        assert member.client_id == other.client_id
        assert member.account_day_digest == receipts_queries.get_day(other.client_id, THIRD).account_day_digest


def test_what_the_other_lender_s_accounts_were_is_part_of_the_receipt(banks: tuple[Bank, Bank]) -> None:
    """A replay that were given other accounts of the other lender would not be this day's."""
    limit(9)
    for bank in banks:
        bank.run(SECOND)
    mine = DecisionDay.objects.get(client_id=banks[0].client_id, day=SECOND)
    DecisionDay.objects.filter(pk=mine.pk).update(pool=[])
    assert not receipts.replay(client_id=banks[0].client_id, day=SECOND).equal


def stop(bank: Bank) -> int:
    return clients.stop_collection(
        client_id=bank.client_id,
        import_id=bank.client_id,
        reasons=[StopReason("totals-differ", {})],
        at=bank.at(SECOND, 7),
        actor=Actor(user_id=None, name="importer", roles=frozenset({Role.INTEGRATOR})),
    )


def test_nobody_waits_for_a_lender_that_is_stopped_and_it_gets_the_room_that_is_left(
    banks: tuple[Bank, Bank],
) -> None:
    one, other = banks
    limit(25)
    stopped = stop(other)
    came_to = other.run(SECOND)
    assert came_to.is_stopped and came_to.steps == () and not came_to.is_filed
    assert one.run(SECOND).is_filed
    first = items(SECOND)

    clients.acknowledge(stop_id=stopped, note="counted again", at=other.at(SECOND, 11), actor=SYSTEM)
    assert other.run(SECOND).is_filed
    assert all(count <= 25 for count in items(SECOND).values()) and items(SECOND) != first
    assert not WorkItem.objects.filter(client_id=one.client_id, day=SECOND, done_at__isnull=False).exists()
    for bank in banks:
        assert receipts.replay(client_id=bank.client_id, day=SECOND).equal


def test_a_lender_of_another_team_is_not_waited_for(banks: tuple[Bank, Bank]) -> None:
    one, other = banks
    staff.withdraw_client(
        team_id=staff_queries.get_team(cast.TEAM).id, client_id=other.client_id, at=one.at(FIRST, 10), actor=SYSTEM
    )
    assert one.run(SECOND).is_filed
    assert other.run(SECOND).is_filed
    causes = set(WorkItem.objects.filter(client_id=other.client_id, day=SECOND).values_list("uncovered_cause"))
    assert causes <= {("no-certificate",), (None,)}
