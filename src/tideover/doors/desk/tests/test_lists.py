"""The pages that a day begins with: a collector's list, the leader's board, payments, the ladder, and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from tideover import day as days
from tideover.act.intake import operations as intake
from tideover.core import words
from tideover.core.access.types import SYSTEM
from tideover.core.clock import operations as clock_operations
from tideover.core.policy import queries as policy_queries
from tideover.doors.desk.conftest import CUT_OFF, DAY, MORNING, Bank
from tideover.know.cases import queries as cases_queries
from tideover.know.customers import queries as customers_queries

pytestmark = pytest.mark.django_db

AsUser = Callable[[str], Client]
QUERIES_MAX = 50


def said(answer: Any) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def owner_of(bank: Bank, case_id: int) -> str:
    owner_id = cases_queries.get_collector_id(case_id)
    return next(name for name, user_id in bank.users.items() if user_id == owner_id)


def test_a_collectors_list_says_who_why_and_how_much(open_day: Bank, as_user: AsUser) -> None:
    both = said(as_user("wang").get("/work")) + said(as_user("li").get("/work"))
    assert "王芳" in both and "NT$3,913.00" in both and "not spoken with yet" in both
    assert "Alexandra Montgomery" in both and "陈志强" not in both


def test_a_leaders_board_counts_the_day_by_stage_and_by_person(open_day: Bank, as_user: AsUser) -> None:
    page = said(as_user("leader").get("/today"))
    assert "Thursday 1 October 2026" in page and "First contact" in page and "0 / 2" in page
    assert "No review is waiting" in page


def test_a_leader_opens_the_cases_of_a_stage_and_sees_who_has_them(open_day: Bank, as_user: AsUser) -> None:
    leader = as_user("leader")
    page = said(leader.get("/today/first-contact"))
    assert "王芳" in page and "NT$3,913.00" in page and ("王敏" in page or "李浩" in page)
    assert leader.get("/today/no-such-stage").status_code == 404
    assert as_user("wang").get("/today/first-contact").status_code == 403


def test_lists_ask_the_database_as_often_for_many_as_for_few(
    bank: Bank, as_user: AsUser, placement: Any, tmp_path: Any, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.STORE = tmp_path / "store"
    rows = [
        f"{2000 + n},D{n},客户{n},zh-Hans,CN,CN-SH,Asia/Shanghai,1540001{n:04d},,20000,2,{1000 + n},0,0,0,0,0,0"
        for n in range(60)
    ]
    intake.import_file(
        path=placement(*rows),
        client_code="bank",
        kind="placement",
        mapping_id="uci_card_default",
        cut_off=CUT_OFF,
        dry_run=False,
        at=MORNING,
        actor=SYSTEM,
    )
    days.run_day(client_id=bank.client_id, day=DAY, at=MORNING, actor=SYSTEM)
    collector, leader = as_user("wang"), as_user("leader")
    with django_assert_max_num_queries(QUERIES_MAX):
        assert collector.get("/work").content.decode().count("<tr") > 20
    with django_assert_max_num_queries(QUERIES_MAX):
        assert "0 / 60" in said(leader.get("/today"))


def test_why_this_contact_is_told_from_the_days_receipt(open_day: Bank, as_user: AsUser) -> None:
    case_id = min(case.id for case in cases_queries.list_open_cases(open_day.client_id))
    browser = as_user(owner_of(open_day, case_id))
    page = said(browser.get(f"/cases/{case_id}/why"))
    assert "NT$3,913.00" in page and "strategies.card" in page and "step “First contact”" in page
    assert browser.get(f"/cases/{case_id}/why?day=2020-01-01").status_code == 200
    assert browser.get(f"/cases/{case_id}/why?day=soon").status_code == 404


def test_each_step_of_a_shipped_strategy_has_a_title_to_be_explained_by() -> None:
    steps = {step.name for file in policy_queries.load("strategies") for step in file.data.steps}
    assert steps and [step for step in sorted(steps) if not words.has(f"desk.why.step.{step}")] == []


def pay(browser: Client, **more: str) -> Any:
    form = {"account_number": "1001", "amount": "913.00", "value_date": "2026-10-01", "reference": "P-1", **more}
    return browser.post("/payments", form, follow=True)


def test_a_payment_by_hand_is_owed_less_at_once(open_day: Bank, as_user: AsUser) -> None:
    page = said(pay(as_user("integrator")))
    assert "NT$913.00 recorded for account 1001" in page and "P-1" in page
    case_id = min(case.id for case in cases_queries.list_open_cases(open_day.client_id))
    page = said(as_user(owner_of(open_day, case_id)).get(f"/cases/{case_id}"))
    assert "NT$3,000.00" in page and "-NT$913.00" in page


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("amount", "-5", "above zero"),
        ("amount", "many", "above zero"),
        ("amount", "9,13", "above zero"),
        ("amount", "9e2", "above zero"),
        ("value_date", "1.10.", "year-month-day"),
        ("value_date", "2026-12-24", "lies ahead"),
        ("account_number", "9999", "No account within your scope has the number 9999"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_in_words(
    open_day: Bank, as_user: AsUser, field: str, value: str, complaint: str
) -> None:
    answer = pay(as_user("integrator"), **{field: value})
    assert answer.status_code == 422 and complaint in said(answer)


def test_the_ladder_is_explained_to_everybody_in_both_languages(bank: Bank, as_user: AsUser) -> None:
    for name in bank.users:
        assert "Continued follow-up" in said(as_user(name).get("/ladder"))
    browser = as_user("wang")
    browser.post("/language", {"language": "zh-Hans", "back": "/ladder"})
    assert "最后通知" in said(browser.get("/ladder"))


def test_the_first_page_is_each_roles_own(bank: Bank, as_user: AsUser) -> None:
    first = {"wang": "/work", "leader": "/today", "integrator": "/imports", "compliance": "/holds"}
    assert {name: as_user(name).get("/")["Location"] for name in first} == first


def test_another_banks_team_sees_nothing_of_this_one(open_day: Bank, as_user: AsUser) -> None:
    from tideover.know.staff import operations as staff

    browser = as_user("leader")
    staff.withdraw_client(team_id=open_day.team_id, client_id=open_day.client_id, at=MORNING, actor=SYSTEM)
    case_id = min(case.id for case in cases_queries.list_open_cases(open_day.client_id))
    assert "No day has been decided yet" in said(browser.get("/today"))
    assert browser.get(f"/cases/{case_id}").status_code == 404


def test_next_comes_last_to_whoever_may_not_be_called_yet(
    bank: Bank, as_user: AsUser, placement: Any, tmp_path: Any, settings: Any
) -> None:
    settings.STORE = tmp_path / "store"
    person = "zh-Hans,CN,{place},154{number:08d},,90000,2,{owed},0,0,0,0,0,0"
    places = {"CN-XJ,Asia/Urumqi": 9000, "CN-SH,Asia/Shanghai": 5000}
    rows = [
        f"{2000 + n},D{n},客户{n}," + person.format(place=place, number=n, owed=owed + n)
        for n, (place, owed) in enumerate(each for each in places.items() for _ in range(4))
    ]
    intake.import_file(
        path=placement(*rows),
        client_code="bank",
        kind="placement",
        mapping_id="uci_card_default",
        cut_off=CUT_OFF,
        dry_run=False,
        at=MORNING,
        actor=SYSTEM,
    )
    days.run_day(client_id=bank.client_id, day=DAY, at=MORNING, actor=SYSTEM)
    browser = as_user("wang")
    list_ = re.findall(r"/cases/\d+", browser.get("/work").content.decode())
    zones = {f"/cases/{case.id}": zone_of(case.customer_id) for case in cases_queries.list_open_cases(bank.client_id)}
    assert zones[list_[0]] == "Asia/Urumqi" and "Asia/Shanghai" in [zones[each] for each in list_]
    first = browser.get("/work/next")["Location"]
    assert zones[first] == "Asia/Shanghai", "it is seven in the morning in Urumqi"
    after = [browser.get(f"/work/next?after={url.rsplit('/', 1)[1]}")["Location"] for url in list_]
    assert {zones[url] for url in after} == {"Asia/Shanghai"}
    clock_operations.set_instant(at=MORNING + timedelta(hours=2), waits_until_at=None)
    assert browser.get("/work/next")["Location"] == list_[0], "now it is nine there too"
    clock_operations.set_instant(at=MORNING + timedelta(hours=14), waits_until_at=None)
    assert browser.get("/work/next")["Location"] == list_[0], "nobody may be called: the list's own order"


def zone_of(customer_id: int) -> str | None:
    return customers_queries.get_customer(customer_id).zone
