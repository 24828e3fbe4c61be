"""Who is there on which day, who has left, and which teams share their work."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tideover.core.access.types import SYSTEM, AccessRefused, Role
from tideover.core.journal.models import Fact
from tideover.know.staff import operations as staff
from tideover.know.staff import queries, rules
from tideover.know.staff.models import Leave
from tideover.know.staff.tests.test_staff import NOW, join, team, user
from tideover.know.staff.types import (
    CeilingWrong,
    LeaveOverlaps,
    LeavePeriodEmpty,
    NotAMember,
    UnknownLeaveCause,
    WeekdaysWrong,
)

THURSDAY = date(2026, 10, 1)
SUNDAY = date(2026, 10, 4)


@pytest.fixture
def lin(db: None) -> int:
    lin = user("lin")
    join(team(), lin)
    return lin


def leave(user_id: int, first: date = THURSDAY, days: int = 1, cause: str = "sick") -> int:
    until = first + timedelta(days=days)
    return staff.put_on_leave(user_id=user_id, from_date=first, until_date=until, cause=cause, at=NOW, actor=SYSTEM)


def is_there(user_id: int, day: date) -> bool:
    """Asked one by one and as a set: both must say the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM staff_present_on(%s) AS there WHERE there.user_id = %s", [day, user_id])
        as_set = bool(cursor.fetchone()[0])
    assert as_set == queries.is_present(user_id, day)
    return as_set


def test_without_a_rota_somebody_is_there_every_day(lin: int) -> None:
    assert is_there(lin, THURSDAY) and is_there(lin, SUNDAY)


def test_a_rota_holds_from_its_date_until_the_next_one(lin: int) -> None:
    staff.set_working_days(user_id=lin, weekdays=[1, 2, 3, 4, 5], from_date=THURSDAY, at=NOW, actor=SYSTEM)
    staff.set_working_days(user_id=lin, weekdays=[7], from_date=THURSDAY + timedelta(days=7), at=NOW, actor=SYSTEM)
    assert is_there(lin, THURSDAY) and not is_there(lin, SUNDAY)
    assert is_there(lin, SUNDAY + timedelta(days=7)) and not is_there(lin, THURSDAY + timedelta(days=7))
    assert queries.list_presence([lin], SUNDAY)[0].why == "rota"


def test_leave_takes_its_days_away_and_taken_back_it_gives_them_again(lin: int) -> None:
    away = leave(lin, days=2)
    assert not is_there(lin, THURSDAY) and not is_there(lin, THURSDAY + timedelta(days=1))
    assert is_there(lin, THURSDAY + timedelta(days=2))
    staff.withdraw_leave(leave_id=away, cause="came-after-all", at=NOW, actor=SYSTEM)
    assert is_there(lin, THURSDAY)
    assert Leave.objects.get(pk=away).withdrawn_cause == "came-after-all"
    assert list(Fact.objects.filter(kind__startswith="leave").values_list("kind", flat=True)) == [
        "leave-placed",
        "leave-withdrawn",
    ]


def test_the_same_leave_again_is_one_leave_and_another_over_it_is_refused(lin: int) -> None:
    assert leave(lin, days=3) == leave(lin, days=3)
    with pytest.raises(LeaveOverlaps):
        leave(lin, first=THURSDAY + timedelta(days=2))


def test_what_cannot_be_is_refused_by_name(lin: int) -> None:
    with pytest.raises(LeavePeriodEmpty):
        leave(lin, days=0)
    with pytest.raises(UnknownLeaveCause):
        leave(lin, cause="bored")
    with pytest.raises(WeekdaysWrong):
        staff.set_working_days(user_id=lin, weekdays=[0], from_date=THURSDAY, at=NOW, actor=SYSTEM)
    with pytest.raises(NotAMember):
        leave(user("stranger"))
    with pytest.raises(CeilingWrong):
        staff.set_ceilings(
            user_id=lin, work_items_per_day_max=0, cases_max=5, takes_new_cases=True, at=NOW, actor=SYSTEM
        )


def test_whoever_has_left_is_there_no_more_and_has_no_scope(lin: int) -> None:
    staff.grant_client(team_id=queries.get_team("north").id, client_id=7, at=NOW, actor=SYSTEM)
    staff.note_leaving(user_id=lin, left_date=THURSDAY, at=NOW, actor=SYSTEM)
    assert is_there(lin, THURSDAY - timedelta(days=1)) and not is_there(lin, THURSDAY)
    assert queries.get_actor(lin, datetime(2026, 9, 30, 12, tzinfo=UTC)).client_ids == {7}
    assert queries.get_actor(lin, datetime(2026, 10, 1, 12, tzinfo=UTC)).roles == frozenset()


def test_a_leader_keeps_the_rota_of_their_own_team_alone(lin: int) -> None:
    boss, other = user("boss", Role.TEAM_LEADER), user("other", Role.TEAM_LEADER)
    join(queries.get_team("north").id, boss)
    join(team("south"), other)
    staff.put_on_leave(
        user_id=lin, from_date=THURSDAY, until_date=SUNDAY, cause="holiday", at=NOW, actor=queries.get_actor(boss)
    )
    for actor in (queries.get_actor(other), queries.get_actor(lin)):
        with pytest.raises(AccessRefused):
            staff.set_ceilings(
                user_id=lin, work_items_per_day_max=5, cases_max=5, takes_new_cases=False, at=NOW, actor=actor
            )


def test_clients_and_teams_that_grants_link_are_one_pool() -> None:
    assert rules.pools([(1, 10), (1, 11), (2, 11), (3, 12)]) == [
        (frozenset({10, 11}), frozenset({1, 2})),
        (frozenset({12}), frozenset({3})),
    ]
    assert rules.pools([(1, 10), (2, 11), (3, 10), (3, 11)]) == [(frozenset({10, 11}), frozenset({1, 2, 3}))]
