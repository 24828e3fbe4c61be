"""Money that is taken back, and debits that failed, at the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tideover import day as days
from tideover.act.payments import queries as payments_queries
from tideover.core.access.types import SYSTEM
from tideover.core.clock import operations as clock_operations
from tideover.doors.desk.conftest import DAY, MORNING, Bank
from tideover.doors.desk.tests.test_lists import owner_of, pay, said
from tideover.doors.screens import paging
from tideover.know.cases import queries as cases_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_day")]

AsUser = Callable[[str], Client]


def next_day(bank: Bank, number: int) -> None:
    at = MORNING + timedelta(days=number)
    clock_operations.set_instant(at=at, waits_until_at=None)
    days.run_day(client_id=bank.client_id, day=DAY + timedelta(days=number), at=at, actor=SYSTEM)


def take_back(browser: Client, bank: Bank, **more: str) -> Any:
    payment = payments_queries.list_payments([bank.client_id], 1)[0]
    form = {"cause": "bank-returned", "value_date": "2026-10-02", "reference": "", **more}
    return browser.post(f"/payments/{payment.id}/take-back", form, follow=True)


def test_a_payment_is_taken_back_and_the_case_comes_onto_the_next_days_list(open_day: Bank, as_user: AsUser) -> None:
    clerk = as_user("integrator")
    case = min(cases_queries.list_open_cases(open_day.client_id), key=lambda case: case.id)
    owner = owner_of(open_day, case.id)
    pay(clerk, amount="3913.00")
    next_day(open_day, 1)
    assert "王芳" not in said(as_user(owner).get("/work"))

    payment = payments_queries.list_payments([open_day.client_id], 1)[0]
    page = said(clerk.get(f"/payments/{payment.id}/take-back"))
    assert "Take back NT$3,913.00 on account 1001" in page and "list of the next day" in page
    page = said(take_back(clerk, open_day))
    assert "open again with the same collector; it comes onto the list of the next day" in page
    assert "takes back P-1" in page and "returned by the bank" in page and "P-1/R" in page

    next_day(open_day, 2)
    assert "王芳" in said(as_user(owner).get("/work"))
    case_page = said(as_user(owner).get(f"/cases/{case.id}"))
    assert "NT$3,913.00 paid on" in case_page and "The case is open again, with" in case_page
    again = take_back(clerk, open_day)
    assert again.status_code == 422 and "was taken back already, by P-1/R" in said(again)


def test_the_page_says_it_in_chinese_too(open_day: Bank, as_user: AsUser) -> None:
    clerk = as_user("integrator")
    clerk.post("/language", {"language": "zh-Hans", "back": "/payments"})
    pay(clerk)
    page = said(take_back(clerk, open_day, value_date="2026-10-01"))
    assert "案件未结，应还金额即时恢复" in page and "银行退回" in page


def test_a_failed_debit_stands_on_the_timeline_and_nothing_is_posted(open_day: Bank, as_user: AsUser) -> None:
    clerk = as_user("integrator")
    form = {"account_number": "1001", "amount": "500.00", "value_date": "2026-10-01", "reference": "D-1"}
    answer = clerk.post("/payments/failed-debit", {**form, "cause": "insufficient-funds"}, follow=True)
    assert "nothing was posted" in said(answer) and "not enough money on the bank account" in said(answer)
    wrong = clerk.post("/payments/failed-debit", {**form, "cause": "whim", "reference": "D-2"})
    assert wrong.status_code == 422 and "whim is not one of the causes" in said(wrong)
    case = min(cases_queries.list_open_cases(open_day.client_id), key=lambda case: case.id)
    page = said(as_user(owner_of(open_day, case.id)).get(f"/cases/{case.id}"))
    assert "A direct debit of NT$500.00 failed" in page and "NT$3,913.00" in page


def test_the_list_is_narrowed_by_its_address_and_paged_from_a_row_on(open_day: Bank, as_user: AsUser) -> None:
    clerk = as_user("integrator")
    for number in range(paging.SIZE + 3):
        pay(clerk, amount="1.00", reference=f"M-{number:03}")
    take_back(clerk, open_day, value_date="2026-10-01")
    assert said(clerk.get("/payments?entry=reversal")).count("M-052") == 2
    assert "M-007" in said(clerk.get("/payments?reference=M-007")) and "M-008" not in said(
        clerk.get("/payments?reference=M-007")
    )
    first = clerk.get("/payments?entry=payment&account=1001")
    assert "M-003" in said(first) and "M-002" not in said(first)
    after = first.context["pages"].next_url
    assert "entry=payment" in after and "account=1001" in after
    second = said(clerk.get(f"/payments{after}"))
    assert "M-002" in second and "M-003" not in second
    assert "Nothing of the kind" in said(clerk.get("/payments?account=1002"))
    assert clerk.get("/payments?after=never~x~9&from=soon&until=2026-13-40").status_code == 200


def test_another_clients_payment_cannot_be_taken_back(open_day: Bank, as_user: AsUser) -> None:
    clerk = as_user("integrator")
    pay(clerk)
    payment = payments_queries.list_payments([open_day.client_id], 1)[0]
    assert clerk.get(f"/payments/{payment.id + 1}/take-back").status_code == 404
    assert as_user("wang").get(f"/payments/{payment.id}/take-back").status_code == 403
