"""Two teams on one client: a leader opens, dials, reviews, holds, lists and counts their own team's cases alone."""

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
from tideover.core.access.types import SYSTEM, Role
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.assignment.models import WorkItem
from tideover.decide.receipts import operations as receipts
from tideover.decide.receipts import queries as receipts_queries
from tideover.doors.desk.conftest import CUT_OFF, DAY, MORNING, Bank, _hire
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import Case
from tideover.know.customers.models import ContactPoint
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries

pytestmark = pytest.mark.django_db

AsUser = Callable[[str], Client]


def said(answer: Any) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


@pytest.fixture
def theirs(open_day: Bank) -> int:
    """The case of account 1001, worked by another team on the same client."""
    team_id = staff.make_team(code="second", name_en="Second", name_zh="二组", at=MORNING, actor=SYSTEM)
    staff.grant_client(team_id=team_id, client_id=open_day.client_id, at=MORNING, actor=SYSTEM)
    other = _hire(team_id, "zhao", "赵云", Role.COLLECTOR)
    open_day.users["second-leader"] = _hire(team_id, "second-leader", "钱多", Role.TEAM_LEADER)
    case_id = min(case.id for case in cases_queries.list_open_cases(open_day.client_id))
    Case.objects.filter(pk=case_id).update(collector_id=other)
    WorkItem.objects.filter(case_id=case_id).update(collector_id=other, action="review")
    return case_id


def test_another_teams_case_is_not_there(open_day: Bank, as_user: AsUser, theirs: int) -> None:
    mine, second = as_user("leader"), as_user("second-leader")
    for path in (f"/cases/{theirs}", f"/cases/{theirs}/why", f"/cases/{theirs}/call"):
        assert mine.get(path).status_code == 404, path
        assert second.get(path).status_code == 200, path
    for path in (f"/cases/{theirs}/dial", f"/cases/{theirs}/review", f"/cases/{theirs}/record"):
        posted = {"contact_point": "1", "decision": "stay", "account": "1"}
        assert mine.post(path, posted).status_code == 404, path
    assert not assignment_queries.may_work(open_day.users["leader"], theirs, MORNING)
    assert not assignment_queries.may_read(open_day.users["leader"], theirs, MORNING)
    assert assignment_queries.may_work(open_day.users["second-leader"], theirs, MORNING)


def test_another_teams_customers_are_on_no_list_and_in_no_count(open_day: Bank, as_user: AsUser, theirs: int) -> None:
    name = "王芳"
    mine, second = as_user("leader"), as_user("second-leader")
    board, stage = said(mine.get("/today")), said(mine.get("/today/first-contact"))
    assert "0 / 1" in board and name not in board and name not in stage and "赵云" not in board
    assert "No review is waiting" in board
    assert name in said(second.get("/today")) and name in said(second.get("/today/first-contact"))
    actors = [staff_queries.get_actor(open_day.users[each]) for each in ("leader", "second-leader")]
    for actor, reviews in zip(actors, (0, 1), strict=True):
        assert len(assignment_queries.list_reviews(actor, [open_day.client_id], DAY)) == reviews
        assert sum(each.items_count for each in assignment_queries.count_work(actor, [open_day.client_id], DAY)) == 1


def test_a_leader_holds_and_lifts_nothing_of_another_team(open_day: Bank, as_user: AsUser, theirs: int) -> None:
    hold = {"account_number": "1001", "reason": "dispute", "scope": "case", "until": "2026-10-09"}
    mine, second = as_user("leader"), as_user("second-leader")
    assert mine.post("/holds", hold).status_code == 422
    assert second.post("/holds", hold).status_code == 302
    held = cases_queries.list_standing_holds(open_day.client_id, MORNING + timedelta(hours=1), SYSTEM)
    assert mine.post(f"/holds/{held[0].id}/lift", {"cause": "resolved"}).status_code == 404
    assert "王芳" not in said(mine.get("/holds")) and "王芳" in said(second.get("/holds"))
    assert "王芳" in said(as_user("compliance").get("/holds"))


def test_a_case_without_a_number_is_on_the_list_for_the_lender_until_one_comes(
    bank: Bank, as_user: AsUser, placement: Any, tmp_path: Any, settings: Any
) -> None:
    settings.STORE = tmp_path / "store"
    row = "3001,E1,周宁,zh-Hans,CN,CN-SH,Asia/Shanghai,,,20000,2,3913,0,0,0,0,0,0"
    intake.import_file(
        path=placement(row), client_code="bank", kind="placement", mapping_id="uci_card_default", cut_off=CUT_OFF,
        dry_run=False, at=MORNING, actor=SYSTEM,
    )  # fmt: skip
    days.run_day(client_id=bank.client_id, day=DAY, at=MORNING, actor=SYSTEM)
    leader, integrator = as_user("leader"), as_user("integrator")
    assert "No contact point: ask the lender" in said(leader.get("/today"))
    for browser in (leader, integrator):
        page = said(browser.get("/unreachable"))
        assert "周宁" in page and "3001" in page and "Thu 1 Oct" in page
    assert 'href="/today"' in leader.get("/unreachable").content.decode()
    assert 'href="/today"' not in integrator.get("/unreachable").content.decode(), "today is the leader's"
    assert as_user("wang").get("/unreachable").status_code == 403
    assert not WorkItem.objects.exists()
    case_id = Case.objects.get().pk
    told = {language: str(receipts_queries.explain(case_id, DAY, language)) for language in ("en", "zh-Hans")}
    assert "The lender is asked" in told["en"] and "向委托方索取" in told["zh-Hans"]
    assert receipts.replay(client_id=bank.client_id, day=DAY).equal
    again = "3001,E1,周宁,zh-Hans,CN,CN-SH,Asia/Shanghai,15400000777,,20000,2,3913,0,0,0,0,0,0"
    intake.import_file(
        path=placement(again, name="later.csv"), client_code="bank", kind="placement", mapping_id="uci_card_default",
        cut_off=DAY, dry_run=False, at=MORNING, actor=SYSTEM,
    )  # fmt: skip
    assert ContactPoint.objects.filter(kind="phone").exists()
    assert "周宁" not in said(integrator.get("/unreachable"))
