"""The power goes while a leader or a trainer changes who is there, how much and with which leave: done once, or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.faults.test_team_kills import try_each
from tideover.core.access.types import Role
from tideover.core.journal.models import Fact
from tideover.decide.assignment.tests.test_reassigning import NOW
from tideover.decide.gate.tests.house import House
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.models import Certificate, Leave, Membership
from tideover.know.staff.rules import LEAVE_WITHDRAWN_CAUSES

pytestmark = pytest.mark.django_db(transaction=True)

FEW_MOMENTS = 4
LEFT_ON = date(2026, 11, 2)


class Team:
    """Six collectors, and whoever leads and trains them."""

    def __init__(self) -> None:
        house = House()
        self.ids = [house.collector(f"member{place}").user_id or 0 for place in range(6)]
        self.boss = staff_queries.get_actor(house.collector("boss", role=Role.TEAM_LEADER).user_id or 0)
        self.trainer = staff_queries.get_actor(house.collector("tan", role=Role.TRAINER).user_id or 0)

    def each(self, act: Callable[[int], Any]) -> None:
        """Done for every member; killed for all but the first, and done again."""
        try_each([lambda user_id=user_id: act(user_id) for user_id in self.ids], least=FEW_MOMENTS)


def told(kind: str) -> int:
    return Fact.objects.filter(kind=kind).count()


def test_a_leave_is_put_in_once_and_taken_back_once() -> None:
    team = Team()
    until = LEFT_ON + timedelta(days=3)
    team.each(
        lambda user_id: staff.put_on_leave(
            user_id=user_id, from_date=LEFT_ON, until_date=until, cause="sick", at=NOW, actor=team.boss
        )
    )
    assert Leave.objects.filter(withdrawn_at=None).count() == told("leave-placed") == 6
    leaves = dict(Leave.objects.values_list("user_id", "pk"))
    team.each(
        lambda user_id: staff.withdraw_leave(
            leave_id=leaves[user_id], cause=LEAVE_WITHDRAWN_CAUSES[0], at=NOW, actor=team.boss
        )
    )
    assert Leave.objects.exclude(withdrawn_at=None).count() == told("leave-withdrawn") == 6


def test_ceilings_the_switch_for_new_cases_and_a_leaving_are_kept_whole_and_told_once() -> None:
    team = Team()
    team.each(
        lambda user_id: staff.set_ceilings(
            user_id=user_id, work_items_per_day_max=12, cases_max=90, takes_new_cases=False, at=NOW, actor=team.boss
        )
    )
    changed = Membership.objects.filter(work_items_per_day_max=12, cases_max=90, takes_new_cases=False)
    assert changed.count() == told("member-changed") == 6
    team.each(lambda user_id: staff.note_leaving(user_id=user_id, left_date=LEFT_ON, at=NOW, actor=team.boss))
    assert Membership.objects.filter(left_date=LEFT_ON).count() == told("leaving-noted") == 6


def test_a_certificate_is_issued_once_and_revoked_once() -> None:
    team = Team()
    issued_before, until = told("certificate-issued"), NOW + timedelta(days=90)
    team.each(
        lambda user_id: staff.issue_certificate(
            user_id=user_id, skill="final", valid_from=NOW, valid_until=until, at=NOW, actor=team.trainer
        )
    )
    assert Certificate.objects.filter(skill="final").count() == told("certificate-issued") - issued_before == 6
    held = dict(Certificate.objects.filter(skill="final").values_list("user_id", "pk"))
    team.each(lambda user_id: staff.revoke_certificate(certificate_id=held[user_id], at=NOW, actor=team.trainer))
    assert Certificate.objects.exclude(revoked_at=None).count() == told("certificate-revoked") == 6
