"""The invented lender's books and our own reckoning are two pieces of work; they come to the same days and amounts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tideover.act.payments import operations as payments
from tideover.core.access.types import SYSTEM
from tideover.know.ledger import queries as ledger_queries
from tideover.know.ledger.tests.loans import cny, evening, make_lender, make_loan, morning, standing, state
from tideover.know.portfolio.tests.given import make_accounts, make_instalments
from tideover.rehearsal import draws, loans

CUT_OFF = date(2026, 9, 30)
LATER = CUT_OFF + timedelta(days=31)


def schedule(page: loans.Page) -> list[dict[str, Any]]:
    return [
        {
            "number": each.instalment.number,
            "due_date": each.instalment.due_date,
            "principal_amount": each.instalment.principal,
            "interest_amount": each.instalment.interest,
            "paid_amount": each.paid,
            "paid_date": each.settled_date,
        }
        for each in page.standings
    ]


def stated(page: loans.Page) -> dict[str, str]:
    return {
        "principal": str(page.overdue_principal),
        "interest": str(page.overdue_interest),
        "penalty-interest": str(page.penalty_interest),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("authority", ["lender", "tideover"])
def test_the_lenders_next_file_follows_from_its_last_one_and_the_money_between(authority: str) -> None:
    client_id = make_lender(authority)
    drawn = [loans.draw(f"HT1{number:05d}", f"K{number}", CUT_OFF, seed=7) for number in range(20)]
    made = {}
    for loan in drawn:
        page = loans.page_of(loan, CUT_OFF)
        account, borrower = make_loan(
            client_id,
            number=loan.number,
            schedule=schedule(page),
            stated=stated(page),
            dpd=page.dpd,
            annual_rate=str(loan.annual_rate),
        )
        made[loan.number] = (account, borrower)
    assert ledger_queries.list_breaks(client_id, morning(CUT_OFF + timedelta(days=1))) == []
    later = {}
    for place, loan in enumerate(drawn):
        paid = [] if place % 3 == 0 else [loans.Paid(CUT_OFF + timedelta(days=3 + place % 20), _some(loan))]
        for each in paid:
            payments.post_payment(
                account_id=made[loan.number][0],
                amount=cny(each.amount),
                value_date=each.value_date,
                reference=f"P-{loan.number}",
                at=morning(each.value_date),
                actor=SYSTEM,
            )
        later[loan.number] = loans.page_of(loan, LATER, tuple(paid))
    for number, page in later.items():
        account, borrower = made[number]
        before = ledger_queries.statement(account, borrower, evening(LATER))
        assert before.foots
        penalty = sum((each.amount.amount for each in before.penalty), Decimal(0))
        reckoned = before.owed_now.amount + (Decimal(0) if before.is_penalty_claimed else penalty)
        if page.owed_now:
            assert abs(reckoned - page.owed_now) <= 1, number
        found = standing(client_id, LATER)[account]
        tails = found["dpd"] == 0 and page.dpd > 0
        assert found["dpd"] == page.dpd or tails or found["overdue_amount"] < page.dpd * 100, number
        rows = [{"number": number, "dpd": page.dpd, "product": "instalment-loan"}]
        make_accounts(client_id, rows, cut_off=LATER, import_id=2)
        make_instalments(account, schedule(page), cut_off=LATER, import_id=2)
        state(account, stated(page), cut_off=LATER)
    told = ledger_queries.list_breaks(client_id, morning(LATER + timedelta(days=1)))
    numbers = {account: number for number, (account, _) in made.items()}
    unpaid_ahead = {each.account_id for each in told if later[numbers[each.account_id]].owed_now == 0}
    assert [each for each in told if each.account_id not in unpaid_ahead] == []


def _some(loan: loans.Loan) -> Decimal:
    """A part of what is overdue, all of it, or a little more."""
    owed = loans.page_of(loan, CUT_OFF).owed_now
    share = Decimal(draws.weighted({"0.3": Decimal("0.4"), "1": Decimal("0.6")}, 7, "some", loan.number))
    return (owed * share).quantize(Decimal("0.01"))
