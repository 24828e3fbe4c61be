"""A leader's day by stage and batch, what is late and why, how steady the contact is; and who only reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tideover.act.outcomes import queries as outcomes_queries
from tideover.act.outcomes.models import Outcome
from tideover.core.access.types import SYSTEM
from tideover.decide.assignment.models import Unreachable, WorkItem
from tideover.doors.desk.conftest import DAY, MORNING, Bank
from tideover.doors.desk.tests.test_lists import pay, said
from tideover.doors.desk.tests.test_stops import send_short_file
from tideover.doors.screens import paging
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import Case, CaseAccount
from tideover.know.customers.models import ContactPoint
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_day")]

AsUser = Callable[[str], Client]


def talk(case_id: int, user_id: int, number: int) -> None:
    case = Case.objects.get(pk=case_id)
    present = CaseAccount.objects.filter(case=case).first()
    assert present is not None
    Outcome.objects.create(
        case_id=case_id, customer_id=case.customer_id, client_id=case.client_id, account_id=present.account_id,
        user_id=user_id, at=MORNING + timedelta(hours=number), local_date=DAY, spoke_to="customer",
        result="no-arrangement", result_version="v", recorded_once_key=f"talk-{case_id}-{number}", fact_id=1,
    )  # fmt: skip


def test_the_day_is_told_by_batch_and_what_is_late_with_its_reason(open_day: Bank, as_user: AsUser) -> None:
    leader = as_user("leader")
    case_id = min(case.id for case in cases_queries.list_open_cases(open_day.client_id))
    page = said(leader.get("/today"))
    assert "By batch" in page and "Late, and why" not in page
    CaseAccount.objects.filter(case_id=case_id).update(late_since_date=DAY)
    page = said(leader.get("/today"))
    assert "Late, and why" in page and "on a list and not tried" in page
    WorkItem.objects.filter(case_id=case_id).update(uncovered_cause="no-capacity", collector_id=None)
    page = said(leader.get("/late"))
    assert "everybody is full" in page and "王芳" in page
    assert "王芳" not in said(leader.get("/late", {"why": "not-tried"}))
    assert leader.get("/late", {"why": "x' OR 1=1", "after": "2026-10-01~1", "client": "y"}).status_code == 200
    assert as_user("wang").get("/late").status_code == 403


def test_the_days_work_is_listed_by_batch_state_and_client_as_the_board_counts_it(
    open_day: Bank, as_user: AsUser
) -> None:
    leader = as_user("leader")
    first, second = (WorkItem.objects.filter(day=DAY).order_by("case_id")[n] for n in (0, 1))
    WorkItem.objects.filter(pk=first.pk).update(uncovered_cause="no-capacity", collector_id=None)
    WorkItem.objects.filter(pk=second.pk).update(uncovered_cause="not-reached", collector_id=None)
    batch = leader.get("/today").context["boards"][0].batches[0]
    assert (batch.items_count, batch.waiting_count, batch.uncovered_count) == (2, 1, 1)

    def listed(**asked: str) -> list[int]:
        return [row["item"].case_id for row in leader.get("/today/all", asked).context["rows"]]

    assert sorted(listed()) == sorted(listed(batch=str(batch.batch_id))) == [first.case_id, second.case_id]
    assert listed(state="nobody") == [first.case_id] and listed(state="waiting") == [second.case_id]
    assert listed(state="nobody", client="elsewhere") == [] and listed(batch="x", state="open") == []
    assert "reached a ceiling" in said(leader.get("/today/all", {"state": "nobody"}))


def test_a_paid_case_and_a_stopped_clients_work_are_in_no_total(
    open_day: Bank, as_user: AsUser, placement: Callable[..., object]
) -> None:
    leader = as_user("leader")
    assert leader.get("/today").context["boards"][0].work_count == 2
    pay(as_user("integrator"), amount="3913.00")
    board = leader.get("/today").context["boards"][0]
    assert (board.work_count, board.batches[0].items_count, sum(each.work_count for each in board.collectors)) == (
        1,
        1,
        1,
    )
    assert sum(row.items_count for row in leader.get("/team").context["rows"]) == 1
    send_short_file(staff_queries.get_actor(open_day.users["integrator"]), placement)
    answer = leader.get("/today")
    board = answer.context["boards"][0]
    assert (board.work_count, board.resting_count, board.uncovered_count, board.batches[0].items_count) == (0, 1, 0, 0)
    assert "Work that rests until it is acknowledged: 1" in said(answer)
    assert sum(row.items_count for row in leader.get("/team").context["rows"]) == 0


def test_whoever_cannot_be_reached_is_listed_page_by_page(
    open_day: Bank, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SIZE", 1)
    cases = sorted(cases_queries.list_open_cases(open_day.client_id), key=lambda case: case.id)[:2]
    ContactPoint.objects.update(unusable_since=MORNING)
    for case in cases:
        Unreachable.objects.create(
            client_id=open_day.client_id, case_id=case.id, account_id=case.lead_account_id, since_date=DAY
        )
    leader = as_user("leader")
    page = leader.get("/unreachable")
    assert "Cases: 2" in said(page) and f"/cases/{cases[0].id}" in page.content.decode()
    after = leader.get("/unreachable" + page.context["pages"].next_url)
    assert f"/cases/{cases[1].id}" in after.content.decode() and f"/cases/{cases[0].id}" not in after.content.decode()
    assert after.context["pages"].next_url == ""


def test_continuity_counts_the_talks_that_one_collector_held_within_a_stay(open_day: Bank, as_user: AsUser) -> None:
    first, second = sorted(case.id for case in cases_queries.list_open_cases(open_day.client_id))[:2]
    wang, li = open_day.users["wang"], open_day.users["li"]
    for number, user_id in enumerate((wang, wang, wang, li)):
        talk(first, user_id, number)
    talk(second, li, 9)
    leader = staff_queries.get_actor(open_day.users["leader"])
    (told,) = outcomes_queries.list_continuity([open_day.client_id], DAY, 30, leader).values()
    assert (told.stage, told.talks_count, told.by_one_count, told.percent) == ("first-contact", 4, 3, 75)
    assert "75% of 4 talks" in said(as_user("leader").get("/today"))


@pytest.mark.parametrize("reader", ["reviewer", "analyst"])
def test_a_reviewer_and_an_analyst_read_and_do_nothing(open_day: Bank, as_user: AsUser, reader: str) -> None:
    browser = as_user(reader)
    case_id = min(case.id for case in cases_queries.list_open_cases(open_day.client_id))
    assert browser.get("/")["Location"] == "/cases"
    page = browser.get("/cases", {"stage": "first-contact"})
    assert "王芳" in said(page) and f"/cases/{case_id}" in page.content.decode()
    shown = browser.get(f"/cases/{case_id}")
    assert shown.status_code == 200 and "15400000192" not in shown.content.decode()
    assert "You read this case" in said(shown) and "certificate" not in shown.content.decode()
    assert 'href="/files/' not in shown.content.decode(), "the file's own page is for whoever files"
    assert browser.get(f"/cases/{case_id}/why").status_code == 200
    for address in (f"/cases/{case_id}/dial", f"/cases/{case_id}/record", f"/cases/{case_id}/assist", "/reassign/do"):
        assert browser.post(address).status_code == 403
    for address in ("/today", "/team", "/work", "/reassign"):
        assert browser.get(address).status_code == 403


def test_today_names_who_is_away_and_that_their_cases_stay_theirs(open_day: Bank, as_user: AsUser) -> None:
    leader = as_user("leader")
    assert "Away today" not in said(leader.get("/today"))
    staff.put_on_leave(
        user_id=open_day.users["wang"],
        from_date=DAY,
        until_date=DAY + timedelta(days=2),
        cause="sick",
        at=MORNING,
        actor=SYSTEM,
    )
    answer = leader.get("/today")
    assert [(each.name, each.covered_count) for each in answer.context["away"]] == [("王敏", 0)]
    assert "Away today" in said(answer)
