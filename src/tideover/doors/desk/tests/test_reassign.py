"""A leader narrows, chooses, looks ahead, reassigns and takes it back; a call that is running ends under its caller."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.contact.models import Call
from tideover.core.clock import queries as clock_queries
from tideover.decide.assignment.models import Reassignment
from tideover.doors.desk.conftest import Bank, QuietLine
from tideover.doors.desk.tests.test_lists import owner_of, said
from tideover.know.cases import queries as cases_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.staff import queries as staff_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_day")]

AsUser = Callable[[str], Client]


@pytest.fixture
def case_id(open_day: Bank) -> int:
    return min(case.id for case in cases_queries.list_open_cases(open_day.client_id))


def other(bank: Bank, name: str) -> int:
    return bank.users["li" if name == "wang" else "wang"]


def test_the_filters_stay_in_the_address_and_narrow_the_list(open_day: Bank, as_user: AsUser, case_id: int) -> None:
    leader, owner = as_user("leader"), owner_of(open_day, case_id)
    page = leader.get("/reassign", {"collector": owner, "stage": "first-contact"}).content.decode()
    assert f'name="case" value="{case_id}"' in page and f'<option value="{owner}" selected>' in page
    assert f'name="case" value="{case_id}"' not in leader.get("/reassign", {"collector": "nobody"}).content.decode()
    assert f'name="case" value="{case_id}"' not in leader.get("/reassign", {"late": "1"}).content.decode()
    assert leader.get("/reassign", {"after": "x~y", "client": "zzz"}).status_code == 200
    assert as_user("wang").get("/reassign").status_code == 403


def test_a_case_is_looked_at_reassigned_once_and_given_back(open_day: Bank, as_user: AsUser, case_id: int) -> None:
    leader, name = as_user("leader"), owner_of(open_day, case_id)
    to = other(open_day, name)
    form = {"case": str(case_id), "to": str(to), "cause": "workload", "which": "chosen"}
    page = leader.post("/reassign/preview", form)
    assert "Change hands" in said(page) and cases_queries.get_collector_id(case_id) == open_day.users[name]
    once = re.search(r'name="once" value="(\w+)"', page.content.decode())
    assert once is not None
    for _ in range(2):
        assert "changed hands" in said(leader.post("/reassign/do", {**form, "once": once.group(1)}, follow=True))
    assert cases_queries.get_collector_id(case_id) == to and Reassignment.objects.count() == 1
    made = Reassignment.objects.get().pk
    assert "1 went back" in said(leader.post(f"/reassign/{made}/undo", follow=True))
    assert cases_queries.get_collector_id(case_id) == open_day.users[name]
    assert leader.post("/reassign/99999/undo").status_code == 404


def test_all_that_the_filter_finds_can_go_at_once(open_day: Bank, as_user: AsUser, case_id: int) -> None:
    leader, name = as_user("leader"), owner_of(open_day, case_id)
    to = other(open_day, name)
    form = {"to": str(to), "cause": "absent-long", "which": "all"}
    page = leader.post(f"/reassign/preview?collector={name}", form).content.decode()
    assert f'name="case" value="{case_id}"' in page
    assert leader.post("/reassign/preview", {**form, "cause": "bored"}).status_code == 422
    assert leader.post("/reassign/preview", {"cause": "workload", "to": str(to)}).status_code == 422


def test_a_running_call_is_named_and_ends_under_whoever_dialled(open_day: Bank, as_user: AsUser, case_id: int) -> None:
    name = owner_of(open_day, case_id)
    case = cases_queries.get_case(case_id)
    point = customers_queries.list_contact_points(case.customer_id)[0]
    lines.register("quiet", QuietLine())
    call = contact.dial(
        case_id=case_id, contact_point_id=point.id, work_item_id=None, line="quiet", at=clock_queries.now(),
        actor=staff_queries.get_actor(open_day.users[name]),
    )  # fmt: skip
    form = {"case": str(case_id), "to": str(other(open_day, name)), "cause": "workload"}
    leader = as_user("leader")
    assert "is on the line with" in said(leader.post("/reassign/preview", form))
    assert "ends, and is recorded, under" in said(leader.post("/reassign/do", form, follow=True))
    assert Call.objects.get(pk=call.id).user_id == open_day.users[name]
    assert as_user(name).get(f"/cases/{case_id}").status_code == 200, "whoever is talking can still record it"
