"""A leader's week: who is there, leave in and out, cover for today, ceilings and leaving."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.assignment.models import WorkItem
from tideover.doors.desk.conftest import DAY, Bank
from tideover.doors.desk.tests.test_lists import said
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.models import Leave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_day")]

AsUser = Callable[[str], Client]


def test_the_week_shows_who_is_there_and_how_much_they_have(open_day: Bank, as_user: AsUser) -> None:
    page = said(as_user("leader").get("/team"))
    assert "王敏" in page and "李浩" in page and "there" in page and "most 50" in page
    assert "孙蕾" not in page.split("Week after")[1]
    assert as_user("wang").get("/team").status_code == 403


def test_somebody_who_calls_in_sick_is_covered_and_comes_back(open_day: Bank, as_user: AsUser) -> None:
    leader = as_user("leader")
    item = WorkItem.objects.filter(day=DAY, collector_id__isnull=False).order_by("case_id").first()
    assert item is not None
    sick, other = (
        item.collector_id,
        next(open_day.users[name] for name in ("wang", "li") if open_day.users[name] != item.collector_id),
    )
    WorkItem.objects.filter(pk=item.pk).update(order_reason="promise-due")
    form = {"from": DAY.isoformat(), "through": DAY.isoformat(), "cause": "sick"}
    page = said(leader.post(f"/team/{sick}/leave", form, follow=True))
    assert "The leave is put in" in page and "promises): 1" in page
    page = said(leader.post(f"/team/{sick}/cover", follow=True))
    assert "1 covered" in page
    assert item.case_id in [each.case_id for each in assignment_queries.list_work(other, DAY)]
    covering = as_user(next(name for name in ("wang", "li") if open_day.users[name] == other))
    absent = {"wang": "王敏", "li": "李浩"}[next(name for name in ("wang", "li") if open_day.users[name] == sick)]
    assert f"covering for {absent} today" in said(covering.get("/work"))
    assert f"covering for {absent} today" in said(covering.get(f"/cases/{item.case_id}"))
    assert f"covering for {absent} today" in said(leader.get("/today/all"))
    leave_id = Leave.objects.get().pk
    leader.post(f"/team/{sick}/leave/{leave_id}/withdraw", {"cause": "came-after-all"})
    page = said(leader.post(f"/team/{sick}/return", follow=True))
    assert "theirs again" in page
    assert item.case_id in [each.case_id for each in assignment_queries.list_work(sick or 0, DAY)]


def test_ceilings_days_and_leaving_are_kept_and_nonsense_is_refused(open_day: Bank, as_user: AsUser) -> None:
    leader, wang = as_user("leader"), open_day.users["wang"]
    leader.post(f"/team/{wang}/ceilings", {"items": "7", "cases": "9"})
    leader.post(f"/team/{wang}/days", {"weekday": ["1", "2"], "from": DAY.isoformat()})
    leader.post(f"/team/{wang}/leaving", {"left": "2026-11-01"})
    (member,) = staff_queries.list_members_by_user([wang])
    assert (member.work_items_per_day_max, member.cases_max, member.takes_new_cases) == (7, 9, False)
    assert staff_queries.get_weekdays(wang, DAY) == (1, 2) and str(member.left_date) == "2026-11-01"
    leader.post(f"/team/{wang}/ceilings", {"items": "7", "cases": "9", "new": "on"})
    leader.post(f"/team/{wang}/leaving", {"left": DAY.isoformat()})
    row = leader.get("/team").content.decode().split("王敏")[1].split("</tr>")[0].rsplit("<td>", 1)[1]
    assert "left" in row and "on" not in row
    leader.post(f"/team/{wang}/leaving", {"left": "2026-11-01"})
    for address, form in (
        ("ceilings", {"items": "many", "cases": "9"}),
        ("days", {"from": DAY.isoformat()}),
        ("leave", {"from": "soon", "through": "later", "cause": "sick"}),
        ("leave", {"from": "2026-10-09", "through": "2026-10-01", "cause": "sick"}),
        ("leaving", {"left": "1.11."}),
        ("cover", {}),
    ):
        if address == "cover":
            leader.post(f"/team/{wang}/days", {"weekday": list("1234567"), "from": DAY.isoformat()})
        answer = leader.post(f"/team/{wang}/{address}", form)
        assert answer.status_code == 422, address
    assert leader.get(f"/team/{open_day.users['leader']}").status_code == 404
    assert leader.get("/team/99999").status_code == 404


def test_days_in_the_wrong_order_are_told_as_they_were_given(open_day: Bank, as_user: AsUser) -> None:
    form = {"from": "2026-10-09", "through": "2026-10-08", "cause": "sick"}
    page = said(as_user("leader").post(f"/team/{open_day.users['wang']}/leave", form))
    assert "The last day, 8 October 2026, lies before the first, 9 October 2026." in page
