"""The power goes while a leader reassigns, undoes, covers or asks for help: all of it stands, or none, and once.

Each act is done whole once, to count its moments; then five times on cases of its own, killed at a moment that a seed
draws, and done again by another process.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.faults import children
from tests.faults.test_write_kills import NEVER, drawn, killed
from tideover.core.access.types import Role
from tideover.core.journal import queries as journal
from tideover.core.journal.models import Fact
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment.models import ReassignedCase, Reassignment, WorkItem
from tideover.decide.assignment.tests.test_reassigning import NOW, away, owners, work
from tideover.decide.gate.tests.house import House
from tideover.know.cases import operations as cases
from tideover.know.cases.models import Assist, Tenure
from tideover.know.staff import queries as staff_queries

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(hours=1)


class Scene:
    """A house in which lin has six lists of cases and mei has none."""

    def __init__(self, reason: str) -> None:
        house = House()
        self.lin, self.mei = house.collector("lin"), house.collector("mei")
        self.lists = [work(house, self.lin, count=2, reason=f"{reason}-{place}"[:20]) for place in range(6)]
        boss = house.collector("boss", role=Role.TEAM_LEADER)
        self.boss = staff_queries.get_actor(boss.user_id or 0)
        self.house = house


def try_each(acts: list[Callable[[], Any]], least: int = 10) -> None:
    """The first act whole; each of the others killed at a drawn moment, then done again."""
    for act, ends_at in zip(acts[1:], drawn(acts[0], least), strict=False):
        (dead,) = children.run([killed(act, ends_at)])
        assert dead.killed_by == signal.SIGKILL
        (again,) = children.run([killed(act, NEVER)])
        assert again.killed_by is None
    assert journal.verify().holds


def test_a_reassignment_and_its_undo_stand_once_and_whole() -> None:
    scene = Scene("deadline")
    mei, lin = scene.mei.user_id or 0, scene.lin.user_id or 0

    def give(place: int) -> Callable[[], Any]:
        return lambda: assignment.reassign(
            case_ids=scene.lists[place], to_ids=[mei], cause="workload", once_key=f"form-{place}", at=NOW,
            actor=scene.boss,
        )  # fmt: skip

    def undo(place: int) -> Callable[[], Any]:
        made = ReassignedCase.objects.filter(case_id=scene.lists[place][0]).get().reassignment_id
        return lambda: assignment.undo_reassignment(reassignment_id=made, at=LATER, actor=scene.boss)

    try_each([give(place) for place in range(6)])
    assert Reassignment.objects.count() == 6 and ReassignedCase.objects.count() == 12
    for case_ids in scene.lists:
        assert owners(case_ids) == [mei, mei]
        assert Tenure.objects.filter(case_id__in=case_ids, until_at=None).count() == 2
    assert Fact.objects.filter(kind="cases-reassigned").count() == 6
    assert WorkItem.objects.filter(collector_id=mei).count() == 12

    try_each([undo(place) for place in range(6)])
    for case_ids in scene.lists:
        assert owners(case_ids) == [lin, lin]
    assert Fact.objects.filter(kind="reassignment-undone").count() == 6
    assert WorkItem.objects.filter(collector_id=lin).count() == 12


def test_help_is_asked_for_once() -> None:
    scene = Scene("deadline")

    def ask(place: int) -> Callable[[], Any]:
        return lambda: cases.grant_assist(
            case_id=scene.lists[place][0], collector_id=scene.mei.user_id or 0, until_at=LATER, cause="workload",
            at=NOW, actor=scene.boss,
        )  # fmt: skip

    try_each([ask(place) for place in range(6)])
    assert Assist.objects.count() == Fact.objects.filter(kind="assist-granted").count() == 6


def test_a_list_is_covered_whole_or_not_at_all() -> None:
    scene = Scene("promise")
    WorkItem.objects.update(order_reason="promise-due")
    away(scene.lin)
    lin = scene.lin.user_id or 0

    def cover() -> Any:
        return assignment.cover_absent(collector_id=lin, at=NOW, actor=scene.boss)

    def uncover() -> None:
        WorkItem.objects.update(collector_id=lin, cover_for_id=None, assigned_cause="kept", uncovered_cause=None)

    children.run([killed(cover, NEVER)])  # each customer's chain has begun; from now on every run has as many moments
    uncover()
    for ends_at in drawn(cover):
        uncover()
        (dead,) = children.run([killed(cover, ends_at)])
        assert dead.killed_by == signal.SIGKILL
        assert WorkItem.objects.filter(cover_for_id=lin).count() in (0, 12)
        children.run([killed(cover, NEVER)])
        assert WorkItem.objects.filter(cover_for_id=lin, assigned_cause="cover").count() == 12
    assert journal.verify().holds
