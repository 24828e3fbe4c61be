"""A customer's other contracts with the client, and the client's batches with their terms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tideover.core.money import Money
from tideover.know.portfolio import queries as portfolio
from tideover.know.portfolio.tests.given import (
    account_id,
    customer_id,
    make_accounts,
    make_client,
    make_instalments,
)
from tideover.know.portfolio.types import UnknownBatch

DAY = date(2026, 10, 10)
LOAN = {"product": "instalment-loan", "reference": "C-NOW"}


def instalment(number: int, due: str, paid: str | None = None, amount: str = "100.00") -> dict[str, Any]:
    return {
        "number": number,
        "due_date": due,
        "principal_amount": "100.00",
        "paid_amount": amount if paid else "0",
        "paid_date": paid,
    }


@pytest.fixture
def lender() -> int:
    """A customer with a loan that is worked, one that runs, and one that is finished."""
    client_id = make_client()
    make_accounts(
        client_id,
        [
            {"number": "NOW", "dpd": 31, **LOAN},
            {"number": "RUNS", "dpd": None, "is_placed": False, "opened_date": "2026-03-01", **LOAN},
            {"number": "DONE", "dpd": None, "is_placed": False, "opened_date": "2024-03-01", **LOAN},
        ],
    )
    make_instalments(account_id(client_id, "NOW"), [instalment(1, "2026-08-30")])
    make_instalments(
        account_id(client_id, "RUNS"),
        [instalment(1, "2026-08-01", "2026-08-01"), instalment(2, "2026-09-01", "2026-09-05")]
        + [instalment(3, "2026-10-01"), instalment(4, "2026-11-01")],
    )
    make_instalments(account_id(client_id, "DONE"), [instalment(1, "2024-04-01", "2024-05-13")])
    return client_id


@pytest.mark.django_db
def test_other_contracts_are_told_with_how_each_was_paid_the_running_ones_first(lender: int) -> None:
    mine = customer_id(lender, "NOW")
    runs, done = portfolio.list_other_contracts(mine, lender, day=DAY, besides=[account_id(lender, "NOW")])
    assert (runs.number, runs.is_finished, runs.is_placed) == ("RUNS", False, False)
    assert (runs.paid_on_time_count, runs.paid_late_count, runs.unpaid_count, runs.instalments_count) == (1, 1, 1, 4)
    assert (runs.last_paid_date, runs.longest_late_days) == (date(2026, 9, 5), 9)
    assert (done.number, done.is_finished, done.paid_late_count, done.longest_late_days) == ("DONE", True, 1, 42)


@pytest.mark.django_db
def test_another_clients_contracts_are_never_shown(lender: int) -> None:
    elsewhere = make_client("hill-bank")
    make_accounts(elsewhere, [{"number": "NOW", "dpd": 5, **LOAN}, {"number": "X", "dpd": 1, **LOAN}])
    mine = customer_id(lender, "NOW")
    assert {each.number for each in portfolio.list_other_contracts(mine, lender, day=DAY)} == {"NOW", "RUNS", "DONE"}
    assert portfolio.list_other_contracts(mine, elsewhere, day=DAY) == []


@pytest.mark.django_db
def test_the_decision_reads_the_same_record_as_a_set(lender: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portfolio_contract_record(%s, %s)", [lender, DAY])
        assert cursor.fetchall() == [(customer_id(lender, "NOW"), 1, 1, 3, 2)]
        cursor.execute("SELECT * FROM portfolio_contract_record(%s, %s)", [lender, date(2026, 9, 1)])
        assert cursor.fetchall() == [(customer_id(lender, "NOW"), 2, 0, 0, 0)], "nothing was told by then"


@pytest.mark.django_db
def test_a_batch_tells_its_terms_what_was_placed_and_how_long_it_runs() -> None:
    client_id = make_client()
    terms = {
        "batch_number": "HT-1",
        "batch_from_date": "2026-09-01",
        "batch_until_date": "2026-12-01",
        "batch_target_amount": "100000.00",
        "batch_currency": "CNY",
        "batch_commission_share": "0.15",
        "batch_retain_share_max": "0.5",
        "dpd": 3,
    }
    make_accounts(client_id, [{"number": f"A{each}", "placed_amount": "1000.00", **terms} for each in range(1, 4)])
    (batch,) = portfolio.list_batches([client_id])
    assert portfolio.get_batch(batch.id) == batch
    assert (batch.number, batch.accounts_count, batch.retain_count_max) == ("HT-1", 3, 1)
    assert [each.placed for each in batch.placed] == [Money(Decimal(3000), "CNY")]
    assert batch.target == Money(Decimal(100000), "CNY") and batch.commission_share == Decimal("0.15")
    assert [batch.days_left(day) for day in (date(2026, 11, 30), date(2026, 12, 1), date(2027, 1, 1))] == [1, 0, 0]
    with pytest.raises(UnknownBatch):
        portfolio.get_batch(404)
