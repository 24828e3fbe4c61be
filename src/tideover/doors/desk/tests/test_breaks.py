"""Where the lender's figures are not ours: a list for whoever asks the lender, narrowed and paged like the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from tideover.doors.desk.conftest import Bank
from tideover.doors.screens import paging
from tideover.know.ledger.operations import keep_terms
from tideover.know.ledger.tests.loans import make_loan

pytestmark = pytest.mark.django_db
AsUser = Callable[[str], Client]
SPLIT = {"principal": "603.00", "interest": "21.00"}


def said(answer: Any) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def numbers(answer: Any) -> list[str]:
    return [row.number for row in answer.context["rows"]]


@pytest.fixture
def differing(bank: Bank) -> Bank:
    """A loan whose days late are stated otherwise, one of which too much is overdue, and one that agrees."""
    keep_terms()
    make_loan(bank.client_id, number="L1", dpd=40)
    make_loan(bank.client_id, number="L2", stated={**SPLIT, "principal": "650.00"})
    make_loan(bank.client_id, number="L3")
    return bank


def test_each_difference_says_what_the_lender_states_and_what_we_reckon(differing: Bank, as_user: AsUser) -> None:
    browser = as_user("analyst")
    page = browser.get("/breaks")
    assert numbers(page) == ["L1", "L2"]
    told = said(page)
    assert "40 days" in told and "46 days" in told and "-6 days" in told
    assert "CN¥671.00" in told and "CN¥624.00" in told and "CN¥47.00" in told
    assert "Days late (1)" in told and "Overdue instalments (1)" in told
    assert numbers(browser.get("/breaks?client=bank&kind=overdue")) == ["L2"]
    browser.post("/language", {"language": "zh-Hans"})
    assert "账目差异" in said(browser.get("/breaks"))


def test_the_largest_come_first_and_a_page_begins_after_a_row_with_the_filters_kept(
    bank: Bank, as_user: AsUser
) -> None:
    keep_terms()
    count = paging.SIZE + 3
    for place in range(count):
        make_loan(bank.client_id, number=f"N{place:02}", stated={**SPLIT, "principal": str(610 + place)})
    make_loan(bank.client_id, number="L1", dpd=40)
    browser = as_user("compliance")
    first = browser.get("/breaks?kind=overdue")
    assert numbers(first) == [f"N{place:02}" for place in range(count - 1, 2, -1)]
    on = first.context["pages"].next_url
    assert "kind=overdue" in on
    second = browser.get(f"/breaks{on}")
    assert numbers(second) == ["N02", "N01", "N00"] and second.context["pages"].first_url == "?kind=overdue"
    assert numbers(browser.get("/breaks"))[0] == "L1"
    for hostile in ("total~CNY~NaN~N", "x~y~1e9999~z", "~~~", "total~CNY~-5~\x00", "a~b"):
        assert browser.get("/breaks", {"after": hostile}).status_code == 200, hostile


def test_it_is_read_by_those_who_ask_the_lender_and_supervise_and_by_nobody_else(
    differing: Bank, as_user: AsUser
) -> None:
    for name in ("wang", "leader", "trainer", "reviewer"):
        assert as_user(name).get("/breaks").status_code == 403, name
    page = as_user("integrator").get("/breaks")
    assert 'href="/files/' in page.content.decode()
    assert 'href="/files/' not in as_user("compliance").get("/breaks").content.decode()


def test_where_nothing_differs_it_says_so(bank: Bank, as_user: AsUser) -> None:
    assert "Nothing differs" in said(as_user("integrator").get("/breaks?client=nobody&kind=nothing"))
