"""What a customer with an instalment loan owes now, what falls due later, and how late that makes them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tideover.know.ledger import operations as ledger
from tideover.know.ledger import queries
from tideover.know.ledger.models import ProductTerms
from tideover.know.ledger.tests.loans import (
    THREE,
    cny,
    evening,
    make_lender,
    make_loan,
    morning,
    pay,
    standing,
    state,
)
from tideover.know.portfolio.tests.given import CUT_OFF, make_accounts, make_instalments


def october(day: int) -> date:
    return date(2026, 10, day)


@pytest.mark.django_db
def test_owed_now_is_what_is_overdue_and_an_instalment_joins_it_on_its_due_date() -> None:
    client_id = make_lender()
    loan, borrower = make_loan(client_id)
    before = queries.statement(loan, borrower, evening(october(14)))
    assert (before.owed_now, before.not_due, before.outstanding) == (cny("630.50"), cny(312), cny("942.50"))
    due = queries.statement(loan, borrower, evening(october(15)))
    assert (due.owed_now, due.not_due, due.outstanding) == (cny("942.50"), cny(0), cny("942.50"))
    assert [line.state for line in before.instalments] == ["overdue", "overdue", "not-due"]
    assert [line.state for line in due.instalments] == ["overdue", "overdue", "due-today"]
    assert before.next_due is not None and before.next_due.due_date == october(15)
    assert due.next_due is None
    assert before.foots and due.foots
    assert standing(client_id, october(15))[loan]["overdue_amount"] == Decimal("942.50")


@pytest.mark.django_db
def test_days_late_are_counted_from_the_oldest_instalment_that_is_not_covered() -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id)
    assert standing(client_id, october(1))[loan]["dpd"] == 47
    pay(loan, {"penalty-interest": "6.50", "interest": "12.00", "principal": "300.00"}, on=october(2))
    assert standing(client_id, october(3))[loan]["dpd"] == 18, "the September instalment is the oldest now"
    assert standing(client_id, october(3))[loan]["dpd_basis"] == "computed"
    assert standing(client_id, october(1))[loan]["dpd"] == 47, "yesterday reads as it was"


@pytest.mark.django_db
def test_a_case_is_cured_although_more_falls_due_and_an_instalment_is_late_only_the_day_after() -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id)
    pay(loan, {"penalty-interest": "6.50", "interest": "21.00", "principal": "603.00"}, on=october(2))
    found = standing(client_id, october(3))[loan]
    assert (found["dpd"], found["overdue_amount"], found["not_due_amount"]) == (0, 0, 312)
    assert not found["is_settled"] and found["next_due_date"] == october(15)
    assert [standing(client_id, october(day))[loan]["dpd"] for day in (15, 16, 17)] == [0, 1, 2]


@pytest.mark.django_db
@pytest.mark.parametrize(("left", "dpd", "settled"), [("9.99", 0, True), ("10.00", 0, True), ("10.01", 31, False)])
def test_a_small_rest_counts_as_paid_and_one_cent_more_does_not(left: str, dpd: int, settled: bool) -> None:
    client_id = make_lender()
    loan, borrower = make_loan(client_id, schedule=THREE[:2])
    rest = Decimal("303.00") - Decimal(left)
    pay(loan, {"penalty-interest": "6.50", "interest": "21.00", "principal": str(300 + rest)}, on=october(2))
    found = standing(client_id, october(16))[loan]
    assert (found["dpd"], found["is_settled"]) == (dpd, settled)
    assert queries.statement(loan, borrower, evening(october(16))).instalments[1].state == (
        "tail" if settled else "overdue"
    )


@pytest.mark.django_db
def test_the_lenders_days_late_bind_where_they_differ_until_money_moves_the_oldest_instalment() -> None:
    client_id = make_lender()
    loan, borrower = make_loan(client_id, dpd=40)
    found = standing(client_id, october(1))[loan]
    assert (found["dpd"], found["dpd_basis"], found["stated_dpd"], found["computed_dpd"]) == (41, "stated", 40, 47)
    (told,) = queries.list_breaks(client_id, morning(october(1)))
    assert (told.kind, told.stated, told.reckoned, told.cut_off_date) == ("dpd", 40, 46, CUT_OFF)
    assert queries.statement(loan, borrower, morning(october(1))).breaks == (told,)
    pay(loan, {"penalty-interest": "6.50", "interest": "12.00", "principal": "300.00"}, on=october(2))
    assert standing(client_id, october(3))[loan]["dpd"] == 18


@pytest.mark.django_db
def test_a_lender_that_says_not_late_is_believed_until_the_next_instalment_falls_due() -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id, dpd=0)
    assert [standing(client_id, october(day))[loan]["dpd"] for day in (1, 15, 16)] == [0, 0, 1]


@pytest.mark.django_db
def test_where_our_balance_counts_the_schedule_decides_and_the_lender_is_only_compared() -> None:
    client_id = make_lender("tideover")
    loan, _ = make_loan(client_id, dpd=40)
    assert standing(client_id, october(1))[loan]["dpd"] == 47
    assert [each.kind for each in queries.list_breaks(client_id, morning(october(1)))] == ["dpd"]


@pytest.mark.django_db
def test_a_stated_overdue_amount_that_the_schedule_does_not_bear_out_is_a_break_beyond_rounding() -> None:
    client_id = make_lender()
    make_loan(client_id, number="L1", stated={"principal": "604.00", "interest": "21.00"})
    off, _ = make_loan(client_id, number="L2", stated={"principal": "604.01", "interest": "21.00"})
    (told,) = queries.list_breaks(client_id, morning(october(1)))
    assert (told.account_id, told.kind, told.stated, told.reckoned) == (
        off,
        "overdue",
        Decimal("625.01"),
        Decimal("624.00"),
    )


@pytest.mark.django_db
def test_a_payment_taken_back_brings_the_old_days_late_with_it() -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id)
    pay(loan, {"interest": "21.00", "principal": "603.00"}, on=october(2))
    with transaction.atomic():
        ledger.reverse(
            account_id=loan,
            source="page",
            reference="P1",
            value_date=october(5),
            fact_id=2,
            at=evening(october(5)) - timedelta(hours=1),
        )
    assert standing(client_id, october(4))[loan]["dpd"] == 0
    assert standing(client_id, october(5))[loan]["dpd"] == 51


@pytest.mark.django_db
def test_money_taken_back_that_the_cut_off_still_contained_is_missing_from_the_newest_instalment() -> None:
    client_id = make_lender()
    paid = [{**THREE[0], "paid_amount": "312.00"}, {**THREE[1], "paid_amount": "312.00"}, THREE[2]]
    loan, _ = make_loan(client_id, schedule=paid, dpd=0, stated={"principal": "0.00"})
    pay(loan, {"interest": "9.00", "principal": "303.00"}, on=date(2026, 9, 20))
    with transaction.atomic():
        ledger.reverse(
            account_id=loan, source="page", reference="P1", value_date=october(5), fact_id=2, at=morning(october(5))
        )
    found = standing(client_id, october(5))[loan]
    assert (found["overdue_amount"], found["computed_dpd"]) == (Decimal(312), 20)


@pytest.mark.django_db
@pytest.mark.parametrize(("penalty", "breaks"), [("11.09", False), ("12.09", False), ("12.10", True), ("9.00", True)])
def test_a_later_file_contains_what_came_between_and_a_total_that_does_not_follow_is_a_break(
    penalty: str, breaks: bool
) -> None:
    client_id = make_lender()
    loan, borrower = make_loan(client_id)
    pay(loan, {"interest": "12.00", "principal": "300.00"}, on=october(10))
    cut_off = october(20)
    make_accounts(client_id, [{"number": "L1", "dpd": 35, "product": "instalment-loan"}], cut_off=cut_off, import_id=2)
    make_instalments(loan, [{**THREE[0], "paid_amount": "312.00"}, *THREE[1:]], cut_off=cut_off, import_id=2)
    state(loan, {"principal": "609.00", "interest": "15.00", "penalty-interest": penalty}, cut_off=cut_off)
    found = queries.statement(loan, borrower, morning(october(21)))
    assert found.owed_now == cny(624) + cny(penalty) and found.foots
    assert standing(client_id, october(21))[loan]["dpd"] == 36
    # 6.50 were stated; since then 603 for ten days, 303 for five and 609 for five: 2.61, 0.66 and 1.32.
    assert [(each.kind, each.reckoned) for each in found.breaks] == ([("total", Decimal("635.09"))] if breaks else [])


@pytest.mark.django_db
def test_interest_for_being_late_is_a_check_of_the_lender_and_a_claim_where_our_balance_counts() -> None:
    theirs, ours = make_lender(), make_lender("tideover", "own-books")
    checked, first = make_loan(theirs)
    claimed, second = make_loan(ours)
    for loan in (checked, claimed):
        pay(loan, {"penalty-interest": "6.50", "interest": "12.00", "principal": "300.00"}, on=october(11))
    check = queries.statement(checked, first, evening(october(21)))
    claim = queries.statement(claimed, second, evening(october(21)))
    periods = [(each.base, each.days, each.amount) for each in claim.penalty]
    # 603 for 11 days; 303 from the 11th to the 15th, when 306 more fall due, and 609 for six days. 15.6 % of 360 days.
    assert periods == [(cny(603), 11, cny("2.87")), (cny(303), 4, cny("0.53")), (cny(609), 6, cny("1.58"))]
    assert [(each.base, each.days, each.amount) for each in check.penalty] == periods
    assert check.owed_now == cny("624.00") and claim.owed_now == cny("628.98")
    assert check.foots and claim.foots and claim.is_penalty_claimed and not check.is_penalty_claimed
    assert standing(ours, october(21))[claimed]["overdue_amount"] == Decimal("628.98")


@pytest.mark.django_db
def test_without_the_contracts_rate_nothing_is_reckoned_for_being_late() -> None:
    client_id = make_lender("tideover")
    loan, borrower = make_loan(client_id, annual_rate=None)
    assert queries.statement(loan, borrower, evening(october(10))).penalty == ()


def instalment(number: int, due: date, principal: int, interest: int, paid: int) -> dict[str, str | int]:
    total = principal + interest
    return {
        "number": number,
        "due_date": due.isoformat(),
        "principal_amount": str(Decimal(principal) / 100),
        "interest_amount": str(Decimal(interest) / 100),
        "paid_amount": str(Decimal(min(paid, total)) / 100),
    }


CENTS = st.integers(0, 50_000)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    months=st.lists(st.tuples(CENTS, CENTS, CENTS), min_size=1, max_size=6),
    payments=st.lists(
        st.tuples(st.integers(1, 40), st.integers(1, 60_000), st.sampled_from(["principal", "interest"]))
    ),
    day=st.integers(1, 60),
    authority=st.sampled_from(["lender", "tideover"]),
    rate=st.sampled_from(["0.072", "0.12", "0.36"]),
)
def test_every_statement_foots_and_says_what_all_sets_say(
    months: list[tuple[int, int, int]], payments: list[tuple[int, int, str]], day: int, authority: str, rate: str
) -> None:
    test_every_statement_foots_and_says_what_all_sets_say.run += 1  # type: ignore[attr-defined]
    run = test_every_statement_foots_and_says_what_all_sets_say.run  # type: ignore[attr-defined]
    client_id = make_lender(authority, f"lender-{run}")
    schedule = [
        instalment(place, date(2026, 7, 31) + timedelta(days=30 * place), *month)
        for place, month in enumerate(months, 1)
    ]
    due = [each for each in schedule if str(each["due_date"]) <= CUT_OFF.isoformat()]
    left = sum((_total(each) - Decimal(each["paid_amount"]) for each in due), Decimal(0))
    loan, borrower = make_loan(
        client_id, number=f"R{run}", schedule=schedule, stated={"principal": str(left)}, annual_rate=rate
    )
    for place, (on, amount, component) in enumerate(payments):
        shares = {component: str(Decimal(amount) / 100)}
        pay(loan, shares, on=CUT_OFF + timedelta(days=on), reference=f"P{place}", hours=10)
    today = CUT_OFF + timedelta(days=day)
    made = queries.statement(loan, borrower, evening(today))
    found = standing(client_id, today)[loan]
    assert made.foots
    assert made.owed_now == queries.get_owed(loan, evening(today)) == cny(found["overdue_amount"])
    assert made.not_due == cny(found["not_due_amount"])
    for line in made.instalments:
        assert cny(0) <= line.left <= line.total
    for period in made.penalty:
        exact = period.base.amount * period.year_rate * period.days / period.days_of_year
        assert period.amount.amount == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    paid = sum((Decimal(amount) / 100 for on, amount, _ in payments if on <= day), Decimal(0))
    due_now = sum(
        (_total(e) - Decimal(e["paid_amount"]) for e in schedule if str(e["due_date"]) <= today.isoformat()), Decimal(0)
    )
    due_left = sum((line.left.amount for line in made.instalments if line.due_date <= today), Decimal(0))
    assert due_left == max(due_now - paid, Decimal(0)), "money goes to what is due, and nothing of it is lost"
    assert (found["dpd"] > 0) <= (due_left > 10)


test_every_statement_foots_and_says_what_all_sets_say.run = 0  # type: ignore[attr-defined]


def _total(each: dict[str, str | int]) -> Decimal:
    return Decimal(each["principal_amount"]) + Decimal(each["interest_amount"])


@pytest.mark.django_db
def test_a_late_fee_is_charged_once_for_an_instalment_left_late_where_the_product_has_one() -> None:
    client_id = make_lender("tideover")
    kept = ProductTerms.objects.get(product="instalment-loan", currency="CNY")
    values = {f.attname: getattr(kept, f.attname) for f in kept._meta.concrete_fields if f.attname != "id"}
    values.update(
        policy_version="with a fee", effective_from=date(2026, 9, 1), late_fee_amount=20, late_fee_after_days=3
    )
    ProductTerms.objects.create(**values)
    loan, borrower = make_loan(client_id, annual_rate=None)
    assert [queries.get_owed(loan, evening(october(day))) for day in (17, 18, 30)] == [
        cny("942.50"),
        cny("962.50"),
        cny("962.50"),
    ]
    made = queries.statement(loan, borrower, evening(october(18)))
    assert made.foots and "ledger.line.late-fee" in [line.code for line in made.lines]


@pytest.mark.django_db
def test_the_published_view_tells_every_clients_breaks() -> None:
    loan, _ = make_loan(make_lender(), dpd=40)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, account_number, kind, stated, reckoned FROM public_breaks")
        assert cursor.fetchall() == [(loan, "L1", "dpd", 40, 46)]


@pytest.mark.django_db
def test_at_the_end_of_a_date_what_falls_due_the_day_after_has_not_fallen_due() -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id)
    end = evening(october(14)) + timedelta(hours=4)
    assert queries.get_owed(loan, end) == cny("630.50")
    assert queries.get_owed(loan, end + timedelta(microseconds=1)) == cny("942.50")
    with connection.cursor() as cursor:
        for instant, owed in ((end, "630.50"), (end + timedelta(microseconds=1), "942.50")):
            cursor.execute("SELECT owed_amount FROM ledger_owed_at(%s, %s)", [client_id, instant])
            assert cursor.fetchall() == [(Decimal(owed),)]


@pytest.mark.django_db
def test_what_the_lenders_next_total_should_be_contains_what_being_late_costs() -> None:
    client_id = make_lender()
    loan, _ = make_loan(client_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_expected_at(%s, %s)", [client_id, evening(october(10))])
        # 603 for ten days at 15.6 % of a year of 360 days
        assert cursor.fetchall() == [(loan, "CNY", Decimal("633.11"), 1)]
