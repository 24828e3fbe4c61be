"""Money that is taken back: once, whole, by name; and the case goes on as it was left."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tideover.act.arrangements import operations as arrangements
from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.payments import operations as payments
from tideover.act.payments import queries
from tideover.act.payments.models import Payment, Reversal
from tideover.act.payments.types import (
    PaymentAccountForeign,
    ReferenceTaken,
    ReversalDateAhead,
    ReversalReferenceTaken,
    ReverseBeforePayment,
    ReversedAlready,
    ReversesOtherAccount,
    ReversesOtherAmount,
    ReversesReversal,
    ReversesUnknown,
    UnknownPayment,
    UnknownReversalCause,
)
from tideover.core import words
from tideover.core.access.types import SYSTEM, AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.core.money import Money
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import CaseAccount
from tideover.know.cases.tests.portfolio import Story, at, day
from tideover.know.ledger import queries as ledger_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.models import Placement
from tideover.know.staff import operations as staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def clerk(story: Story) -> Actor:
    return story.user("clerk", Role.INTEGRATOR)


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def pay(account: int, by: Actor, amount: str, number: int, reference: str = "R1") -> int:
    return payments.post_payment(
        account_id=account, amount=cny(amount), value_date=day(number), reference=reference, at=at(number), actor=by
    )


def take_back(payment_id: int, by: Actor, number: int, reference: str = "") -> int:
    return payments.reverse(
        payment_id=payment_id, cause="bank-returned", value_date=day(number), reference=reference,
        at=at(number, "15:00"), actor=by,
    )  # fmt: skip


def followed(reversal_id: int) -> str:
    return queries.get_reversal(reversal_id).followed


def owned(story: Story, account: int) -> Actor:
    """The case gets its collector."""
    lin = story.user("lin")
    given = "SELECT %(case_id)s::bigint AS case_id, %(who)s::bigint AS collector_id, 'first-assignment' AS cause"
    params = {"case_id": story.case(account).id, "who": lin.user_id}
    cases.assign_collectors(given=given, params=params, at=at(1), actor=SYSTEM)
    return lin


def told(account: int, kind: str) -> list[dict[str, Any]]:
    facts = journal.list_facts(portfolio_queries.get_borrower_id(account))
    return [dict(each.body) for each in facts if each.kind == kind]


def test_a_case_that_closed_as_paid_opens_again_as_it_was_left(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00", dpd=4)
    story.morning(1)
    lin = owned(story, wang)
    story.call(wang)
    story.morning(2)
    before = story.case(wang)
    payment = pay(wang, clerk, "1000.00", 2)
    story.morning(3)
    assert cases_queries.get_open_case_of_account(wang) is None

    reversal = take_back(payment, clerk, 5)

    assert followed(reversal) == "reopened"
    case = story.case(wang)
    assert (case.id, case.collector_id, case.close_cause) == (before.id, lin.user_id, None)
    was, now = before.accounts[0], case.accounts[0]
    assert (now.stage, now.attempts_count, now.contacts_count) == (was.stage, was.attempts_count, was.contacts_count)
    assert was.stage_deadline_date and now.stage_deadline_date
    assert (now.stage_deadline_date - was.stage_deadline_date).days == 2, "the days in between do not count"
    assert [each.cause for each in case.tenures] == ["first-assignment", "payment-reversed"]
    assert ledger_queries.get_owed(wang, at(5, "15:00")) == cny("1000.00")
    assert portfolio_queries.list_standings([wang], day(5))[0].dpd == 9
    kinds = [each.kind for each in journal.list_facts(case.customer_id)][:3]
    assert kinds == ["account-returned", "case-reopened", "payment-reversed"]

    assert story.morning(6)["open"] == 1
    assert journal.verify().holds


def test_a_case_that_opens_again_does_not_go_back_to_a_colleague_who_has_left(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00", dpd=4)
    story.morning(1)
    lin = owned(story, wang)
    story.morning(2)
    payment = pay(wang, clerk, "1000.00", 2)
    story.morning(3)
    assert lin.user_id is not None
    staff.note_leaving(user_id=lin.user_id, left_date=day(5), at=at(4), actor=SYSTEM)

    assert followed(take_back(payment, clerk, 5)) == "reopened"

    assert story.case(wang).collector_id is None, "the night gives it to somebody"


def test_what_the_lender_stated_with_the_money_still_there_is_not_believed_any_more(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00", dpd=4)
    story.morning(1)
    payment = pay(wang, clerk, "400.00", 1)
    story.stands(wang, day(2), owed="600.00", dpd=0)
    story.morning(3)
    assert cases_queries.get_open_case_of_account(wang) is None

    assert followed(take_back(payment, clerk, 4)) == "reopened"

    assert story.morning(5)["left"] == 0
    assert ledger_queries.get_owed(wang, at(5)) == cny("1000.00")
    assert ledger_queries.list_lateness([wang], at(5))[0].dpd == 9, "the old lateness goes on"
    story.stands(wang, day(5), owed="1000.00", dpd=0)
    assert story.morning(6)["closed"] == 1, "a cut-off that knows of the reversal binds"


def test_the_payment_keeps_its_value_date_and_its_moment(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")
    payment = pay(wang, clerk, "400.00", 2)
    before = Payment.objects.values().get(pk=payment)

    reversal = take_back(payment, clerk, 3)

    assert Payment.objects.values().get(pk=payment) == before
    read = queries.get_reversal(reversal)
    assert (read.value_date, read.booked_at, read.amount) == (day(3), at(3, "15:00"), cny("400.00"))
    statement = ledger_queries.statement(wang, portfolio_queries.get_borrower_id(wang), at(4))
    assert statement.foots and statement.owed_now == cny("1000.00")
    assert ledger_queries.get_owed(wang, at(2, "16:00")) == cny("600.00"), "then it was paid"


def test_while_the_case_is_open_only_what_is_owed_comes_back(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")
    story.morning(1)
    assert followed(take_back(pay(wang, clerk, "1000.00", 1), clerk, 1)) == "case-open"
    assert told(wang, "case-reopened") == []


def test_an_account_without_a_case_and_one_that_is_not_late_stay_without(story: Story, clerk: Actor) -> None:
    never, cured = story.account(dpd=0), story.account(owed="1000.00", dpd=1)
    assert followed(take_back(pay(never, clerk, "5.00", 1, "N"), clerk, 1)) == "no-case"
    story.morning(1)
    story.stands(cured, day(2), owed="900.00", dpd=0)
    story.morning(3)
    assert followed(take_back(pay(cured, clerk, "5.00", 4, "C"), clerk, 5)) == "not-late"
    assert cases_queries.get_open_case_of_account(cured) is None


def test_after_a_recall_the_money_is_booked_and_the_case_stays_closed(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00", dpd=4)
    story.morning(1)
    payment = pay(wang, clerk, "1000.00", 1)
    story.morning(2)
    Placement.objects.filter(account_id=wang).update(ended_date=day(3))

    reversal = take_back(payment, clerk, 4)

    assert followed(reversal) == "recalled"
    assert ledger_queries.get_owed(wang, at(4, "15:00")) == cny("1000.00")
    assert cases_queries.get_open_case_of_account(wang) is None
    assert told(wang, "payment-reversed")[0]["followed"] == "recalled"
    line = queries.list_money([story.client_id], latest=10)[0]
    assert (line.entry, line.followed, line.reverses) == ("reversal", "recalled", "R1")


def test_after_a_hand_back_the_money_is_booked_and_the_case_stays_closed(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00", dpd=4)
    story.morning(1)
    payment = pay(wang, clerk, "100.00", 1)
    CaseAccount.objects.filter(account_id=wang).update(left_date=day(2), left_cause="handed-back")
    story.morning(3)

    assert followed(take_back(payment, clerk, 4)) == "handed-back"
    assert cases_queries.get_open_case_of_account(wang) is None
    assert ledger_queries.get_owed(wang, at(4, "15:00")) == cny("1000.00")


def test_where_the_customer_has_another_open_case_the_account_joins_it_on_its_old_rung(
    story: Story, clerk: Actor
) -> None:
    customer = story.customer()
    wang = story.account(customer, owed="1000.00", dpd=4)
    story.morning(1)
    story.call(wang)
    story.morning(2)
    stage = story.case(wang).accounts[0].stage
    payment = pay(wang, clerk, "1000.00", 2)
    story.morning(3)
    other = story.account(customer, owed="500.00", dpd=1)
    story.morning(4)

    assert followed(take_back(payment, clerk, 5)) == "reopened"
    assert story.case(wang).id == story.case(other).id
    assert next(each.stage for each in story.case(wang).accounts if each.account_id == wang) == stage


def test_what_cannot_be_taken_back_is_said_by_name_and_nothing_is_changed(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")
    one, two = pay(wang, clerk, "400.00", 2, "R1"), pay(wang, clerk, "100.00", 2, "R2")
    take_back(one, clerk, 3, "X1")
    with pytest.raises(ReversedAlready) as twice:
        take_back(one, clerk, 4, "X2")
    assert "X1" in words.render(twice.value, "en") and "X1" in words.render(twice.value, "zh-Hans")
    with pytest.raises(ReversalReferenceTaken):
        take_back(two, clerk, 4, "X1")
    with pytest.raises(ReversalReferenceTaken):
        take_back(two, clerk, 4, "R1")
    with pytest.raises(ReferenceTaken):
        pay(wang, clerk, "30.00", 4, "X1")
    with pytest.raises(ReverseBeforePayment):
        payments.reverse(payment_id=two, cause="bank-returned", value_date=day(1), reference="", at=at(4), actor=clerk)
    with pytest.raises(ReversalDateAhead):
        payments.reverse(payment_id=two, cause="bank-returned", value_date=day(9), reference="", at=at(4), actor=clerk)
    with pytest.raises(UnknownReversalCause):
        payments.reverse(payment_id=two, cause="whim", value_date=day(4), reference="", at=at(4), actor=clerk)
    with pytest.raises(UnknownPayment):
        take_back(two + 1000, clerk, 4)
    with pytest.raises(AccessRefused):
        take_back(two, story.user("lin"), 4)
    assert Reversal.objects.count() == 1
    assert ledger_queries.get_owed(wang, at(5)) == cny("900.00")


def file_of(story: Story, rows: list[dict[str, Any]], number: int = 3) -> dict[str, Any]:
    """A file's reversals as the import gives them."""
    lines = " UNION ALL ".join(
        f"SELECT %(client_id)s::bigint AS client_id, {row.get('account', 'NULL')}::bigint AS account_id,"
        f" {row.get('amount', 'NULL')}::numeric AS amount, {row.get('currency', 'NULL')}::text AS currency,"
        f" %(value_date)s::date AS value_date, %(booked_at)s::timestamptz AS booked_at,"
        f" '{row['reference']}' AS reference, '{row['reverses']}' AS reverses,"
        f" {row.get('cause', 'NULL')}::text AS cause, 7::bigint AS import_id"
        for row in rows
    )
    params = {"client_id": story.client_id, "value_date": day(number), "booked_at": at(number)}
    return {"given": lines, "params": params, "client_id": story.client_id, "at": at(number), "actor": SYSTEM}


def test_a_file_takes_payments_back_once(story: Story, clerk: Actor) -> None:
    customer = story.customer()
    one, two = story.account(customer), story.account(customer)
    pay(one, clerk, "400.00", 2, "P1")
    pay(two, clerk, "50.00", 2, "P2")
    # A lender may tell of a reversal under the payment's own number.
    file = file_of(story, [{"reference": "P1", "reverses": "P1"}, {"reference": "X2", "reverses": "P2", "amount": 50}])

    assert payments.reverse_set(**file) == {"reversals": 2}
    assert payments.reverse_set(**file) == {"reversals": 0}

    assert ledger_queries.get_owed(one, at(3)) == cny("1000.00")
    facts = told(one, "payment-reversed")
    assert len(facts) == 1 and len(facts[0]["changes"]) == 2
    assert {each.cause for each in Reversal.objects.all()} == {"lender-reversed"}
    assert queries.get_payment_by_reference(story.client_id, "P1").account_id == one


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        ({"reference": "X9", "reverses": "P9"}, ReversesUnknown),
        ({"reference": "X9", "reverses": "X1"}, ReversesReversal),
        ({"reference": "X9", "reverses": "P1"}, ReversedAlready),
        ({"reference": "X1", "reverses": "P2"}, ReversalReferenceTaken),
        ({"reference": "X9", "reverses": "P2", "amount": "49.99"}, ReversesOtherAmount),
        ({"reference": "X9", "reverses": "P2", "currency": "'USD'"}, ReversesOtherAmount),
        ({"reference": "X9", "reverses": "P2", "account": 0}, ReversesOtherAccount),
    ],
)
def test_a_file_with_a_reversal_that_cannot_be_is_refused_as_a_whole_and_its_row_can_be_named_before(
    story: Story, clerk: Actor, row: dict[str, Any], refusal: type[Exception]
) -> None:
    wang = story.account()
    pay(wang, clerk, "400.00", 2, "P1")
    pay(wang, clerk, "50.00", 2, "P2")
    payments.reverse_set(**file_of(story, [{"reference": "X1", "reverses": "P1"}]))
    file = file_of(story, [row])

    faults = queries.list_reversal_faults(given=file["given"], params=file["params"], client_id=story.client_id)
    assert [each.reference for each in faults] == [row["reference"]]
    with pytest.raises(refusal), transaction.atomic():
        payments.reverse_set(**file)
    assert Reversal.objects.count() == 1


def test_two_reversals_of_one_payment_in_one_file_are_named(story: Story, clerk: Actor) -> None:
    wang = story.account()
    pay(wang, clerk, "400.00", 2, "P1")
    with pytest.raises(ReversedAlready), transaction.atomic():
        rows = [{"reference": "X1", "reverses": "P1"}, {"reference": "X2", "reverses": "P1"}]
        payments.reverse_set(**file_of(story, rows))


def promised(story: Story, account: int, amount: str, number: int, due: int) -> int:
    return arrangements.promise(
        case_id=story.case(account).id, account_id=account, amount=cny(amount), due_date=day(due),
        at=at(number), actor=story.user(f"taker{number}"),
    )  # fmt: skip


def judge(story: Story, number: int) -> None:
    arrangements.judge_promises(client_id=story.client_id, day=day(number), at=at(number, "07:00"), actor=SYSTEM)


def states(promise_id: int) -> list[tuple[str, str]]:
    return [(str(each.state_from), str(each.state_to)) for each in arrangements_queries.list_judgements(promise_id)]


def test_a_promise_that_the_money_had_kept_is_open_again_while_its_time_lasts(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")
    story.morning(1)
    promise = promised(story, wang, "500.00", 1, due=8)
    payment = pay(wang, clerk, "500.00", 2)
    judge(story, 3)

    take_back(payment, clerk, 4)

    assert states(promise) == [("open", "kept"), ("kept", "open")]
    assert story.case(wang).accounts[0].promise_due_date == day(8)
    assert story.case(wang).accounts[0].broken_promises_count == 0
    judge(story, 20)
    assert states(promise)[-1] == ("open", "broken")


def test_a_promise_whose_time_has_passed_is_broken_by_the_reversal(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")
    story.morning(1)
    promise = promised(story, wang, "500.00", 1, due=2)
    payment = pay(wang, clerk, "450.00", 2)
    pay(wang, clerk, "50.00", 2, "R2")
    judge(story, 3)

    take_back(payment, clerk, 12)

    assert states(promise) == [("open", "kept"), ("kept", "partly-kept")]
    assert arrangements_queries.get_promise(promise).paid_amount == cny("50.00")
    take_back(queries.get_payment_by_reference(story.client_id, "R2").id, clerk, 12, "X2")
    assert states(promise)[-1] == ("partly-kept", "broken")
    assert story.case(wang).accounts[0].broken_promises_count == 1
    assert [each["state_to"] for each in told(wang, "promise-judged-again")] == ["broken", "partly-kept"]


def test_a_newer_promise_stays_the_one_that_is_waited_for(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")
    story.morning(1)
    first = promised(story, wang, "300.00", 1, due=8)
    payment = pay(wang, clerk, "300.00", 2)
    judge(story, 3)
    promised(story, wang, "200.00", 3, due=6)

    take_back(payment, clerk, 4)

    assert states(first)[-1] == ("kept", "broken")
    assert story.case(wang).accounts[0].promise_due_date == day(6)


def test_a_promise_on_an_account_that_was_recalled_is_released(story: Story) -> None:
    wang = story.account(owed="1000.00")
    story.morning(1)
    promise = promised(story, wang, "500.00", 1, due=3)
    Placement.objects.filter(account_id=wang).update(ended_date=day(3))

    judge(story, 3)

    assert states(promise) == [("open", "released")]
    assert told(wang, "promise-released")[0]["promise_id"] == promise
    story.morning(3)
    assert cases_queries.get_open_case_of_account(wang) is None


def test_a_failed_debit_is_told_and_posts_nothing(story: Story, clerk: Actor) -> None:
    wang = story.account(owed="1000.00")
    story.morning(1)

    def record(reference: str = "D1", amount: str = "200.00") -> int:
        return payments.record_failed_debit(
            account_id=wang, amount=cny(amount), tried_date=day(2), cause="insufficient-funds", reference=reference,
            at=at(2), actor=clerk,
        )  # fmt: skip

    assert record() == record()
    with pytest.raises(ReferenceTaken):
        record(amount="201.00")
    assert ledger_queries.get_owed(wang, at(2)) == cny("1000.00")
    assert [each["cause"] for each in told(wang, "debit-failed")] == ["insufficient-funds"]
    assert [each.entry for each in queries.list_money([story.client_id], latest=5)] == ["failed-debit"]
    assert queries.list_payments([story.client_id], 5) == []


def test_a_files_failed_debits_are_recorded_once(story: Story) -> None:
    wang = story.account()
    given = (
        "SELECT %(client_id)s::bigint AS client_id, %(account)s::bigint AS account_id, 20::numeric AS amount,"
        " 'CNY' AS currency, %(on)s::date AS value_date, %(booked_at)s::timestamptz AS booked_at, 'D1' AS reference,"
        " NULL::text AS cause, 7::bigint AS import_id"
    )
    file: dict[str, Any] = {
        "given": given,
        "params": {"client_id": story.client_id, "account": wang, "on": day(2), "booked_at": at(2)},
        "client_id": story.client_id, "at": at(2), "actor": SYSTEM,
    }  # fmt: skip
    assert payments.record_failed_debits(**file) == {"failed_debits": 1}
    assert payments.record_failed_debits(**file) == {"failed_debits": 0}
    file["params"]["account"] = wang + 1000
    with pytest.raises(PaymentAccountForeign), transaction.atomic():
        payments.record_failed_debits(**file)
