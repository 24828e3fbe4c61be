"""Who may work for whom, and who may work what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tideover.core.access.models import User
from tideover.core.access.types import SYSTEM, AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.know.staff import operations as staff
from tideover.know.staff import queries
from tideover.know.staff.types import CertificatePeriodEmpty, InAnotherTeam, UnknownTeam, UnknownUser

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 1, 1, tzinfo=UTC)


def user(name: str, role: Role = Role.COLLECTOR) -> int:
    return User.objects.create(username=name, display_name=name.title(), roles=[role]).pk


def team(code: str = "north") -> int:
    return staff.make_team(code=code, name_en=code.title(), name_zh="北组", at=NOW, actor=SYSTEM)


def join(team_id: int, user_id: int, cases_max: int = 200) -> int:
    return staff.add_member(
        team_id=team_id, user_id=user_id, languages=["zh-Hans"], work_items_per_day_max=60, cases_max=cases_max,
        at=NOW, actor=SYSTEM,
    )  # fmt: skip


def certify(user_id: int, skill: str = "early", by: Actor = SYSTEM, days: int = 30) -> int:
    return staff.issue_certificate(
        user_id=user_id, skill=skill, valid_from=NOW, valid_until=NOW + timedelta(days=days), at=NOW, actor=by
    )


def test_a_member_sees_the_clients_that_the_team_was_granted_and_no_others() -> None:
    lin = user("lin")
    join(team(), lin)
    staff.grant_client(team_id=queries.get_team("north").id, client_id=7, at=NOW, actor=SYSTEM)

    actor = queries.get_actor(lin)

    assert (actor.name, actor.client_ids, actor.roles) == ("lin", {7}, {Role.COLLECTOR})
    assert queries.is_working(lin, 7) and not queries.is_working(lin, 8)


def test_who_is_in_no_team_or_has_left_has_no_scope() -> None:
    lin, gone = user("lin"), user("gone")
    User.objects.filter(pk=gone).update(is_active=False)
    join(team(), gone)

    assert queries.get_actor(lin).client_ids == frozenset()
    assert queries.get_actor(gone).roles == frozenset()
    with pytest.raises(UnknownUser):
        queries.get_actor(0)


def test_a_withdrawn_client_is_gone_from_the_scope_at_once() -> None:
    lin, north = user("lin"), team()
    join(north, lin)
    staff.grant_client(team_id=north, client_id=7, at=NOW, actor=SYSTEM)
    staff.withdraw_client(team_id=north, client_id=7, at=NOW, actor=SYSTEM)

    assert queries.get_actor(lin).client_ids == frozenset()


def test_a_user_is_in_one_team_at_a_time() -> None:
    lin = user("lin")
    join(team(), lin)
    with pytest.raises(InAnotherTeam):
        join(team("south"), lin)
    with pytest.raises(UnknownTeam):
        join(0, lin)


def test_doing_the_same_again_tells_nothing_new() -> None:
    lin, north = user("lin"), team()
    for _ in range(2):
        team()
        join(north, lin)
        certify(lin)

    assert [each.kind for each in reversed(journal.list_facts(0))] == [
        "team-made",
        "member-added",
        "certificate-issued",
    ]
    join(north, lin, cases_max=100)
    assert journal.list_facts(0)[0].kind == "member-changed"


def test_a_certificate_holds_from_its_beginning_until_before_its_end() -> None:
    lin = user("lin")
    certify(lin, days=30)

    assert queries.has_certificate(lin, "early", NOW)
    assert not queries.has_certificate(lin, "final", NOW)
    assert queries.has_certificate(lin, "early", NOW + timedelta(days=30, seconds=-1))
    assert not queries.has_certificate(lin, "early", NOW + timedelta(days=30))
    assert not queries.has_certificate(lin, "early", NOW - timedelta(seconds=1))


def test_a_revoked_certificate_ends_at_once() -> None:
    lin = user("lin")
    held = certify(lin)
    staff.revoke_certificate(certificate_id=held, at=NOW + timedelta(days=1), actor=SYSTEM)

    assert queries.has_certificate(lin, "early", NOW)
    assert not queries.has_certificate(lin, "early", NOW + timedelta(days=1))


def test_nobody_certifies_themselves_and_no_collector_certifies_anybody() -> None:
    leader, lin = user("leader", Role.TEAM_LEADER), user("lin")
    with pytest.raises(AccessRefused):
        certify(leader, by=queries.get_actor(leader))
    with pytest.raises(AccessRefused):
        certify(leader, by=queries.get_actor(lin))
    with pytest.raises(CertificatePeriodEmpty):
        certify(lin, days=0)


def test_a_leader_certifies_and_revokes_in_their_own_team_alone() -> None:
    leader, lin, stranger = user("leader", Role.TEAM_LEADER), user("lin"), user("stranger")
    north = team()
    for member in (leader, lin):
        join(north, member)
    join(team("south"), stranger)
    by = queries.get_actor(leader)

    staff.revoke_certificate(certificate_id=certify(lin, by=by), at=NOW, actor=by)
    assert not queries.has_certificate(lin, "early", NOW)
    with pytest.raises(AccessRefused):
        certify(stranger, by=by)
    with pytest.raises(AccessRefused):
        staff.revoke_certificate(certificate_id=certify(stranger), at=NOW, actor=by)
