"""A payments file lowers what is owed, once; what does not fit an account or its currency waits in quarantine."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tideover.act.intake.tests.given import PAYMENT, PEOPLE, ROW, codes, import_payments, import_placement, write
from tideover.core.journal import queries as journal_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.ledger import queries as ledger_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
NEXT_DAY = datetime(2026, 10, 6, 2, tzinfo=UTC)


@pytest.fixture
def account(tmp_path: Path) -> int:
    """One account that owes TWD 3913."""
    client_id = make_client()
    import_placement(write(tmp_path, [ROW | PEOPLE], "placement.csv"))
    found = portfolio_queries.find_account(client_id, "1")
    assert found is not None
    return found.id


def owed(account: int, at: datetime = NEXT_DAY) -> str:
    return str(ledger_queries.get_owed(account, at).amount)


def test_a_payments_file_is_posted_and_told_to_the_customer(tmp_path: Path, account: int) -> None:
    report = import_payments(write(tmp_path, [PAYMENT, PAYMENT | {"reference": "P2", "amount": "13.50"}]))
    assert (report.new_count, report.refused_count) == (2, 0)
    assert [(each.currency, each.bucket, each.count, str(each.total)) for each in report.sums] == [
        ("TWD", None, 2, "TWD 113.50")
    ]
    assert owed(account) == "3799.50"
    customer_id = portfolio_queries.get_borrower_id(account)
    shown = ledger_queries.statement(account, customer_id, NEXT_DAY)
    assert shown.foots and [line.code for line in shown.lines][-2:] == [
        "ledger.line.paid-since",
        "ledger.line.paid-before",
    ]
    kinds = [fact.kind for fact in journal_queries.list_facts(customer_id)]
    assert kinds == ["payment-received", "placement-received"]
    assert customers_queries.get_customer(customer_id).reference == "C1" and journal_queries.verify().holds


def test_a_reference_that_came_before_is_known_and_not_posted_twice(tmp_path: Path, account: int) -> None:
    import_payments(write(tmp_path, [PAYMENT]))
    more = [PAYMENT, PAYMENT | {"reference": "P2", "amount": "1.00"}]
    report = import_payments(write(tmp_path, more, "more.csv"))
    assert (report.new_count, report.same_count) == (1, 1) and owed(account) == "3812.00"
    other = import_payments(write(tmp_path, [PAYMENT | {"amount": "99.00"}], "other.csv"))
    assert codes(other) == {2: ["reference reference-used"]} and owed(account) == "3812.00"


def test_the_same_payments_file_again_changes_nothing(tmp_path: Path, account: int) -> None:
    path = write(tmp_path, [PAYMENT])
    import_payments(path)
    assert import_payments(path).is_repeat and owed(account) == "3813.00"


def test_a_payment_booked_by_the_cut_off_is_contained_in_what_was_stated(tmp_path: Path, account: int) -> None:
    booked = PAYMENT | {"value_date": "2026-09-29", "booked_at": "2026-09-29T10:00:00+08:00"}
    report = import_payments(write(tmp_path, [booked]))
    assert report.new_count == 1 and owed(account) == "3913.00"


def test_a_payment_without_a_moment_is_contained_in_what_the_lender_states_of_the_same_evening(
    tmp_path: Path, account: int
) -> None:
    evening = date(2026, 10, 5)
    import_payments(write(tmp_path, [PAYMENT]))
    assert owed(account) == "3813.00"
    stated = write(tmp_path, [ROW | PEOPLE | {"bill_amt1": "3813"}], "full.csv")
    later = datetime(2026, 10, 6, 1, tzinfo=UTC)
    report = import_placement(stated, kind="delta", cut_off=evening, at=later)
    assert report.reckoned.moves == () and owed(account) == "3813.00", "not lowered twice"


def test_a_moment_of_booking_must_be_one_and_not_lie_ahead(tmp_path: Path, account: int) -> None:
    rows = [
        PAYMENT | {"reference": "1", "booked_at": "2026-10-05 10:00"},
        PAYMENT | {"reference": "2", "booked_at": "2026-10-05T25:00:00+08:00"},
        PAYMENT | {"reference": "3", "booked_at": "2026-10-07T10:00:00+08:00"},
        PAYMENT | {"reference": "4", "booked_at": ""},
    ]
    report = import_payments(write(tmp_path, rows))
    assert codes(report) == {
        2: ["booked_at not-an-instant"],
        3: ["booked_at no-such-date"],
        4: ["booked_at in-the-future"],
    }
    assert owed(account) == "3813.00"


def test_a_dry_run_of_payments_posts_nothing(tmp_path: Path, account: int) -> None:
    report = import_payments(write(tmp_path, [PAYMENT, PAYMENT | {"reference": "2", "account_id": "77"}]), dry_run=True)
    assert (report.new_count, report.refused_count) == (1, 1) and owed(account) == "3913.00"
    assert report.cut_off_date == date(2026, 10, 5)
