"""Money for an instalment loan goes to what being late costs, then to the oldest instalment, and then to the next."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tideover.act.payments import operations as payments
from tideover.core.access.types import SYSTEM
from tideover.know.ledger import queries as ledger_queries
from tideover.know.ledger.models import Posting
from tideover.know.ledger.tests.loans import cny, evening, make_lender, make_loan

DAY = date(2026, 10, 2)


def used(account_id: int) -> dict[str, Decimal]:
    return {row.component: -row.amount for row in Posting.objects.filter(account_id=account_id)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "shares"),
    [
        ("6.49", {"penalty-interest": "6.49"}),
        ("18.50", {"penalty-interest": "6.50", "interest": "12.00"}),
        ("318.50", {"penalty-interest": "6.50", "interest": "12.00", "principal": "300.00"}),
        ("318.51", {"penalty-interest": "6.50", "interest": "12.01", "principal": "300.00"}),
        ("630.50", {"penalty-interest": "6.50", "interest": "21.00", "principal": "603.00"}),
        ("640.00", {"penalty-interest": "6.50", "interest": "21.00", "principal": "612.50"}),
    ],
)
def test_the_oldest_instalment_is_paid_whole_before_the_next_gets_a_cent(amount: str, shares: dict[str, str]) -> None:
    loan, borrower = make_loan(make_lender())
    payments.post_payment(
        account_id=loan, amount=cny(amount), value_date=DAY, reference="P1", at=evening(DAY), actor=SYSTEM
    )
    assert used(loan) == {name: Decimal(share) for name, share in shares.items()}
    made = ledger_queries.statement(loan, borrower, evening(DAY))
    assert made.foots and made.owed_now == cny("630.50") - cny(amount)


@pytest.mark.django_db
def test_what_the_lender_states_beyond_its_schedule_is_served_last() -> None:
    loan, _ = make_loan(make_lender(), stated={"principal": "650.00", "interest": "9.00"})
    payments.post_payment(
        account_id=loan, amount=cny("625.00"), value_date=DAY, reference="P1", at=evening(DAY), actor=SYSTEM
    )
    assert used(loan) == {"interest": Decimal("9.00"), "principal": Decimal("616.00")}
