"""Payments: each once, used by the product's policy, and never a cent lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tideover.act.payments import operations as payments
from tideover.act.payments import queries
from tideover.act.payments.types import (
    PaymentAccountForeign,
    PaymentCurrencyWrong,
    PaymentDateAhead,
    PaymentNotPositive,
    PaymentReferenceMissing,
    ReferenceTaken,
)
from tideover.core.access.types import SYSTEM, AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.core.money import Money
from tideover.core.policy import queries as policy
from tideover.know.cases.tests.portfolio import Story, at, day
from tideover.know.ledger import policy_schema as products
from tideover.know.ledger import queries as ledger_queries
from tideover.know.ledger.models import Posting, StatedBalance
from tideover.know.portfolio import queries as portfolio_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def clerk(story: Story) -> Actor:
    return story.user("clerk", Role.INTEGRATOR)


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def pay(account: int, by: Actor, amount: str, reference: str = "R1", number: int = 2) -> int:
    return payments.post_payment(
        account_id=account, amount=cny(amount), value_date=day(number), reference=reference, at=at(number), actor=by
    )


def state(account: int, **components: str) -> None:
    """The client states the balance anew, split."""
    old = StatedBalance.objects.get(account_id=account)
    for name, amount in components.items():
        StatedBalance.objects.create(
            account_id=account, cut_off_date=day(1), component=name.replace("_", "-").replace("fee-", "fee:"),
            amount=Decimal(amount), currency="CNY", cut_off_at=at(2, "00:00"), import_id=old.import_id,
        )  # fmt: skip


def uses(account: int) -> dict[str, Decimal]:
    """What went to each component."""
    found: dict[str, Decimal] = {}
    for each in Posting.objects.filter(account_id=account, kind="payment"):
        found[each.component] = found.get(each.component, Decimal(0)) - each.amount
    return found


def test_a_payment_lowers_what_is_owed_and_is_on_the_customers_chain(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")

    pay(wang, clerk, "400.00")

    assert ledger_queries.get_owed(wang, at(2)) == cny("600.00")
    fact = journal.list_facts(portfolio_queries.get_borrower_id(wang))[0]
    assert (fact.kind, fact.body["amount"], fact.body["currency"]) == ("payment-received", "400", "CNY")


def test_the_same_payment_entered_twice_is_one(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")

    assert pay(wang, clerk, "400.00") == pay(wang, clerk, "400.00", number=3)
    assert ledger_queries.get_owed(wang, at(3)) == cny("600.00")
    assert len(queries.list_payments([story.client_id], 10)) == 1


def test_a_reference_that_stands_for_another_payment_is_refused(story: Story, clerk: Actor) -> None:
    wang, other = story.account(), story.account()
    pay(wang, clerk, "400.00")

    with pytest.raises(ReferenceTaken):
        pay(wang, clerk, "401.00")
    with pytest.raises(ReferenceTaken):
        pay(other, clerk, "400.00")


def test_costs_come_before_interest_and_interest_before_principal(story: Story, clerk: Actor) -> None:
    wang = story.account()
    state(wang, principal="2000.00", interest="40.00", penalty_interest="12.00", fee_annual="10.00")

    pay(wang, clerk, "100.00")

    assert uses(wang) == {
        "fee:annual": Decimal(10), "penalty-interest": Decimal(12), "interest": Decimal(40), "principal": Decimal(38),
    }  # fmt: skip


def test_what_is_over_becomes_a_credit(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="100.00")

    pay(wang, clerk, "150.00")

    assert ledger_queries.get_owed(wang, at(2)) == cny("-50.00")


def test_a_payment_goes_on_where_the_one_before_it_ended(story: Story, clerk: Actor) -> None:
    wang = story.account()
    state(wang, principal="100.00", interest="40.00")

    pay(wang, clerk, "30.00", "R1", 2)
    pay(wang, clerk, "30.00", "R2", 3)

    assert uses(wang) == {"interest": Decimal(40), "principal": Decimal(20)}


def test_what_cannot_be_a_payment_is_refused(story: Story, clerk: Actor) -> None:
    wang = story.account()
    with pytest.raises(PaymentNotPositive):
        pay(wang, clerk, "0.00")
    with pytest.raises(PaymentDateAhead):
        payments.post_payment(
            account_id=wang, amount=cny("1.00"), value_date=day(3), reference="R1", at=at(2), actor=clerk
        )
    with pytest.raises(PaymentCurrencyWrong):
        payments.post_payment(
            account_id=wang, amount=Money(Decimal(1), "USD"), value_date=day(2), reference="R1", at=at(2), actor=clerk
        )
    with pytest.raises(PaymentReferenceMissing):
        pay(wang, clerk, "1.00", " ")
    with pytest.raises(AccessRefused):
        pay(wang, story.user("lin"), "1.00")


def file_of(story: Story, rows: list[tuple[int, str, str]]) -> dict[str, Any]:
    """A file's rows as the import gives them: account, amount, reference."""
    lines = " UNION ALL ".join(
        f"SELECT %(client_id)s::bigint AS client_id, {account}::bigint AS account_id, {amount}::numeric AS amount,"
        f" 'CNY' AS currency, %(value_date)s::date AS value_date, %(booked_at)s::timestamptz AS booked_at,"
        f" '{reference}' AS reference, 7::bigint AS import_id"
        for account, amount, reference in rows
    )
    params = {"client_id": story.client_id, "value_date": day(2), "booked_at": at(2)}
    return {"given": lines, "params": params, "client_id": story.client_id, "at": at(2), "actor": SYSTEM}


def test_a_file_is_entered_once_and_tells_each_customer_once(story: Story) -> None:
    customer = story.customer()
    one, two = story.account(customer), story.account(customer)
    file = file_of(story, [(one, "100.00", "F1"), (two, "50.00", "F2"), (one, "5.00", "F3")])

    assert payments.post_set(**file) == {"payments": 3}
    assert payments.post_set(**file) == {"payments": 0}

    assert ledger_queries.get_owed(one, at(2)) == cny("895.00")
    facts = journal.list_facts(customer)
    assert [each.kind for each in facts] == ["payment-received"]
    assert len(facts[0].body["changes"]) == 3


def test_a_file_with_a_contradiction_is_refused_as_a_whole(story: Story) -> None:
    one, two = story.account(), story.account()
    with pytest.raises(ReferenceTaken), transaction.atomic():
        payments.post_set(**file_of(story, [(one, "100.00", "F1"), (two, "50.00", "F1")]))
    assert queries.list_payments([story.client_id], 10) == []


def test_a_file_cannot_pay_an_account_of_another_client_in_another_currency_or_nothing(story: Story) -> None:
    wang = story.account(owed="1000.00")
    usd = file_of(story, [(wang, "100.00", "F1")])
    usd["given"] = usd["given"].replace("'CNY'", "'USD'")
    with pytest.raises(PaymentCurrencyWrong), transaction.atomic():
        payments.post_set(**usd)
    with pytest.raises(PaymentNotPositive), transaction.atomic():
        payments.post_set(**file_of(story, [(wang, "-100.00", "F1")]))
    with pytest.raises(PaymentAccountForeign), transaction.atomic():
        payments.post_set(**file_of(story, [(wang + 1, "100.00", "F1")]))
    assert ledger_queries.get_owed(wang, at(2)) == cny("1000.00")


AMOUNT = st.integers(min_value=0, max_value=50_000).map(lambda cents: Decimal(cents) / 100)
PAID = st.integers(min_value=1, max_value=60_000).map(lambda cents: Decimal(cents) / 100)
NAMES = ("principal", "interest", "penalty-interest", "fee:annual", "fee:late", "as-stated")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    owed=st.dictionaries(st.sampled_from(NAMES), AMOUNT, min_size=1),
    paid=st.lists(PAID, min_size=1, max_size=4),
)
def test_whatever_is_owed_and_paid_the_set_uses_it_as_the_rule_does_and_no_cent_is_lost(
    story: Story, owed: dict[str, Decimal], paid: list[Decimal]
) -> None:
    with transaction.atomic():
        wang = story.account(owed="1.00")
        for name, amount in owed.items():
            StatedBalance.objects.create(
                account_id=wang, cut_off_date=day(1), component=name, amount=amount, currency="CNY",
                cut_off_at=at(2, "00:00"), import_id=0,
            )  # fmt: skip
        rows = [(wang, str(amount), f"H{wang}-{place}") for place, amount in enumerate(paid)]
        payments.post_set(**file_of(story, rows))
        rules = policy.get("products", "products.credit-card").data

        assert uses(wang) == products.allocate(rules, owed, sum(paid, Decimal(0)))
        assert sum(uses(wang).values()) == sum(paid)
        left = sum(owed.values(), Decimal(0)) - sum(paid)
        assert ledger_queries.get_owed(wang, at(2)) == Money(left, "CNY")
