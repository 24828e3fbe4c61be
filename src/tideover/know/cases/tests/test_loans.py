"""An instalment loan on its way: late, cured though more falls due, late again, and closed with a small rest."""

from __future__ import annotations

from datetime import date

import pytest

from tideover.core.access.types import SYSTEM
from tideover.know.cases import operations as cases
from tideover.know.cases import queries
from tideover.know.cases.models import Case, CaseAccount, DayAccount
from tideover.know.ledger.tests.loans import THREE, make_lender, make_loan, morning, pay

pytestmark = pytest.mark.django_db


def october(number: int) -> date:
    return date(2026, 10, number)


def refresh(client_id: int, day: date) -> dict[str, int]:
    return cases.refresh(client_id=client_id, day=day, at=morning(day), actor=SYSTEM)


def test_a_case_closes_as_cured_although_more_falls_due_and_opens_again_the_day_after_that() -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id)
    assert refresh(client_id, october(1))["opened"] == 1
    pay(loan, {"penalty-interest": "6.50", "interest": "21.00", "principal": "603.00"}, on=october(2))
    assert refresh(client_id, october(3))["closed"] == 1
    assert Case.objects.get().close_cause == "cured", "312 are not due yet, and nobody owes them"
    assert refresh(client_id, october(15))["opened"] == 0, "due today is not late"
    assert refresh(client_id, october(16))["opened"] == 1
    assert queries.list_open_cases(client_id)[0].accounts[0].account_id == loan


@pytest.mark.parametrize(("left", "cause"), [("10.00", "paid"), ("10.01", None)])
def test_a_small_rest_of_the_whole_loan_closes_it_as_paid(left: str, cause: str | None) -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id, schedule=THREE[:2])
    refresh(client_id, october(1))
    paid = {"10.00": "293.00", "10.01": "292.99"}[left]
    pay(loan, {"penalty-interest": "6.50", "interest": "21.00", "principal": "300.00"}, on=october(2))
    pay(loan, {"principal": paid}, on=october(2), reference="P2")
    refresh(client_id, october(3))
    assert CaseAccount.objects.get().left_cause == cause


def test_an_account_that_is_not_placed_is_never_worked() -> None:
    client_id = make_lender()
    make_loan(client_id, is_placed=False)
    assert refresh(client_id, october(1))["opened"] == 0


def test_money_for_the_oldest_instalment_lowers_the_days_late_that_the_ladder_sees() -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id)
    refresh(client_id, october(1))
    pay(loan, {"penalty-interest": "6.50", "interest": "12.00", "principal": "300.00"}, on=october(2))
    refresh(client_id, october(5))
    assert [(row.account_id, row.dpd) for row in DayAccount.objects.all()] == [(loan, 20)]
