"""Recalls: placements end, cases close at once, the gate refuses; a promise due today is nobody's broken word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tideover.act.arrangements import operations as arrangements
from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.intake.tests.given import PEOPLE, ROW, codes, import_placement, write
from tideover.act.intake.types import ImportReport
from tideover.core.access.types import SYSTEM
from tideover.core.journal import queries as journal_queries
from tideover.core.money import Money
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
NOON = datetime(2026, 10, 5, 4, tzinfo=UTC)


def recall(tmp_path: Path, *numbers: str, name: str = "recall.csv", at: datetime = NOON) -> ImportReport:
    """The lender's 退案表 with these accounts, as of the day before."""
    text = "借据号,退案日期\n" + "".join(f"{number},2026年10月4日\n" for number in numbers)
    path = write(tmp_path, text.encode("gb18030"), name)
    return import_placement(path, kind="recall", mapping_id="hengtong_recall", cut_off=date(2026, 10, 4), at=at)


@pytest.fixture
def client_id(tmp_path: Path) -> int:
    """A client with three accounts in cases: the first two are one customer's."""
    made = make_client()
    rows = [
        ROW | PEOPLE | {"account_id": str(number), "customer_number": customer}
        for number, customer in ((1, "C1"), (2, "C1"), (3, "C3"))
    ]
    import_placement(write(tmp_path, rows, "placed.csv"))
    cases.refresh(client_id=made, day=MONDAY, at=NOON - timedelta(hours=4), actor=SYSTEM)
    return made


def case_of(client_id: int, number: str) -> int | None:
    account = portfolio_queries.find_account(client_id, number)
    assert account is not None
    found = cases_queries.get_open_case_of_account(account.id)
    return found.id if found else None


def test_a_recalled_account_leaves_its_case_at_once_and_the_last_one_closes_it(tmp_path: Path, client_id: int) -> None:
    shared, alone = case_of(client_id, "1"), case_of(client_id, "3")
    report = recall(tmp_path, "1", "3")
    assert (report.new_count, report.refused_count) == (2, 0)
    assert [(each.currency, each.count) for each in report.sums] == [("TWD", 2)]
    assert case_of(client_id, "1") is None and case_of(client_id, "2") == shared
    closed = cases_queries.get_case(alone or 0)
    assert (closed.is_open, closed.close_cause, closed.closed_date) == (False, "recalled", MONDAY)
    account = portfolio_queries.find_account(client_id, "3")
    assert account is not None and portfolio_queries.list_placements(account.id)[0].ended_date == MONDAY
    kinds = [fact.kind for fact in journal_queries.list_facts(closed.customer_id)]
    assert kinds[:3] == ["case-closed", "account-left", "accounts-recalled"]
    assert journal_queries.verify().holds


def test_a_promise_due_today_is_released_and_not_broken(tmp_path: Path, client_id: int) -> None:
    account = portfolio_queries.find_account(client_id, "3")
    case_id = case_of(client_id, "3")
    assert account is not None and case_id is not None
    arrangements.promise(
        case_id=case_id,
        account_id=account.id,
        amount=Money(Decimal("100.00"), "TWD"),
        due_date=MONDAY,
        at=NOON - timedelta(hours=1),
        actor=SYSTEM,
    )
    recall(tmp_path, "3")
    later = NOON + timedelta(days=5)
    arrangements.judge_promises(client_id=client_id, day=later.date(), at=later, actor=SYSTEM)
    (promise,) = arrangements_queries.list_promises(case_id)
    assert promise.state == "released"


def test_recalled_again_or_never_placed_is_said_by_name(tmp_path: Path, client_id: int) -> None:
    recall(tmp_path, "3")
    report = recall(tmp_path, "3", "1", "77", name="again.csv", at=NOON + timedelta(hours=1))
    assert (report.new_count, report.same_count) == (1, 1)
    assert codes(report) == {4: ["借据号 account-unknown"]}
    cases.refresh(client_id=client_id, day=MONDAY + timedelta(days=1), at=NOON + timedelta(days=1), actor=SYSTEM)
    assert case_of(client_id, "3") is None, "the night opens nothing that was recalled"


def test_a_recalled_account_is_placed_again_by_a_later_batch(tmp_path: Path, client_id: int) -> None:
    recall(tmp_path, "3")
    rows = [ROW | PEOPLE | {"account_id": "3", "customer_number": "C3", "batch_number": "B2"}]
    later = datetime(2026, 10, 7, 1, tzinfo=UTC)
    import_placement(write(tmp_path, rows, "again.csv"), cut_off=date(2026, 10, 6), at=later)
    cases.refresh(client_id=client_id, day=date(2026, 10, 7), at=later, actor=SYSTEM)
    assert case_of(client_id, "3") is not None
