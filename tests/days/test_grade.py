"""The grade: what came of the client's accounts that stood a month ago where this one stands now."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from tideover.know.portfolio.tests import given

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 1)
DUE = [DAY - timedelta(days=days) for days in (95, 65, 35, 5)]
"""Four instalments fell due: the last one within the month that came after."""


def _borrow(client_id: int, name: str, unpaid_from: int, count: int) -> list[str]:
    """Loans that paid every instalment up to the given one, and none from there on."""
    numbers = [f"{name}-{place}" for place in range(count)]
    given.make_accounts(client_id, [{"number": number, "dpd": 35, "product": "instalment-loan"} for number in numbers])
    for number in numbers:
        given.make_instalments(
            given.account_id(client_id, number),
            [
                {
                    "number": place,
                    "due_date": due,
                    "principal_amount": "100.00",
                    "paid_amount": "100.00" if place < unpaid_from else "0.00",
                    "paid_date": due if place < unpaid_from else None,
                }
                for place, due in enumerate(DUE, 1)
            ],
        )
    return numbers


def _rolls(client_id: int) -> dict[str, tuple[int, str | None, int, Decimal | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account.number, unpaid_count, roll_path, roll_accounts_count, roll_share"
            " FROM snapshot_rolls_on(%s, %s) AS roll JOIN portfolio_account AS account ON account.id = roll.account_id",
            [client_id, DAY],
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def test_a_path_counts_the_accounts_that_stood_there_a_month_ago_and_the_share_that_got_worse() -> None:
    client_id = given.make_client()
    worse = _borrow(client_id, "worse", unpaid_from=3, count=3)
    mended = _borrow(client_id, "mended", unpaid_from=5, count=1)
    rolls = _rolls(client_id)
    assert rolls[worse[0]] == (2, "0-1-2", 0, None)
    assert rolls[mended[0]] == (0, "0-0-0", 1, Decimal("0.0000"))


def test_whoever_stands_now_where_others_stood_takes_their_share() -> None:
    client_id = given.make_client()
    _borrow(client_id, "worse", unpaid_from=3, count=3)
    stands_there = _borrow(client_id, "now", unpaid_from=4, count=2)
    rolls = _rolls(client_id)
    # The three stood at 0-0-1 a month ago and all of them rolled; the two stand at 0-0-1 now.
    assert rolls[stands_there[0]] == (1, "0-0-1", 3, Decimal("1.0000"))


def test_another_clients_accounts_tell_nothing() -> None:
    one, other = given.make_client(), given.make_client("other-bank")
    _borrow(one, "worse", unpaid_from=3, count=3)
    stands_there = _borrow(other, "now", unpaid_from=4, count=1)
    assert _rolls(other)[stands_there[0]] == (1, "0-0-1", 0, None)


def test_a_loan_too_young_for_the_path_has_none() -> None:
    client_id = given.make_client()
    given.make_accounts(client_id, [{"number": "young", "dpd": 5, "product": "instalment-loan"}])
    given.make_instalments(
        given.account_id(client_id, "young"),
        [{"number": 1, "due_date": DAY - timedelta(days=5), "principal_amount": "100.00"}],
    )
    assert _rolls(client_id)["young"] == (1, None, 0, None)
