"""Invented loans keep the lender's books: each cent in one place, each day's page out of the payments."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tideover.rehearsal import loans
from tideover.rehearsal.loans import NONE, Batch, LoanPortfolio, Paid

CUT_OFF = date(2026, 9, 30)
BATCH = Batch("HT-1", CUT_OFF, date(2026, 11, 10), 300)
numbers = st.integers(1, 99_999).map("HT1{:05d}".format)


def _draw(number: str) -> loans.Loan:
    return loans.draw(number, f"K{number}", CUT_OFF, seed=7)


@given(numbers)
def test_a_schedule_repays_exactly_what_was_paid_out(number: str) -> None:
    loan = _draw(number)
    assert sum(each.principal for each in loan.schedule) == loan.principal
    assert all(each.principal > NONE and each.interest > NONE for each in loan.schedule)
    assert len({each.due_date for each in loan.schedule}) == len(loan.schedule)


@given(numbers)
def test_a_placed_loan_is_late_at_its_cut_off(number: str) -> None:
    page = loans.page_of(_draw(number), CUT_OFF)
    assert page.dpd >= 1
    assert page.owed_now > NONE


@given(numbers, st.lists(st.tuples(st.integers(1, 50), st.integers(1, 300_000)), max_size=4))
def test_no_cent_is_lost_between_payments_and_instalments(number: str, later: list[tuple[int, int]]) -> None:
    loan = _draw(number)
    paid = tuple(Paid(CUT_OFF + timedelta(days=days), Decimal(cents) / 100) for days, cents in later)
    until = CUT_OFF + timedelta(days=60)
    page, without = loans.page_of(loan, until, paid), loans.page_of(loan, until)
    received = sum((each.paid for each in page.standings), NONE) - sum((each.paid for each in without.standings), NONE)
    assert all(NONE <= each.paid <= each.instalment.due for each in page.standings)
    assert received <= sum((each.amount for each in paid), NONE)
    assert page.owed_now <= without.owed_now


@given(numbers)
def test_paying_what_is_owed_ends_the_lateness(number: str) -> None:
    loan = _draw(number)
    owed = loans.page_of(loan, CUT_OFF).owed_now
    after = loans.page_of(loan, CUT_OFF, (Paid(CUT_OFF, owed),))
    assert after.owed_now == NONE
    assert after.dpd == 0


def test_late_loans_are_mostly_one_instalment_behind_as_the_measured_moves_say() -> None:
    pages = [loans.page_of(loan, CUT_OFF) for loan in LoanPortfolio((BATCH,), seed=7).loans(BATCH)]
    behind = [sum(each.left > NONE and each.instalment.due_date < CUT_OFF for each in page.standings) for page in pages]
    assert behind.count(1) > 0.75 * len(behind)
    assert any(count >= 3 for count in behind)


def test_some_customers_also_hold_a_card_elsewhere_and_are_the_same_person() -> None:
    portfolio = LoanPortfolio((BATCH,), seed=7, card_holders=tuple(f"C1{each:05d}" for each in range(40)))
    customers = [portfolio.customer_of(number) for number in portfolio.numbers(BATCH)]
    shared = [each for each in customers if portfolio.person_of(each) != each]
    assert len(shared) == 40
    assert {portfolio.person_of(each) for each in shared} == set(portfolio.card_holders)


def test_other_contracts_are_never_late() -> None:
    portfolio = LoanPortfolio((BATCH,), seed=7)
    others = [other for loan in portfolio.loans(BATCH) for other in loans.draw_other(loan, CUT_OFF, seed=7)]
    pages = [loans.page_of(other, CUT_OFF) for other in others]
    assert {page.dpd for page in pages} == {0}
    assert {page.is_finished for page in pages} == {True, False}
