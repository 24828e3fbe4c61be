"""An instalment loan on the case page: overdue now, due later, who else answers for it, what else there is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils.html import strip_tags

from tideover.core.access.types import SYSTEM
from tideover.doors.desk.conftest import DAY, MORNING, Bank
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.customers.models import ContactPoint, ContactPointValue, Customer
from tideover.know.ledger.tests.loans import THREE, make_loan
from tideover.know.portfolio import operations as portfolio
from tideover.know.portfolio.tests.given import account_id, customer_id, make_accounts, make_instalments

pytestmark = pytest.mark.django_db

AsUser = Callable[[str], Client]


def said(answer: object) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))  # type: ignore[attr-defined]


def spaced(text: str) -> str:
    """The text with a blank before each amount: in a table none stands there."""
    return re.sub(r"\s*CN¥", " CN¥", text)


@pytest.fixture
def case_id(bank: Bank) -> int:
    """A borrower with two instalments overdue, a guarantor, a running and a finished contract beside it."""
    loan, borrower = make_loan(bank.client_id, full_name="王芳", zone="Asia/Shanghai", country="CN")
    mine = {"product": "instalment-loan", "reference": "C-L1", "dpd": None, "is_placed": False}
    make_accounts(
        bank.client_id,
        [
            {"number": "RUN-2201", "opened_date": "2026-03-01", **mine},
            {"number": "OLD-1107", "opened_date": "2024-03-01", **mine},
            {"number": "L9", "full_name": "李强", "product": "instalment-loan", "dpd": None, "is_placed": False},
        ],
    )
    make_instalments(
        account_id(bank.client_id, "RUN-2201"),
        [{**each, "paid_amount": "312.00", "paid_date": each["due_date"]} for each in THREE[:2]] + [THREE[2]],
    )
    make_instalments(
        account_id(bank.client_id, "OLD-1107"),
        [
            {
                "number": 1,
                "due_date": "2024-04-01",
                "principal_amount": "900.00",
                "paid_amount": "900.00",
                "paid_date": "2024-05-13",
            }
        ],
    )
    guarantor = customer_id(bank.client_id, "L9")
    rows = [{"account_id": loan, "customer_id": guarantor, "role": "guarantor"}]
    with transaction.atomic():
        portfolio.receive_parties(
            given="SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)"
            " AS row (account_id bigint, customer_id bigint, role text)",
            params={"rows": json.dumps(rows)},
        )
    cases.refresh(client_id=bank.client_id, day=DAY, at=MORNING, actor=SYSTEM)
    (case,) = cases_queries.list_open_cases(bank.client_id)
    assert case.customer_id == borrower
    return case.id


def test_overdue_now_is_apart_from_what_falls_due_later_and_from_all_that_is_outstanding(
    case_id: int, as_user: AsUser
) -> None:
    page = said(as_user("leader").get(f"/cases/{case_id}"))
    assert "47 days late, M2" in page
    assert "Overdue, owed now CN¥630.50" in spaced(page)
    assert "Nobody owes them now. CN¥312.00" in spaced(page)
    assert "Outstanding in all CN¥942.50" in spaced(page)
    assert "Overdue principal" in page and "Interest for being late" in page
    assert "Schedule, 3 instalments" in page and "47 days late" in page and "not due yet" in page


def test_a_guarantor_has_their_own_statement_in_the_words_of_their_role(case_id: int, as_user: AsUser) -> None:
    page = said(as_user("leader").get(f"/cases/{case_id}"))
    assert "李强 Guarantor" in page and "Guaranteed and unpaid now CN¥630.50" in spaced(page)
    assert "This is no debt of their own beside it" in page


def test_other_contracts_are_told_with_how_they_were_paid(case_id: int, as_user: AsUser) -> None:
    page = said(as_user("leader").get(f"/cases/{case_id}"))
    assert "Other contracts with this client" in page
    assert "2 on time, 0 late, 0 due and unpaid, of 3 instalments" in page
    assert "0 on time, 1 late, 0 due and unpaid, of 1 instalments" in page and "42 days" in page
    assert page.index("…2201") < page.index("…1107"), "what runs comes first"


def test_where_the_lenders_days_late_differ_the_page_says_so(bank: Bank, as_user: AsUser) -> None:
    make_loan(bank.client_id, full_name="王芳", dpd=40)
    cases.refresh(client_id=bank.client_id, day=DAY, at=MORNING, actor=SYSTEM)
    (case,) = cases_queries.list_open_cases(bank.client_id)
    page = said(as_user("leader").get(f"/cases/{case.id}"))
    assert "41 days late" in page
    assert "the lender said 40 days late; by its own schedule it is 46" in page


def test_a_case_is_cured_by_the_overdue_part_and_recalled_when_the_client_takes_it_back(
    case_id: int, bank: Bank
) -> None:
    loan = account_id(bank.client_id, "L1")
    with transaction.atomic():
        portfolio.end_placements(
            given=f"SELECT {loan}::bigint AS account_id, 'recalled' AS cause",
            params={},
            day=date(2026, 10, 2),
            import_id=5,
        )
    cases.refresh(client_id=bank.client_id, day=date(2026, 10, 2), at=MORNING + timedelta(days=1), actor=SYSTEM)
    case = cases_queries.get_case(case_id)
    assert (case.is_open, case.close_cause) == (False, "recalled")


def test_a_guarantor_is_called_from_the_case_page_by_their_own_permit(
    case_id: int, bank: Bank, as_user: AsUser
) -> None:
    guarantor = customer_id(bank.client_id, "L9")
    point = ContactPoint.objects.create(
        customer_id=guarantor,
        kind="phone",
        position=1,
        source="guarantee-contract",
        value_digest="9" * 64,
        usable_from=MORNING,
    )
    ContactPointValue.objects.create(contact_point=point, value="+8615400000999", salt=b"0" * 16)
    Customer.objects.filter(pk=guarantor).update(country="CN", zone="Asia/Shanghai")
    cases.assign_collectors(
        given="SELECT %(case_id)s::bigint AS case_id, %(user_id)s::bigint AS collector_id, 'first-assignment' AS cause",
        params={"case_id": case_id, "user_id": bank.users["wang"]},
        at=MORNING,
        actor=SYSTEM,
    )
    page = as_user("wang").get(f"/cases/{case_id}").content.decode()
    assert f'name="contact_point" value="{point.pk}"' in page
    assert "Guarantor 李强" in re.sub(r"\s+", " ", strip_tags(page))
