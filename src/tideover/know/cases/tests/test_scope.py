"""Whose cases a leader sees where two teams work for one client, told as a head of collections would ask for it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tideover.core.access.models import User
from tideover.core.access.types import SYSTEM, AccessRefused, Actor, Role
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.models import Case
from tideover.know.cases.tests.portfolio import Story, at, day
from tideover.know.cases.types import HoldReason, HoldScope, ReviewDecision
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries

pytestmark = pytest.mark.django_db


@dataclass
class TwoTeams:
    """One client, two teams: three cases, of north's collector, of south's, and of nobody yet."""

    story: Story
    south_id: int
    users: dict[str, int]
    cases: dict[str, int]

    def actor(self, name: str) -> Actor:
        """Somebody, in the scope that they have now."""
        return staff_queries.get_actor(self.users[name])

    def seen_by(self, name: str, *roles: Role) -> set[str]:
        """Whose cases they see."""
        seen = set(
            Case.objects.filter(pk__in=cases_queries.in_scope(self.actor(name), *roles)).values_list("pk", flat=True)
        )
        one_by_one = {
            whose
            for whose, case_id in self.cases.items()
            if cases_queries.is_in_scope(self.actor(name), case_id, *roles)
        }
        found = {whose for whose, case_id in self.cases.items() if case_id in seen}
        assert found == one_by_one
        return found

    def move(self, name: str, team_id: int) -> None:
        """Somebody changes their team."""
        staff.remove_member(user_id=self.users[name], at=at(2), actor=SYSTEM)
        _join(team_id, self.users[name])


def _join(team_id: int, user_id: int) -> None:
    staff.add_member(
        team_id=team_id, user_id=user_id, languages=["zh-Hans"], work_items_per_day_max=60, cases_max=300,
        at=at(0), actor=SYSTEM,
    )  # fmt: skip


@pytest.fixture
def teams() -> TwoTeams:
    story = Story()
    south_id = staff.make_team(code="south", name_en="South", name_zh="南组", at=at(0), actor=SYSTEM)
    staff.grant_client(team_id=south_id, client_id=story.client_id, at=at(0), actor=SYSTEM)
    users = {}
    for name, team_id, role in (
        ("north-leader", story.team_id, Role.TEAM_LEADER),
        ("north-collector", story.team_id, Role.COLLECTOR),
        ("south-leader", south_id, Role.TEAM_LEADER),
        ("south-collector", south_id, Role.COLLECTOR),
        ("officer", south_id, Role.COMPLIANCE_OFFICER),
        ("integrator", south_id, Role.INTEGRATOR),
    ):
        users[name] = User.objects.create(username=name, display_name=name, roles=[role]).pk
        _join(team_id, users[name])
    accounts = {"north": story.account(), "south": story.account(), "nobody": story.account()}
    story.morning(1)
    found = {whose: story.case(account).id for whose, account in accounts.items()}
    Case.objects.filter(pk=found["north"]).update(collector_id=users["north-collector"])
    Case.objects.filter(pk=found["south"]).update(collector_id=users["south-collector"])
    return TwoTeams(story, south_id, users, found)


def test_a_leader_sees_the_teams_cases_and_those_that_nobody_has_yet(teams: TwoTeams) -> None:
    assert teams.seen_by("north-leader", Role.TEAM_LEADER) == {"north", "nobody"}
    assert teams.seen_by("south-leader", Role.TEAM_LEADER) == {"south", "nobody"}


def test_whoever_answers_for_a_client_as_a_whole_sees_its_cases_by_client(teams: TwoTeams) -> None:
    assert teams.seen_by("officer", Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER) == {"north", "south", "nobody"}
    assert teams.seen_by("integrator", Role.TEAM_LEADER, Role.INTEGRATOR) == {"north", "south", "nobody"}


def test_a_role_that_was_not_asked_for_or_is_not_held_shows_nothing(teams: TwoTeams) -> None:
    assert teams.seen_by("officer", Role.TEAM_LEADER) == set()
    assert teams.seen_by("north-collector", Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER) == set()
    assert teams.seen_by("north-leader") == set()


def test_the_cases_of_a_collector_who_changes_team_go_with_them(teams: TwoTeams) -> None:
    teams.move("north-collector", teams.south_id)
    assert teams.seen_by("north-leader", Role.TEAM_LEADER) == {"nobody"}
    assert teams.seen_by("south-leader", Role.TEAM_LEADER) == {"north", "south", "nobody"}


def test_the_cases_of_a_collector_who_left_are_again_everybodys(teams: TwoTeams) -> None:
    staff.remove_member(user_id=teams.users["north-collector"], at=at(2), actor=SYSTEM)
    assert teams.seen_by("south-leader", Role.TEAM_LEADER) == {"north", "south", "nobody"}


def test_a_team_whose_grant_ended_sees_nothing_and_the_others_take_over(teams: TwoTeams) -> None:
    staff.withdraw_client(team_id=teams.story.team_id, client_id=teams.story.client_id, at=at(2), actor=SYSTEM)
    assert teams.seen_by("north-leader", Role.TEAM_LEADER) == set()
    assert teams.seen_by("south-leader", Role.TEAM_LEADER) == {"north", "south", "nobody"}


def test_counts_and_holds_are_of_the_leaders_cases_alone(teams: TwoTeams) -> None:
    leader = teams.actor("north-leader")
    counted = cases_queries.list_stage_counts(teams.story.client_id, day(1), leader)
    assert sum(each.accounts_count for each in counted) == sum(each.cases_count for each in counted) == 2
    for case_id in teams.cases.values():
        cases.place_hold(
            case_id=case_id, scope=HoldScope.CASE, reason=HoldReason.DISPUTE, until_at=at(9),
            at=at(1), actor=teams.actor("officer"),
        )  # fmt: skip
    seen = cases_queries.list_standing_holds(teams.story.client_id, at(2), leader)
    assert {each.case_id for each in seen} == {teams.cases["north"], teams.cases["nobody"]}
    assert len(cases_queries.list_standing_holds(teams.story.client_id, at(2), teams.actor("officer"))) == 3


def test_a_leader_does_nothing_to_another_teams_case(teams: TwoTeams) -> None:
    leader, other = teams.actor("north-leader"), teams.cases["south"]
    held = {"scope": HoldScope.CASE, "reason": HoldReason.DISPUTE, "until_at": at(9), "at": at(1)}
    with pytest.raises(AccessRefused):
        cases.place_hold(case_id=other, actor=leader, **held)  # type: ignore[arg-type]
    placed = cases.place_hold(case_id=other, actor=teams.actor("south-leader"), **held)  # type: ignore[arg-type]
    with pytest.raises(AccessRefused):
        cases.lift_hold(hold_id=placed, cause="resolved", at=at(2), actor=leader)
    with pytest.raises(AccessRefused):
        cases.change_collector(
            case_id=other, collector_id=teams.users["north-collector"], cause="workload", at=at(2), actor=leader
        )
    account_id = cases_queries.get_case(other).accounts[0].account_id
    with pytest.raises(AccessRefused):
        cases.review(case_id=other, account_id=account_id, decision=ReviewDecision.STAY, at=at(2), actor=leader)
