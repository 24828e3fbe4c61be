"""A trainer issues, renews and revokes; what a certificate no longer covers is off the list at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tideover.decide.assignment.models import WorkItem
from tideover.doors.desk.conftest import DAY, MORNING, Bank
from tideover.doors.desk.tests.test_lists import said
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.models import Certificate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_day")]

AsUser = Callable[[str], Client]


def test_a_trainer_issues_and_renews_without_a_gap(open_day: Bank, as_user: AsUser) -> None:
    trainer, wang = as_user("trainer"), open_day.users["wang"]
    Certificate.objects.filter(user_id=wang, skill="early").update(valid_until=MORNING.replace(day=20))
    page = said(trainer.get("/certificates"))
    assert "Ends within 30 days" in page and "王敏" in page
    form = {"user": str(wang), "skill": "early", "through": "2027-10-01"}
    assert "is issued" in said(trainer.post("/certificates/issue", form, follow=True))
    until = next(each for each in staff_queries.list_holdings([wang], MORNING) if each.skill == "early").until_at
    assert until.isoformat().startswith("2027-10-01")
    assert "Ends within 30 days" not in said(trainer.get("/certificates"))
    count = Certificate.objects.count()
    again = trainer.post("/certificates/issue", form)
    assert again.status_code == 422 and "is held already; nothing was changed" in said(again)
    over = trainer.post("/certificates/issue", {**form, "skill": "follow-up", "through": "2025-01-01"})
    assert over.status_code == 422 and ("is over" in said(over) or "nothing was changed" in said(over))
    assert Certificate.objects.count() == count
    assert trainer.post("/certificates/issue", {**form, "through": "soon"}).status_code == 422
    assert trainer.post("/certificates/issue", {**form, "skill": "magic"}).status_code == 404
    assert trainer.post("/certificates/issue", {**form, "user": "999999"}).status_code == 404


def test_renewing_for_a_year_counts_from_the_end_of_what_still_runs(open_day: Bank, as_user: AsUser) -> None:
    trainer, wang = as_user("trainer"), open_day.users["wang"]
    Certificate.objects.filter(user_id=wang, skill="early").update(valid_until=MORNING.replace(year=2028))
    page = trainer.get("/certificates").content.decode()
    of_wang = rf'name="user" value="{wang}"><input type="hidden" name="skill" value="early">'
    through = re.search(rf'{of_wang}.*?value="(.*?)"', page)
    assert through is not None and through.group(1).startswith("2029-")
    form = {"user": str(wang), "skill": "early", "through": through.group(1)}
    assert "is issued" in said(trainer.post("/certificates/issue", form, follow=True))


def test_whoever_has_left_is_certified_for_nothing_more(open_day: Bank, as_user: AsUser) -> None:
    as_user("leader").post(f"/team/{open_day.users['wang']}/leaving", {"left": DAY.isoformat()})
    assert "王敏" not in said(as_user("trainer").get("/certificates"))


def test_a_revoked_certificate_takes_the_work_off_the_list_and_the_leader_sees_it(
    open_day: Bank, as_user: AsUser
) -> None:
    item = WorkItem.objects.filter(day=DAY, collector_id__isnull=False).order_by("case_id").first()
    assert item is not None
    name = next(name for name in ("wang", "li") if open_day.users[name] == item.collector_id)
    collector = as_user(name)
    assert f"/cases/{item.case_id}" in collector.get("/work").content.decode()
    held = Certificate.objects.get(user_id=item.collector_id, skill=item.skill)
    page = said(as_user("trainer").post(f"/certificates/{held.pk}/revoke", follow=True))
    assert "next dial is refused" in page
    work = collector.get("/work")
    assert f"/cases/{item.case_id}" not in work.content.decode() and "your certificate for" in said(work)
    board = as_user("leader").get("/today")
    assert f"/cases/{item.case_id}" in board.content.decode() and "certificate for this stage has ended" in said(board)
    assert board.context["boards"][0].uncovered_count == len(board.context["boards"][0].uncovered)
    other = open_day.users["li" if name == "wang" else "wang"]
    WorkItem.objects.filter(pk=item.pk).update(cover_for_id=other)
    as_user("leader").post(
        f"/team/{other}/leave", {"from": DAY.isoformat(), "through": DAY.isoformat(), "cause": "sick"}
    )
    assert [each.covered_count for each in as_user("leader").get("/today").context["away"]] == [0]


def test_whoever_revokes_reads_first_how_much_of_today_it_takes_away(open_day: Bank, as_user: AsUser) -> None:
    item = WorkItem.objects.filter(day=DAY, collector_id__isnull=False).order_by("case_id").first()
    assert item is not None
    of_kind = WorkItem.objects.filter(day=DAY, collector_id=item.collector_id, skill=item.skill, done_at=None)
    trainer, takes = as_user("trainer"), of_kind.count()

    def told() -> dict[str, str]:
        rows = trainer.get("/certificates").context["rows"]
        (row,) = (each for each in rows if each.member.user_id == item.collector_id)
        return {each.skill: each.revoking for each in row.held}

    says = "one work item leaves" if takes == 1 else f"{takes} work items leave"
    assert says in told()[item.skill] and says in said(trainer.get("/certificates"))
    other, *_ = {"early", "follow-up", "final"} - set(
        WorkItem.objects.filter(collector_id=item.collector_id).values_list("skill", flat=True)
    )
    assert "nothing leaves their list" in told()[other]
    of_kind.update(done_at=MORNING, done_cause="worked")
    assert "nothing leaves their list" in told()[item.skill], "what is done is not taken away"


def test_a_leader_reads_and_nobody_else_comes_in(open_day: Bank, as_user: AsUser) -> None:
    leader = as_user("leader")
    assert "王敏" in said(leader.get("/certificates"))
    assert leader.post("/certificates/issue").status_code == 403
    assert as_user("wang").get("/certificates").status_code == 403
    assert as_user("trainer").post("/certificates/99999/revoke").status_code == 404
    assert as_user("trainer").get("/")["Location"] == "/certificates"
