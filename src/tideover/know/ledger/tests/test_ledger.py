"""What is owed is what the client stated and what was booked since; each line of a statement says how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tideover.core.money import Money
from tideover.know.ledger import operations as ledger
from tideover.know.ledger import queries
from tideover.know.ledger.types import BalanceUnknown, NotAParty, NothingToReverse, PostingWrong
from tideover.know.portfolio.tests.given import CUT_OFF, account_id, customer_id, make_accounts, make_client

CUT_OFF_AT = datetime(2026, 9, 30, 16, tzinfo=UTC)
MORNING = datetime(2026, 10, 5, 1, tzinfo=UTC)
STATED = """
SELECT account_id, component, amount, currency
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (account_id bigint, component text, amount numeric, currency text)
"""
PAID = """
SELECT account_id, component, amount, currency, value_date, booked_at, reference
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
    account_id bigint, component text, amount numeric, currency text, value_date date, booked_at timestamptz,
    reference text)
"""


def state(account: int, parts: Mapping[str, str], *, cut_off: date = CUT_OFF, currency: str = "CNY") -> None:
    rows = [
        {"account_id": account, "component": component, "amount": amount, "currency": currency}
        for component, amount in parts.items()
    ]
    with transaction.atomic():
        ledger.state_balances(
            given=STATED,
            params={"rows": json.dumps(rows)},
            cut_off_date=cut_off,
            cut_off_at=CUT_OFF_AT + (cut_off - CUT_OFF),
            import_id=1,
        )


def pay(account: int, shares: Mapping[str, str], *, at: datetime, reference: str = "P1", currency: str = "CNY") -> None:
    with transaction.atomic():
        ledger.post(
            account_id=account,
            shares={component: Money(Decimal(amount), currency) for component, amount in shares.items()},
            source="page",
            value_date=at.date(),
            booked_at=at,
            reference=reference,
            fact_id=1,
        )


def pay_history(account: int, *payments: tuple[str, str]) -> int:
    rows = [
        {
            "account_id": account,
            "component": "as-stated",
            "amount": amount,
            "currency": "CNY",
            "value_date": day,
            "booked_at": f"{day}T16:00:00Z",
            "reference": f"history:{day[:7]}",
        }
        for day, amount in payments
    ]
    with transaction.atomic():
        return ledger.post_set(
            given=PAID, params={"rows": json.dumps(rows)}, source="history", fact_id=1, value_date_basis="month"
        )


def owed_at(client_id: int, at: datetime) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_owed_at(%s, %s)", [client_id, at])
        return tuple(cursor.fetchall())


def make_account(dpd: int = 31, **row: str) -> tuple[int, int, int]:
    client_id = make_client()
    make_accounts(client_id, [{"number": "A1", "dpd": dpd} | row])
    return client_id, account_id(client_id, "A1"), customer_id(client_id, "A1")


SPLIT = {"principal": "1000.00", "interest": "50.10", "penalty-interest": "4.40", "fee:late-fee": "25.00"}


@pytest.mark.django_db
def test_owed_now_is_what_was_stated_less_what_was_booked_after_the_cut_off() -> None:
    client_id, account, _ = make_account()
    with pytest.raises(BalanceUnknown):
        queries.get_owed(account, MORNING)
    state(account, {"as-stated": "500.00"})
    pay(account, {"as-stated": "80.00"}, at=CUT_OFF_AT, reference="contained")
    pay(account, {"as-stated": "120.00"}, at=MORNING)
    assert queries.get_owed(account, CUT_OFF_AT) == Money(Decimal(500), "CNY")
    assert queries.get_owed(account, MORNING) == Money(Decimal(380), "CNY")
    with pytest.raises(BalanceUnknown):
        queries.get_owed(account, CUT_OFF_AT - timedelta(microseconds=1))
    ((found, currency, amount, last_date, in_30_days),) = owed_at(client_id, MORNING)
    assert (found, currency, amount, last_date, in_30_days) == (account, "CNY", 380, date(2026, 10, 5), 200)


@pytest.mark.django_db
def test_a_new_cut_off_contains_what_was_booked_before_it() -> None:
    client_id, account, _ = make_account()
    state(account, {"as-stated": "500.00"})
    pay(account, {"as-stated": "120.00"}, at=MORNING)
    state(account, {"as-stated": "390.00"}, cut_off=date(2026, 10, 31))
    later = datetime(2026, 11, 3, tzinfo=UTC)
    assert queries.get_owed(account, later) == Money(Decimal(390), "CNY")
    assert queries.get_owed(account, MORNING) == Money(Decimal(380), "CNY")
    assert owed_at(client_id, later)[0][2] == 390


@pytest.mark.django_db
def test_a_statement_shows_each_part_what_was_paid_and_how_it_was_reached_and_it_foots() -> None:
    _, account, customer = make_account()
    state(account, SPLIT)
    pay(account, {"penalty-interest": "4.40", "interest": "15.60"}, at=MORNING)
    shown = queries.statement(account, customer, MORNING)
    assert [(line.code, str(line.amount)) for line in shown.lines] == [
        ("ledger.line.principal", "CNY 1000.00"),
        ("ledger.line.interest", "CNY 50.10"),
        ("ledger.line.penalty-interest", "CNY 4.40"),
        ("ledger.line.fee", "CNY 25.00"),
        ("ledger.line.paid-since", "CNY -20.00"),
    ]
    assert shown.lines[3].fields == {"fee": "late-fee"}
    assert all(line.how.code.startswith("ledger.how.") for line in shown.lines)
    assert shown.is_split and shown.foots and str(shown.owed_now) == "CNY 1059.50" and shown.role == "borrower"
    assert shown.next_due is None and shown.next_due_how.code == "ledger.how.next-due-not-said"


@pytest.mark.django_db
def test_an_unsplit_total_says_that_the_lender_sent_no_split_and_history_is_told_but_not_counted() -> None:
    _, account, customer = make_account(next_due_date="2026-10-20", next_due_amount="55.00")
    state(account, {"as-stated": "500.00"})
    pay_history(account, ("2026-08-31", "40.00"), ("2026-09-30", "60.00"))
    shown = queries.statement(account, customer, MORNING)
    stated, since, before = shown.lines
    assert stated.how.code == "ledger.how.as-stated" and not shown.is_split
    assert since.how.code == "ledger.how.nothing-paid-since" and not since.amount
    assert (str(before.amount), before.counts) == ("CNY -100.00", False)
    assert before.how.code == "ledger.how.paid-before-by-month" and before.fields == {"from_date": date(2026, 8, 31)}
    assert shown.foots and str(shown.owed_now) == "CNY 500.00"
    assert shown.next_due is not None and str(shown.next_due.amount) == "CNY 55.00"


@pytest.mark.django_db
def test_history_given_again_is_kept_once() -> None:
    client_id, account, _ = make_account()
    state(account, {"as-stated": "500.00"})
    assert pay_history(account, ("2026-09-30", "60.00")) == 1
    assert pay_history(account, ("2026-09-30", "60.00")) == 0
    assert owed_at(client_id, MORNING)[0][3:] == (date(2026, 9, 30), 60)


@pytest.mark.django_db
def test_a_credit_is_a_credit() -> None:
    client_id, account, customer = make_account(dpd=0)
    state(account, {"as-stated": "-12.34"})
    shown = queries.statement(account, customer, MORNING)
    assert shown.lines[0].code == "ledger.line.credit" and str(shown.owed_now) == "CNY -12.34" and shown.foots
    assert owed_at(client_id, MORNING)[0][2] == Decimal("-12.34")


@pytest.mark.django_db
def test_a_reversal_takes_back_the_whole_payment_once_and_shows() -> None:
    client_id, account, customer = make_account()
    state(account, SPLIT)
    pay(account, {"interest": "50.10", "principal": "100.00"}, at=MORNING)
    back_at = MORNING + timedelta(days=1)
    details = {"account_id": account, "source": "page", "reference": "P1", "value_date": back_at.date(), "fact_id": 2}
    with transaction.atomic():
        assert ledger.reverse(**details, at=back_at) == 2
    with pytest.raises(NothingToReverse), transaction.atomic():
        ledger.reverse(**details, at=back_at)
    shown = queries.statement(account, customer, back_at)
    assert [str(line.amount) for line in shown.lines[-2:]] == ["CNY -150.10", "CNY 150.10"] and shown.foots
    assert str(shown.owed_now) == "CNY 1079.50"
    assert owed_at(client_id, back_at)[0][2:] == (Decimal("1079.50"), None, 0)
    assert owed_at(client_id, MORNING)[0][2:] == (Decimal("929.40"), date(2026, 10, 5), Decimal("150.10"))


@pytest.mark.django_db
def test_one_reference_is_posted_once_and_a_posting_that_cannot_be_is_named() -> None:
    _, account, customer = make_account()
    state(account, SPLIT)
    pay(account, {"interest": "5.00"}, at=MORNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        pay(account, {"interest": "5.00"}, at=MORNING)
    for shares in ({"interest": "0.00"}, {"interest": "-1.00"}, {"pocket-money": "1.00"}):
        with pytest.raises(PostingWrong):
            pay(account, shares, at=MORNING, reference="P2")
    with pytest.raises(NotAParty):
        queries.statement(account, customer + 1000, MORNING)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["ledger_statedbalance", "ledger_posting"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET amount = 0", "DELETE FROM {table}", "TRUNCATE {table}"])
def test_the_ledger_is_never_changed(table: str, change: str) -> None:
    _, account, _ = make_account()
    state(account, SPLIT)
    pay(account, {"interest": "5.00"}, at=MORNING)
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table=table))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege | psycopg.errors.RestrictViolation)


cents = st.integers(min_value=0, max_value=10**9).map(lambda minor: str(Decimal(minor).scaleb(-2)))
part = st.sampled_from(["principal", "interest", "penalty-interest", "fee:late-fee", "fee:annual-fee"])
moves = st.lists(
    st.tuples(part, cents.filter(lambda text: Decimal(text) > 0), st.integers(-3, 40), st.booleans()), max_size=8
)


@settings(max_examples=40, deadline=None)
@given(stated=st.dictionaries(part, cents, min_size=1), payments=moves, days=st.integers(0, 45))
@pytest.mark.django_db
def test_every_statement_foots_whatever_was_stated_paid_and_taken_back(stated, payments, days) -> None:
    with transaction.atomic():
        client_id, account, customer = make_account()
        state(account, stated)
        for number, (component, amount, after, taken_back) in enumerate(payments):
            at = CUT_OFF_AT + timedelta(days=after, hours=1)
            pay(account, {component: amount}, at=at, reference=str(number))
            if taken_back:
                ledger.reverse(
                    account_id=account,
                    source="page",
                    reference=str(number),
                    value_date=at.date(),
                    fact_id=2,
                    at=at + timedelta(hours=2),
                )
        as_of = CUT_OFF_AT + timedelta(days=days)
        shown = queries.statement(account, customer, as_of)
        assert shown.foots
        assert shown.owed_now.amount == owed_at(client_id, as_of)[0][2]
        transaction.set_rollback(True)
