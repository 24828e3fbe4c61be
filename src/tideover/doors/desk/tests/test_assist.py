"""A leader asks a second collector to help; the helper finds the case on a list of their own and may work it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tideover.doors.desk.conftest import DAY, Bank
from tideover.doors.desk.tests.test_lists import owner_of, said
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import Assist

pytestmark = pytest.mark.django_db

AsUser = Callable[[str], Client]


def test_the_helper_sees_the_case_and_the_owner_stays(open_day: Bank, as_user: AsUser) -> None:
    case_id = min(case.id for case in cases_queries.list_open_cases(open_day.client_id))
    owner = owner_of(open_day, case_id)
    helper = "li" if owner == "wang" else "wang"
    leader, browser = as_user("leader"), as_user(helper)
    assert browser.get(f"/cases/{case_id}").status_code == 404
    assert "Ask a second collector" in said(leader.get(f"/cases/{case_id}"))
    form = {"collector": str(open_day.users[helper]), "through": DAY.isoformat(), "cause": "hard-case"}
    assert "may work the case now" in said(leader.post(f"/cases/{case_id}/assist", form, follow=True))
    assert "Cases on which I help" in said(browser.get("/work"))
    assert browser.get(f"/cases/{case_id}").status_code == 200
    assert owner_of(open_day, case_id) == owner
    assist_id = Assist.objects.get().pk
    leader.post(f"/cases/{case_id}/assist/{assist_id}/end")
    assert browser.get(f"/cases/{case_id}").status_code == 404
    assert leader.post(f"/cases/{case_id}/assist/{assist_id}/end").status_code == 404
    assert "2026-10-01" in said(leader.post(f"/cases/{case_id}/assist", {**form, "through": "soon"}, follow=True))
    assert browser.post(f"/cases/{case_id}/assist", form).status_code == 403
