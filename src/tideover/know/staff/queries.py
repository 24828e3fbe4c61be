"""Public reads: who acts in which scope, who is in which team, and who may work which stage."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery

from tideover.core.access.models import User
from tideover.core.access.types import Actor, Role
from tideover.core.clock import rules as clock
from tideover.know.clients import queries as clients
from tideover.know.staff import rules
from tideover.know.staff.models import Certificate, ClientGrant, Leave, Membership, Team, WorkingDays
from tideover.know.staff.types import (
    CertificateRead,
    Holding,
    LeaveRead,
    MemberRead,
    Pool,
    Presence,
    TeamRead,
    UnknownTeam,
    UnknownUser,
)


def get_actor(user_id: int, at: datetime | None = None) -> Actor:
    """The user as an actor: their roles, their team, and the clients that it was granted.

    A user who is not active, or is in no team, has no scope at all, nor has whoever has left by ``at``; an unknown
    user raises UnknownUser.
    """
    member = Membership.objects.filter(user_id=OuterRef("pk"))
    granted = ClientGrant.objects.filter(team_id=OuterRef("member_team_id")).values("client_id")
    found = User.objects.filter(pk=user_id).annotate(
        member_team_id=Subquery(member.values("team_id")[:1]), member_left_date=Subquery(member.values("left_date")[:1])
    )
    user = found.annotate(granted_ids=ArraySubquery(granted)).first()
    if user is None:
        raise UnknownUser(user=str(user_id))
    if not user.is_active:
        return Actor(user_id=user.pk, name=user.username, roles=frozenset())
    client_ids = frozenset(user.granted_ids)
    if user.member_left_date is not None and at is not None:
        zones = [client.zone for client in clients.list_clients(client_ids)] or ["UTC"]
        if clock.local_date(at, zones[0]) >= user.member_left_date:
            return Actor(user_id=user.pk, name=user.username, roles=frozenset())
    return Actor(
        user_id=user.pk,
        name=user.username,
        roles=frozenset(Role(role) for role in user.roles),
        team_ids=frozenset() if user.member_team_id is None else frozenset({user.member_team_id}),
        client_ids=client_ids,
    )


def get_team(code: str) -> TeamRead:
    """The team of this code; raises UnknownTeam."""
    team = Team.objects.filter(code=code).first()
    if team is None:
        raise UnknownTeam(team=code)
    return _team(team)


def list_teams(ids: Iterable[int] | None = None) -> list[TeamRead]:
    """All teams, or those of the ids, by code."""
    found = Team.objects.order_by("code")
    return [_team(team) for team in (found if ids is None else found.filter(pk__in=set(ids)))]


def teams_of_client(client_id: int) -> list[TeamRead]:
    """The teams that may work for the client, by code."""
    granted = ClientGrant.objects.filter(client_id=client_id).values("team_id")
    return [_team(team) for team in Team.objects.filter(pk__in=granted).order_by("code")]


def _team(team: Team) -> TeamRead:
    clients = frozenset(ClientGrant.objects.filter(team=team).values_list("client_id", flat=True))
    return TeamRead(id=team.pk, code=team.code, name_en=team.name_en, name_zh=team.name_zh, client_ids=clients)


def list_members(team_id: int) -> list[MemberRead]:
    """Everybody in the team, by user name."""
    return _members(Membership.objects.filter(team_id=team_id))


def list_members_by_user(user_ids: Iterable[int]) -> list[MemberRead]:
    """Of these users those who are in a team, by user name."""
    return _members(Membership.objects.filter(user_id__in=set(user_ids)))


def _members(found: Iterable[Membership]) -> list[MemberRead]:
    memberships = {each.user_id: each for each in found}
    users = User.objects.filter(pk__in=memberships).order_by("username")
    return [
        MemberRead(
            user_id=user.pk,
            team_id=memberships[user.pk].team_id,
            username=user.username,
            display_name=user.display_name,
            roles=frozenset(user.roles),
            is_active=user.is_active,
            languages=tuple(memberships[user.pk].languages),
            work_items_per_day_max=memberships[user.pk].work_items_per_day_max,
            cases_max=memberships[user.pk].cases_max,
            takes_new_cases=memberships[user.pk].takes_new_cases,
            left_date=memberships[user.pk].left_date,
        )
        for user in users
    ]


def list_collectors(team_id: int) -> list[MemberRead]:
    """The team's active members in the role of collector, by user name."""
    return [each for each in list_members(team_id) if each.is_active and Role.COLLECTOR in each.roles]


def is_working(user_id: int, client_id: int) -> bool:
    """Whether the user is active and in a team that may work for the client."""
    granted = ClientGrant.objects.filter(client_id=client_id).values("team_id")
    member = Membership.objects.filter(user_id=user_id, team_id__in=granted).exists()
    return member and User.objects.filter(pk=user_id, is_active=True).exists()


def has_certificate(user_id: int, skill: str, at: datetime) -> bool:
    """Whether the user may work the skill at the instant. Unknown is no."""
    valid = Certificate.objects.filter(user_id=user_id, skill=skill, valid_from__lte=at, valid_until__gt=at)
    return valid.filter(Q(revoked_at=None) | Q(revoked_at__gt=at)).exists()


def list_skills(user_ids: Iterable[int], at: datetime) -> dict[int, frozenset[str]]:
    """What each of these users may work at the instant."""
    found: dict[int, set[str]] = {user_id: set() for user_id in user_ids}
    valid = Certificate.objects.filter(user_id__in=found, valid_from__lte=at, valid_until__gt=at)
    for user_id, skill in valid.filter(Q(revoked_at=None) | Q(revoked_at__gt=at)).values_list("user_id", "skill"):
        found[user_id].add(skill)
    return {user_id: frozenset(skills) for user_id, skills in found.items()}


def list_holdings(user_ids: Iterable[int], at: datetime) -> list[Holding]:
    """What each of these users may work at the instant, and until when without a gap; by user and skill."""
    periods: dict[tuple[int, str], list[tuple[datetime, datetime]]] = {}
    ends_early = Q(revoked_at=None) | Q(revoked_at__gt=at)
    for row in Certificate.objects.filter(ends_early, user_id__in=set(user_ids), valid_until__gt=at):
        until = row.valid_until if row.revoked_at is None else min(row.valid_until, row.revoked_at)
        periods.setdefault((row.user_id, row.skill), []).append((row.valid_from, until))
    return [
        Holding(user_id, skill, until)
        for (user_id, skill), each in sorted(periods.items())
        if (until := rules.covered_until(each, at)) is not None
    ]


def list_certificates(user_id: int) -> list[CertificateRead]:
    """All certificates that the user ever had, newest first."""
    return [
        CertificateRead(
            id=each.pk,
            user_id=each.user_id,
            skill=each.skill,
            valid_from=each.valid_from,
            valid_until=each.valid_until,
            issued_by=each.issued_by,
            revoked_at=each.revoked_at,
        )
        for each in Certificate.objects.filter(user_id=user_id).order_by("-valid_from", "-pk")
    ]


def get_pool(client_id: int) -> Pool:
    """The clients and teams that are linked with the client by grants; the client alone where it has no team."""
    for client_ids, team_ids in rules.pools(ClientGrant.objects.values_list("team_id", "client_id")):
        if client_id in client_ids:
            return Pool(client_ids, team_ids)
    return Pool(frozenset({client_id}), frozenset())


def is_present(user_id: int, day: date) -> bool:
    """Whether the member is there on the day: by the rota, not on leave, not gone. No member is not there."""
    return any(each.is_there for each in list_presence([user_id], day))


def list_presence(user_ids: Collection[int], day: date) -> list[Presence]:
    """Whether each of these members is there on the day, and if not, why; by user id."""
    left = dict(Membership.objects.filter(user_id__in=user_ids).values_list("user_id", "left_date"))
    away = {each.user_id: each for each in list_leave(user_ids, day, day) if each.covers(day)}
    rota: dict[int, list[int]] = {}
    for row in WorkingDays.objects.filter(user_id__in=user_ids, from_date__lte=day).order_by("from_date"):
        rota[row.user_id] = list(row.weekdays)
    found = []
    for user_id in sorted(left):
        why = None
        if (gone := left[user_id]) is not None and gone <= day:
            why = "left"
        elif user_id in away:
            why = "leave"
        elif not rules.works_on(rota.get(user_id), day):
            why = "rota"
        found.append(Presence(user_id, day, why is None, why, away.get(user_id)))
    return found


def list_leave(user_ids: Collection[int], from_date: date, through_date: date) -> list[LeaveRead]:
    """The leave of these members that touches the days from the first through the last, taken back or not."""
    rows = Leave.objects.filter(user_id__in=user_ids, from_date__lte=through_date, until_date__gt=from_date)
    return [
        LeaveRead(
            id=row.pk,
            user_id=row.user_id,
            from_date=row.from_date,
            until_date=row.until_date,
            cause=row.cause,
            placed_by=row.placed_by,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows.order_by("from_date", "pk")
    ]


def get_weekdays(user_id: int, day: date) -> tuple[int, ...] | None:
    """The days of the week that the rota gives the user on that date; None where there is no rota."""
    row = WorkingDays.objects.filter(user_id=user_id, from_date__lte=day).order_by("-from_date").first()
    return None if row is None else tuple(row.weekdays)
