"""A second collector helps on a case, and what stands in the way of giving a case to somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tideover.core.access.types import AccessRefused, Role
from tideover.core.journal import queries as journal
from tideover.decide.gate.tests.circumstances import MONDAY
from tideover.decide.gate.tests.house import ADMINISTRATOR, BEGAN, House, Owing, moment
from tideover.know.cases import operations as cases
from tideover.know.cases import queries
from tideover.know.cases.types import AssistPeriodEmpty, CollectorCannotWork, Obstacle, UnknownCause
from tideover.know.staff import operations as staff

pytestmark = pytest.mark.django_db

NOW = moment("10:00")
LATER = NOW + timedelta(days=3)


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def wang(house: House) -> Owing:
    return house.owing(house.client())


def test_whoever_helps_may_work_the_case_for_a_time_and_the_owner_stays(house: House, wang: Owing) -> None:
    lin, boss = house.collector("lin"), house.collector("boss", role=Role.TEAM_LEADER)
    owner = queries.get_collector_id(wang.case_id)
    given = {"case_id": wang.case_id, "collector_id": lin.user_id, "cause": "hard-case", "at": NOW, "actor": boss}
    first = cases.grant_assist(until_at=LATER, **given)  # type: ignore[arg-type]
    assert cases.grant_assist(until_at=LATER, **given) == first  # type: ignore[arg-type]
    assert queries.is_assisting(lin.user_id or 0, wang.case_id, NOW)
    assert [each.case_id for each in queries.list_assisted(lin.user_id or 0, NOW)] == [wang.case_id]
    assert queries.get_collector_id(wang.case_id) == owner
    assert not queries.is_assisting(lin.user_id or 0, wang.case_id, LATER)

    cases.end_assist(assist_id=first, at=NOW + timedelta(hours=1), actor=boss)
    assert not queries.list_assists(wang.case_id, NOW + timedelta(hours=2))
    kinds = [fact.kind for fact in journal.list_facts(wang.customer_id)]
    assert [kind for kind in kinds if kind.startswith("assist")] == ["assist-ended", "assist-granted"]


def test_an_assist_that_cannot_be_is_refused_by_name(house: House, wang: Owing) -> None:
    lin, boss = house.collector("lin"), house.collector("boss", role=Role.TEAM_LEADER)
    given = {"case_id": wang.case_id, "collector_id": lin.user_id, "at": NOW}
    with pytest.raises(AssistPeriodEmpty):
        cases.grant_assist(until_at=NOW, cause="workload", actor=boss, **given)  # type: ignore[arg-type]
    with pytest.raises(UnknownCause):
        cases.grant_assist(until_at=LATER, cause="bored", actor=boss, **given)  # type: ignore[arg-type]
    with pytest.raises(AccessRefused):
        cases.grant_assist(until_at=LATER, cause="workload", actor=lin, **given)  # type: ignore[arg-type]


def test_a_case_is_given_to_nobody_who_may_not_or_cannot_have_it(house: House, wang: Owing) -> None:
    lin, guest = house.collector("lin"), house.collector("guest", certified=False)
    away, full = house.collector("away"), house.collector("full")
    boss = house.collector("boss", role=Role.TEAM_LEADER)
    staff.put_on_leave(
        user_id=away.user_id or 0, from_date=MONDAY, until_date=MONDAY + timedelta(days=1), cause="sick", at=BEGAN,
        actor=ADMINISTRATOR,
    )  # fmt: skip
    staff.set_ceilings(
        user_id=full.user_id or 0, work_items_per_day_max=5, cases_max=0, takes_new_cases=True, at=BEGAN,
        actor=ADMINISTRATOR,
    )  # fmt: skip
    case = queries.get_case(wang.case_id)
    tried = [lin, guest, away, full, boss]
    found = queries.list_obstacles([(case, each.user_id or 0) for each in tried], NOW)
    assert found == [None, Obstacle.NO_CERTIFICATE, Obstacle.AWAY, Obstacle.CASES_FULL, Obstacle.NOT_WORKING]
    with pytest.raises(CollectorCannotWork) as refused:
        cases.change_collector(
            case_id=wang.case_id, collector_id=guest.user_id or 0, cause="workload", at=NOW, actor=boss
        )
    assert refused.value.fields["obstacle"] == Obstacle.NO_CERTIFICATE
    cases.change_collector(case_id=wang.case_id, collector_id=lin.user_id or 0, cause="workload", at=NOW, actor=boss)
    assert queries.get_collector_id(wang.case_id) == lin.user_id
