"""What is stopped: placed and lifted by the compliance officer, seen at once by everybody whom it binds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tideover.act.intake import operations as intake
from tideover.core.access.types import SYSTEM
from tideover.doors.desk.conftest import CUT_OFF, DAY, MORNING, Bank
from tideover.know.cases import operations as cases

AsUser = Callable[[str], Client]


@pytest.fixture
def worked(bank: Bank, placement: Callable[..., Path]) -> Bank:
    """The bank with its file imported and its cases open."""
    intake.import_file(
        path=placement(),
        client_code="bank",
        kind="placement",
        mapping_id="uci_card_default",
        cut_off=CUT_OFF,
        dry_run=False,
        at=MORNING,
        actor=SYSTEM,
    )
    cases.refresh(client_id=bank.client_id, day=DAY, at=MORNING, actor=SYSTEM)
    return bank


def place(browser: Client, **more: str) -> object:
    form = {"account_number": "1001", "reason": "dispute", "scope": "account", "until": "2026-10-15", **more}
    return browser.post("/holds", form, follow=True)


def test_the_compliance_officer_stops_contact_and_sees_until_when(worked: Bank, as_user: AsUser) -> None:
    page = place(as_user("compliance")).content.decode()
    assert "Contact is stopped until 15 October 2026" in page
    assert "王芳" in page and "Dispute" in page and "1 hold stands" in page


def test_a_hold_is_lifted_with_its_cause(worked: Bank, as_user: AsUser) -> None:
    browser = as_user("compliance")
    page = place(browser).content.decode()
    address = page.split('action="/holds/')[1].split('"')[0]
    answer = browser.post(f"/holds/{address}", {"cause": "resolved"}, follow=True)
    assert "The hold is lifted" in answer.content.decode()
    assert "Nothing is stopped" in browser.get("/holds").content.decode()


def test_an_unknown_cause_is_refused_in_words(worked: Bank, as_user: AsUser) -> None:
    browser = as_user("compliance")
    address = place(browser).content.decode().split('action="/holds/')[1].split('"')[0]
    assert browser.post(f"/holds/{address}", {"cause": "because"}).status_code == 409


def test_an_account_without_an_open_case_is_named(worked: Bank, as_user: AsUser) -> None:
    answer = place(as_user("compliance"), account_number="1003")
    assert answer.status_code == 422 and "No open case holds account 1003" in answer.content.decode()


def test_a_hold_cannot_end_before_it_begins(worked: Bank, as_user: AsUser) -> None:
    answer = place(as_user("compliance"), until="2026-09-15")
    assert answer.status_code == 422 and "notice stop" in answer.content.decode()


def test_collectors_do_not_place_holds_here(worked: Bank, as_user: AsUser) -> None:
    assert place(as_user("wang")).status_code == 403
