"""A leader looks ahead, gives cases to others, and takes it back; and a colleague covers for whoever is away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment import queries
from tideover.decide.assignment.models import Reassignment, WorkItem
from tideover.decide.assignment.types import NothingReassigned, StillPresent
from tideover.decide.gate.tests.circumstances import MONDAY
from tideover.decide.gate.tests.house import ADMINISTRATOR, BEGAN, House, moment
from tideover.know.cases.models import Case
from tideover.know.staff import operations as staff

pytestmark = pytest.mark.django_db

NOW = moment("10:00")


@pytest.fixture
def house() -> House:
    return House()


def work(house: House, owner: Actor, *, count: int = 3, reason: str = "stage-deadline") -> list[int]:
    """Cases of the owner, each on today's list."""
    client_id = house.client(f"bank-{reason}")
    found = []
    for place in range(count):
        owing = house.owing(client_id)
        Case.objects.filter(pk=owing.case_id).update(collector_id=owner.user_id)
        WorkItem.objects.create(
            day=MONDAY, client_id=client_id, case_id=owing.case_id, collector_id=owner.user_id, position=place + 1,
            order_reason=reason, lead_account_id=owing.account_id, stage="first-contact", step="s", action="contact",
            channel="call", skill="early", strategy_id="s", strategy_version="v", owed_amount=1, currency="CNY",
            assigned_cause="kept",
        )  # fmt: skip
        found.append(owing.case_id)
    return found


def give(case_ids: list[int], to: list[Actor], actor: Actor, key: str = "form-1") -> int:
    return assignment.reassign(
        case_ids=case_ids, to_ids=[each.user_id or 0 for each in to], cause="workload", once_key=key, at=NOW,
        actor=actor,
    )  # fmt: skip


def owners(case_ids: list[int]) -> list[int | None]:
    return [Case.objects.get(pk=each).collector_id for each in case_ids]


def test_the_preview_says_who_would_get_how_many_and_who_cannot(house: House) -> None:
    lin, mei, guest = house.collector("lin"), house.collector("mei"), house.collector("guest", certified=False)
    case_ids = work(house, lin, count=4)
    both = [mei.user_id or 0, guest.user_id or 0]
    preview = queries.look_ahead(case_ids, both, NOW)
    assert {each.user_id: (each.gets_count, each.cases_count) for each in preview.receivers} == {
        both[0]: (4, 4), both[1]: (0, 0),
    }  # fmt: skip
    assert [each.refused for each in queries.look_ahead(case_ids, both[1:], NOW).moves] == ["no-certificate"] * 4
    assert owners(case_ids) == [lin.user_id] * 4


def test_cases_and_what_is_left_of_today_go_to_the_new_collector_once(house: House) -> None:
    lin, mei = house.collector("lin"), house.collector("mei")
    case_ids = work(house, lin)
    boss = house.collector("boss", role=Role.TEAM_LEADER)
    WorkItem.objects.filter(case_id=case_ids[0]).update(done_at=NOW, done_cause="recorded")
    assert give(case_ids, [mei], boss) == give(case_ids, [mei], boss)
    assert Reassignment.objects.count() == 1 and owners(case_ids) == [mei.user_id] * 3
    assert [each.case_id for each in queries.list_work(mei.user_id or 0, MONDAY)] == case_ids[1:]
    customer_id = Case.objects.get(pk=case_ids[1]).customer_id
    assert journal.list_facts(customer_id)[0].kind == "collector-changed"
    with pytest.raises(NothingReassigned):
        give(case_ids, [mei], boss, "form-2")


def test_undone_each_goes_back_unless_it_has_moved_on(house: House) -> None:
    lin, mei, wen = house.collector("lin"), house.collector("mei"), house.collector("wen")
    case_ids = work(house, lin, count=4)
    boss = house.collector("boss", role=Role.TEAM_LEADER)
    made = give(case_ids, [mei], boss)
    give(case_ids[:1], [wen], boss, "form-2")
    WorkItem.objects.filter(case_id=case_ids[1]).update(done_at=NOW + timedelta(hours=1), done_cause="recorded")
    Case.objects.filter(pk=case_ids[2]).update(closed_date=MONDAY, close_cause="paid")
    undone = assignment.undo_reassignment(reassignment_id=made, at=NOW + timedelta(hours=2), actor=boss)
    assert undone == 1 and owners(case_ids) == [wen.user_id, mei.user_id, mei.user_id, lin.user_id]
    (told,) = [each for each in queries.list_reassignments(boss, 9) if each.id == made]
    assert [move.refused for move in told.moves] == ["moved-on", "worked", "closed", None]
    assert assignment.undo_reassignment(reassignment_id=made, at=NOW + timedelta(hours=3), actor=boss) == 1


def test_another_team_s_leader_reassigns_nothing_here(house: House) -> None:
    lin, mei = house.collector("lin"), house.collector("mei")
    case_ids = work(house, lin)
    stranger = Actor(user_id=999, name="stranger", roles=frozenset({Role.TEAM_LEADER}), team_ids=frozenset({999}))
    for actor in (stranger, lin):
        with pytest.raises(AccessRefused):
            give(case_ids, [mei], actor)


def away(who: Actor) -> int:
    return staff.put_on_leave(
        user_id=who.user_id or 0, from_date=MONDAY, until_date=MONDAY + timedelta(days=1), cause="sick", at=BEGAN,
        actor=ADMINISTRATOR,
    )  # fmt: skip


def test_when_somebody_calls_in_sick_what_was_agreed_is_covered_and_the_rest_waits(house: House) -> None:
    lin, mei = house.collector("lin"), house.collector("mei")
    boss = house.collector("boss", role=Role.TEAM_LEADER)
    agreed, rest = work(house, lin, count=2, reason="promise-due"), work(house, lin, count=3)
    with pytest.raises(StillPresent):
        assignment.cover_absent(collector_id=lin.user_id or 0, at=NOW, actor=boss)
    leave_id = away(lin)
    covered = assignment.cover_absent(collector_id=lin.user_id or 0, at=NOW, actor=boss)
    assert (covered.covered_count, covered.waiting_count, covered.no_cover_count) == (2, 3, 0)
    assert {each.case_id: each.cover_for_id for each in queries.list_work(mei.user_id or 0, MONDAY)} == dict.fromkeys(
        agreed, lin.user_id
    )
    assert owners(agreed + rest) == [lin.user_id] * 5
    assert queries.may_work(mei.user_id or 0, agreed[0], NOW) and not queries.may_work(mei.user_id or 0, rest[0], NOW)

    WorkItem.objects.filter(case_id=agreed[0]).update(done_at=NOW, done_cause="recorded")
    staff.withdraw_leave(leave_id=leave_id, cause="came-after-all", at=NOW, actor=ADMINISTRATOR)
    assert assignment.return_cover(collector_id=lin.user_id or 0, at=NOW, actor=boss) == 4
    assert {each.case_id for each in queries.list_work(lin.user_id or 0, MONDAY)} == {agreed[1], *rest}


def test_where_every_list_is_full_the_least_urgent_gives_way_to_what_was_agreed(house: House) -> None:
    lin, mei = house.collector("lin"), house.collector("mei")
    boss = house.collector("boss", role=Role.TEAM_LEADER)
    agreed, own = work(house, lin, count=2, reason="promise-due"), work(house, mei, count=3)
    told = work(house, mei, count=1, reason="call-back")
    staff.set_ceilings(
        user_id=mei.user_id or 0, work_items_per_day_max=4, cases_max=50, takes_new_cases=True, at=BEGAN, actor=boss
    )
    away(lin)
    covered = assignment.cover_absent(collector_id=lin.user_id or 0, at=NOW, actor=boss)
    assert (covered.covered_count, covered.waiting_count, covered.no_cover_count) == (2, 0, 0)
    listed = [each.case_id for each in queries.list_work(mei.user_id or 0, MONDAY)]
    assert set(listed) == {*agreed, own[0], *told}
    gave_way = WorkItem.objects.filter(case_id__in=own[1:])
    assert {(each.collector_id, each.uncovered_cause) for each in gave_way} == {(None, "not-reached")}
    assert owners(own) == [mei.user_id] * 3


def test_what_found_no_cover_is_tried_again(house: House) -> None:
    lin, guest = house.collector("lin"), house.collector("guest", certified=False)
    boss = house.collector("boss", role=Role.TEAM_LEADER)
    agreed = work(house, lin, count=1, reason="call-back")
    away(lin)
    assignment.cover_absent(collector_id=lin.user_id or 0, at=NOW, actor=boss)
    assert queries.count_without_cover(lin.user_id or 0) == 1
    staff.issue_certificate(
        user_id=guest.user_id or 0, skill="early", valid_from=BEGAN, valid_until=NOW + timedelta(days=30),
        at=NOW, actor=ADMINISTRATOR,
    )  # fmt: skip
    assert assignment.cover_absent(collector_id=lin.user_id or 0, at=NOW, actor=boss).covered_count == 1
    assert [each.case_id for each in queries.list_work(guest.user_id or 0, MONDAY)] == agreed
    assert queries.count_without_cover(lin.user_id or 0) == 0


def test_without_a_colleague_who_can_it_is_said_that_nobody_covers(house: House) -> None:
    lin, _ = house.collector("lin"), house.collector("guest", certified=False)
    boss = house.collector("boss", role=Role.TEAM_LEADER)
    work(house, lin, reason="call-back")
    away(lin)
    covered = assignment.cover_absent(collector_id=lin.user_id or 0, at=NOW, actor=boss)
    assert (covered.covered_count, covered.no_cover_count) == (0, 3)
