"""Somebody calls us, complains, or has paid meanwhile: the same person at the desk sees what they may, and no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tideover.core.clock import operations as clock_operations
from tideover.doors.desk.conftest import MORNING, Bank
from tideover.doors.desk.tests.test_lists import owner_of, pay, said
from tideover.doors.desk.tests.test_money_pages import next_day
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import CaseRead
from tideover.know.customers import queries as customers_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_day")]

AsUser = Callable[[str], Client]


def first_case(bank: Bank) -> CaseRead:
    return min(cases_queries.list_open_cases(bank.client_id), key=lambda case: case.id)


def other_than(owner: str) -> str:
    return "li" if owner == "wang" else "wang"


def take(browser: Client, case: CaseRead, point: int | None = None) -> Any:
    form = {"case": str(case.id), "contact_point": "" if point is None else str(point)}
    return browser.post("/inbound/take", form, follow=True)


def test_who_calls_is_found_by_number_and_nothing_is_shown_before_the_customer_is_known(
    open_day: Bank, as_user: AsUser
) -> None:
    case = first_case(open_day)
    browser = as_user(other_than(owner_of(open_day, case.id)))
    assert browser.get(f"/cases/{case.id}").status_code == 404, "it is a colleague's"
    page = said(browser.post("/inbound", {"caller": "154-0000-0192"}))
    assert "王芳" in page and "Nobody is confirmed yet" in page and "3,913" not in page and "15400000192" not in page
    assert "Nobody found" in said(browser.post("/inbound", {"caller": "15499999999"}))
    assert browser.post("/inbound", {"caller": " "}).status_code == 422
    assert "Alexandra Montgomery" in said(browser.post("/inbound", {"caller": "alex"}))

    point = customers_queries.list_contact_points(case.customer_id)[0].id
    page = said(take(browser, case, point))
    assert "They called us" in page and "3,913" not in page
    page = said(browser.post(f"/cases/{case.id}/party", {"party": "third-person"}, follow=True))
    assert "3,913" not in page and "First contact" not in page
    page = said(browser.post(f"/cases/{case.id}/party", {"party": "customer"}, follow=True))
    assert "NT$3,913.00" in page

    form = {"result": "says-paid", "hold_until": "2026-10-06", "once_key": "in-1", "note": ""}
    answer = browser.post(f"/cases/{case.id}/record", {**form, "call": ""}, follow=True)
    assert answer.redirect_chain[-1][0] == "/inbound"
    browser.post(f"/cases/{case.id}/line", {"event": "hang-up"})
    assert browser.get(f"/cases/{case.id}").status_code == 404, "the call is over"
    page = said(as_user("compliance").get("/holds?reason=payment-claimed"))
    assert "Said to be paid" in page and "王芳" in page
    assert "Nothing is stopped" in said(as_user("compliance").get("/holds?reason=dispute"))


def test_a_case_of_another_client_is_not_taken(open_day: Bank, as_user: AsUser) -> None:
    browser = as_user("wang")
    assert browser.post("/inbound/take", {"case": "999999", "contact_point": ""}).status_code == 403
    assert browser.post("/inbound/take", {"case": "x"}).status_code == 403
    assert as_user("integrator").get("/inbound").status_code == 403


def test_the_page_speaks_chinese_too(open_day: Bank, as_user: AsUser) -> None:
    browser = as_user("wang")
    browser.post("/language", {"language": "zh-Hans", "back": "/inbound"})
    page = said(browser.post("/inbound", {"caller": "王芳"}))
    assert "谁来电？" in page and "身份尚未确认" in page


def test_paid_between_list_and_dial_the_work_vanishes_and_comes_back_when_it_is_taken_back(
    open_day: Bank, as_user: AsUser
) -> None:
    case = first_case(open_day)
    browser = as_user(owner_of(open_day, case.id))
    clerk = as_user("integrator")
    assert "王芳" in said(browser.get("/work"))
    clock_operations.set_instant(at=MORNING + timedelta(minutes=5), waits_until_at=None)
    pay(clerk, amount="3913.00")
    assert "王芳" not in said(browser.get("/work"))
    point = customers_queries.list_contact_points(case.customer_id)[0].id
    answer = browser.post(f"/cases/{case.id}/dial", {"contact_point": str(point)})
    assert answer.status_code == 409 and "Nothing is left to collect" in said(answer)
    from tideover.doors.desk.tests.test_money_pages import take_back

    clock_operations.set_instant(at=MORNING + timedelta(minutes=9), waits_until_at=None)
    assert "what is owed is back at once" in said(take_back(clerk, open_day, value_date="2026-10-01"))
    assert "王芳" in said(browser.get("/work"))


def place(browser: Client, **more: str) -> Any:
    form = {"account_number": "1001", "reason": "complaint", "scope": "account", "until": "2026-10-03", **more}
    return browser.post("/holds", form, follow=True)


def test_a_complaint_is_placed_repeated_decided_and_overdue(open_day: Bank, as_user: AsUser) -> None:
    officer, leader = as_user("compliance"), as_user("leader")
    answer = place(officer)
    assert answer.status_code == 422 and "A complaint needs what it is about" in said(answer)
    owner = owner_of(open_day, first_case(open_day).id)
    against = str(open_day.users[owner])
    page = said(place(officer, subject="conduct", against=against))
    assert "how somebody behaved; keeps" in page and "Complaint" in page
    assert "王芳" not in said(as_user(owner).get("/work"))
    again = place(officer, subject="conduct", against=against)
    assert again.status_code == 422 and "Without new facts it opens no new hold" in said(again)
    assert "compliance decides" in said(leader.get("/holds"))

    next_day(open_day, 1)
    next_day(open_day, 2)
    page = said(officer.get("/holds"))
    assert "Complaints overdue to decide" in page and "1 overdue" in page
    assert "Complaints overdue" not in said(leader.get("/holds"))
    address = officer.get("/holds").content.decode().split('action="/holds/')[1].split('"')[0]
    page = said(officer.post(f"/holds/{address}", {"cause": "rejected"}, follow=True))
    assert "The complaint is decided" in page and "Complaints overdue" not in page


def test_a_proof_is_filed_against_a_claim_and_a_payment_ends_it(open_day: Bank, as_user: AsUser) -> None:
    officer = as_user("compliance")
    page = place(officer, reason="payment-claimed").content.decode()
    hold_id = int(page.split('action="/holds/')[1].split("/")[0])
    document = SimpleUploadedFile("slip.pdf", b"paid on the first of October")
    page = said(officer.post(f"/holds/{hold_id}/proof", {"reference": "slip-7", "document": document}, follow=True))
    assert "proof: slip-7" in page
    assert "Choose the document" in said(officer.post(f"/holds/{hold_id}/proof", {"reference": "x"}, follow=True))
    case = first_case(open_day)
    owner = as_user(owner_of(open_day, case.id))
    shown = SimpleUploadedFile("app.png", b"a picture of a transfer")
    form = {"hold": str(hold_id), "reference": "app-8", "document": shown}
    page = said(owner.post(f"/cases/{case.id}/proof", form, follow=True))
    assert "We look for the payment until 3 October 2026" in page and "proof: app-8" in page and "slip-7" in page
    assert owner.post(f"/cases/{case.id}/proof", {"hold": "0"}).status_code == 403
    clock_operations.set_instant(at=MORNING + timedelta(minutes=5), waits_until_at=None)
    pay(as_user("integrator"), amount="13.00")
    assert "Nothing is stopped" in said(officer.get("/holds"))
    assert "the payment has come" in said(owner.get(f"/cases/{case.id}"))
