"""Somebody who asks for what is not theirs, or sends what no form of ours would send."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.act.payments import queries as payments_queries
from tideover.core.access import operations as access
from tideover.core.access.types import SYSTEM, Role
from tideover.doors.desk.conftest import CUT_OFF, DAY, MORNING, PASSWORD, Bank
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.clients import operations as clients
from tideover.know.staff import operations as staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_day")]

AsUser = Callable[[str], Client]
COLLECTORS = ("wang", "li")


@pytest.fixture
def case_id(open_day: Bank) -> int:
    return min(case.id for case in cases_queries.list_open_cases(open_day.client_id))


@pytest.fixture
def owner(case_id: int, open_day: Bank) -> str:
    owner_id = cases_queries.get_collector_id(case_id)
    return next(name for name, user_id in open_day.users.items() if user_id == owner_id)


def test_a_collector_reads_their_own_work_and_nobody_elses(as_user: AsUser, case_id: int, owner: str) -> None:
    colleague = next(name for name in COLLECTORS if name != owner)
    assert as_user(owner).get(f"/cases/{case_id}").status_code == 200
    other = as_user(colleague)
    assert other.get(f"/cases/{case_id}").status_code == 404
    assert other.get(f"/cases/{case_id}/why").status_code == 404
    assert other.get(f"/cases/{case_id}/call").status_code == 404
    assert other.post(f"/cases/{case_id}/dial", {"contact_point": "1"}).status_code == 404
    assert as_user("leader").get(f"/cases/{case_id}").status_code == 200


def test_a_team_without_the_client_sees_nothing_of_it(open_day: Bank, case_id: int) -> None:
    team_id = staff.make_team(code="other", name_en="Other", name_zh="他组", at=MORNING, actor=SYSTEM)
    user_id = access.create_user(
        username="stranger",
        display_name="陌生",
        roles=[Role.COLLECTOR, Role.TEAM_LEADER, Role.INTEGRATOR, Role.COMPLIANCE_OFFICER],
        password=PASSWORD,
        language="en",
        at=MORNING,
        actor=SYSTEM,
    )
    staff.add_member(
        team_id=team_id, user_id=user_id, languages=("en",), work_items_per_day_max=1, cases_max=1,
        at=MORNING, actor=SYSTEM,
    )  # fmt: skip
    browser = Client()
    browser.post("/sign-in", {"username": "stranger", "password": PASSWORD})
    made = intake_queries.list_imports([open_day.client_id])[0].id
    for path in (f"/cases/{case_id}", f"/cases/{case_id}/why", f"/imports/{made}", f"/imports/{made}/quarantine.csv"):
        assert browser.get(path).status_code == 404, path
    answer = browser.post(
        "/payments",
        {"account_number": "1001", "amount": "1", "value_date": "2026-10-01", "reference": "X"},
    )
    assert answer.status_code == 422
    hold = {"account_number": "1001", "reason": "dispute", "scope": "case", "until": "2026-10-09"}
    assert browser.post("/holds", hold).status_code == 422


NOT_THEIRS = (
    ("wang", "get", "/today"),
    ("wang", "get", "/imports"),
    ("wang", "get", "/holds"),
    ("wang", "get", "/payments"),
    ("wang", "post", "/cases/{case}/review"),
    ("wang", "post", "/holds/1/lift"),
    ("wang", "post", "/imports/trial"),
    ("wang", "post", "/imports/decide"),
    ("leader", "post", "/imports/trial"),
    ("leader", "get", "/imports/1/quarantine.csv"),
    ("leader", "get", "/payments"),
    ("integrator", "get", "/cases/{case}"),
    ("integrator", "get", "/holds"),
    ("compliance", "get", "/cases/{case}"),
    ("compliance", "get", "/payments"),
)


def test_each_role_has_its_own_pages(as_user: AsUser, bank: Bank) -> None:
    browsers = {role: as_user(role) for role in {role for role, _, _ in NOT_THEIRS}}
    for role, method, path in NOT_THEIRS:
        assert getattr(browsers[role], method)(path.format(case=1)).status_code == 403, (role, path)


def test_a_post_without_its_token_is_refused(bank: Bank) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/sign-in", {"username": "wang", "password": PASSWORD}).status_code == 403
    assert browser.post("/language", {"language": "en"}).status_code == 403


def _talk(browser: Client, case_id: int) -> None:
    page = browser.get(f"/cases/{case_id}").content.decode()
    point = re.search(r'name="contact_point" value="(\d+)"', page)
    assert point
    browser.post(f"/cases/{case_id}/dial", {"contact_point": point.group(1)})
    browser.post(f"/cases/{case_id}/line", {"event": "answered"})
    browser.post(f"/cases/{case_id}/party", {"party": "customer"})


PROMISE = {
    "once_key": "k1",
    "result": "promise-to-pay",
    "amount": "10",
    "promise_date": "2026-10-05",
    "arrears_reason": "forgot",
}


NOBODY_TYPES = (
    {"amount": "NaN"},
    {"arrears_reason": "a\0b"},
    {"amount": "Infinity"},
    {"amount": "1e999999"},
    {"amount": "-1"},
    {"promise_date": "0001-01-01"},
    {"promise_date": "9999-12-31"},
    {"result": "call-back", "call_back_date": "0001-01-01", "call_back_time": "00:00"},
    {"result": "call-back", "call_back_date": "9999-12-31", "call_back_time": "23:59"},
    {"result": "call-back", "call_back_date": "2026-10-05", "call_back_time": "09:00+08:00"},
    {"result": "disputes", "hold_until": "0001-01-01"},
    {"result": "disputes", "hold_until": "9999-12-31"},
    {"result": "no-answer"},
)


def test_a_form_that_nobody_filled_in_is_refused_in_words(as_user: AsUser, case_id: int, owner: str) -> None:
    browser = as_user(owner)
    _talk(browser, case_id)
    for wrong in NOBODY_TYPES:
        assert browser.post(f"/cases/{case_id}/record", {**PROMISE, **wrong}).status_code in (409, 422), wrong
    odd = {"note": "a\0b", "once_key": "k\0"}
    assert browser.post(f"/cases/{case_id}/record", {**PROMISE, **odd}).status_code == 302


def test_a_day_out_of_reach_is_refused_in_words(as_user: AsUser, case_id: int) -> None:
    compliance, integrator = as_user("compliance"), as_user("integrator")
    for day in ("0001-01-01", "9999-12-31", "2026-13-01", ""):
        hold = {"account_number": "1001", "reason": "dispute", "scope": "case", "until": day}
        assert compliance.post("/holds", hold).status_code == 422, day
    for day in ("0001-01-01", "9999-12-31", "2026-13-01"):
        payment = {"account_number": "1001", "amount": "1", "value_date": day, "reference": "X"}
        assert integrator.post("/payments", payment).status_code == 422, day


def test_a_number_that_two_lenders_gave_is_not_guessed(
    as_user: AsUser, open_day: Bank, placement: Callable[..., Path]
) -> None:
    other_id = clients.add_client(
        code="other", name_en="Other Bank", name_zh="另一银行", country="CN", zone="Asia/Shanghai",
        mandate="first-party", balance_authority="lender", day_begins=time(8), payment_file_lag_days=1,
        at=MORNING, actor=SYSTEM,
    )  # fmt: skip
    staff.grant_client(team_id=open_day.team_id, client_id=other_id, at=MORNING, actor=SYSTEM)
    intake.import_file(
        path=placement(), client_code="other", kind="placement", mapping_id="uci_card_default", cut_off=CUT_OFF,
        dry_run=False, at=MORNING, actor=SYSTEM,
    )  # fmt: skip
    cases.refresh(client_id=other_id, day=DAY, at=MORNING, actor=SYSTEM)
    paid = {"account_number": "1001", "amount": "1", "value_date": "2026-10-01", "reference": "X"}
    integrator, compliance = as_user("integrator"), as_user("compliance")
    assert "Several clients have an account 1001" in integrator.post("/payments", paid).content.decode()
    assert integrator.post("/payments", {**paid, "client": "other"}).status_code == 302
    assert [each.client_id for each in payments_queries.list_payments([open_day.client_id, other_id], 9)] == [other_id]
    held = {"account_number": "1001", "reason": "dispute", "scope": "case", "until": "2026-10-09"}
    assert "Several clients have an account 1001" in compliance.post("/holds", held).content.decode()
    assert compliance.post("/holds", {**held, "client": "bank"}).status_code == 302
    later = MORNING + timedelta(hours=1)
    assert [each.reason for each in cases_queries.list_standing_holds(open_day.client_id, later, SYSTEM)] == ["dispute"]
    assert cases_queries.list_standing_holds(other_id, later, SYSTEM) == []


def test_an_address_that_nobody_linked_to_is_not_found_or_harmless(as_user: AsUser, case_id: int) -> None:
    browser = as_user("leader")
    for path in (
        "/cases/99999999999999999999",
        "/cases/99999999999999999999/why",
        "/imports/99999999999999999999",
        f"/cases/{case_id}/why?day=%00",
    ):
        assert browser.get(path).status_code == 404, path
    for path in (
        f"/cases/{case_id}?show=%00",
        f"/cases/{case_id}/call?seen=%00",
        f"/cases/{case_id}/why?day=0001-01-01",
    ):
        assert browser.get(path).status_code == 200, path
    for hold in ("1", "99999999999999999999"):
        assert browser.post(f"/holds/{hold}/lift", {"cause": "resolved"}).status_code in (404, 409)


def test_nobody_is_led_to_another_house(as_user: AsUser, bank: Bank) -> None:
    browser = as_user("wang")
    for back in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert browser.post("/language", {"language": "en", "back": back})["Location"] == "/"
        answer = Client().post("/sign-in", {"username": "wang", "password": PASSWORD, "next": back})
        assert answer["Location"] == "/"


def test_the_session_before_signing_in_is_not_the_one_after(bank: Bank) -> None:
    browser = Client()
    browser.post("/language", {"language": "en"})
    before = browser.session.session_key
    browser.post("/sign-in", {"username": "wang", "password": PASSWORD})
    assert before and browser.session.session_key != before
