"""Public writes: teams, what they may work for, who is in them, and certificates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tideover.core.access.models import User
from tideover.core.access.rules import require
from tideover.core.access.types import Actor, Role
from tideover.know.staff.models import Certificate, ClientGrant, Membership, Team
from tideover.know.staff.rota import (
    fact,
    note_leaving,
    put_on_leave,
    require_own_team,
    set_ceilings,
    set_working_days,
    withdraw_leave,
)
from tideover.know.staff.types import (
    CertificatePeriodEmpty,
    InAnotherTeam,
    UnknownCertificate,
    UnknownTeam,
    UnknownUser,
)

__all__ = [
    "add_member",
    "grant_client",
    "issue_certificate",
    "make_team",
    "note_leaving",
    "put_on_leave",
    "remove_member",
    "revoke_certificate",
    "set_ceilings",
    "set_working_days",
    "withdraw_client",
    "withdraw_leave",
]


def make_team(*, code: str, name_en: str, name_zh: str, at: datetime, actor: Actor) -> int:
    """Make a team and return its id. Calling again with the same code changes nothing."""
    require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        team, made = Team.objects.get_or_create(code=code, defaults={"name_en": name_en, "name_zh": name_zh})
        if made:
            fact("team-made", at, actor, team_id=team.pk, team=code)
    return team.pk


def grant_client(*, team_id: int, client_id: int, at: datetime, actor: Actor) -> None:
    """Let a team work for a client and see its customers. Calling again changes nothing."""
    require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        _require_team(team_id)
        _, made = ClientGrant.objects.get_or_create(team_id=team_id, client_id=client_id)
        if made:
            fact("client-granted", at, actor, team_id=team_id, client_id=client_id)


def withdraw_client(*, team_id: int, client_id: int, at: datetime, actor: Actor) -> None:
    """End a team's leave to work for a client, at once."""
    require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        deleted, _ = ClientGrant.objects.filter(team_id=team_id, client_id=client_id).delete()
        if deleted:
            fact("client-withdrawn", at, actor, team_id=team_id, client_id=client_id)


def add_member(
    *,
    team_id: int,
    user_id: int,
    languages: Iterable[str],
    work_items_per_day_max: int,
    cases_max: int,
    takes_new_cases: bool = True,
    at: datetime,
    actor: Actor,
) -> int:
    """Put a user into a team, or change what is kept of a member; returns the membership's id.

    Raises InAnotherTeam for a user who is in a different one: they leave it first.
    """
    require(actor, Role.ADMINISTRATOR)
    kept = {
        "languages": sorted(languages),
        "work_items_per_day_max": work_items_per_day_max,
        "cases_max": cases_max,
        "takes_new_cases": takes_new_cases,
    }
    with transaction.atomic():
        _require_team(team_id)
        _require_user(user_id)
        member = Membership.objects.select_for_update().filter(user_id=user_id).first()
        if member is not None and member.team_id != team_id:
            raise InAnotherTeam(user_id=user_id, team=member.team.code)
        if member is None:
            member = Membership.objects.create(team_id=team_id, user_id=user_id, **kept)
            kind = "member-added"
        elif any(getattr(member, name) != value for name, value in kept.items()):
            for name, value in kept.items():
                setattr(member, name, value)
            member.save(update_fields=list(kept))
            kind = "member-changed"
        else:
            return member.pk
        fact(kind, at, actor, team_id=team_id, user_id=user_id, **kept)
    return member.pk


def remove_member(*, user_id: int, at: datetime, actor: Actor) -> None:
    """Take a user out of their team: their scope ends at once, their cases stay theirs until changed."""
    require(actor, Role.ADMINISTRATOR)
    with transaction.atomic():
        member = Membership.objects.select_for_update().filter(user_id=user_id).first()
        if member is not None:
            member.delete()
            fact("member-removed", at, actor, team_id=member.team_id, user_id=user_id)


def issue_certificate(
    *, user_id: int, skill: str, valid_from: datetime, valid_until: datetime, at: datetime, actor: Actor
) -> int:
    """Give a user leave to work a skill for a time; returns the certificate's id.

    A certificate that already covers the same time for the skill is returned instead.
    """
    require(actor, Role.ADMINISTRATOR, Role.TEAM_LEADER, Role.TRAINER)
    if valid_until <= valid_from:
        raise CertificatePeriodEmpty(valid_from=valid_from, valid_until=valid_until)
    with transaction.atomic():
        _require_user(user_id)
        _require_other(actor, user_id)
        require_own_team(actor, user_id)
        covering = Certificate.objects.filter(
            user_id=user_id, skill=skill, valid_from__lte=valid_from, valid_until__gte=valid_until, revoked_at=None
        ).first()
        if covering is not None:
            return covering.pk
        fact_id = fact(
            "certificate-issued",
            at,
            actor,
            user_id=user_id,
            skill=skill,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        made = Certificate.objects.create(
            user_id=user_id,
            skill=skill,
            valid_from=valid_from,
            valid_until=valid_until,
            issued_by=actor.name,
            fact_id=fact_id,
        )
    return made.pk


def revoke_certificate(*, certificate_id: int, at: datetime, actor: Actor) -> None:
    """End a certificate at the instant. The next dial is refused; revoking again changes nothing."""
    require(actor, Role.ADMINISTRATOR, Role.TEAM_LEADER, Role.TRAINER, Role.COMPLIANCE_OFFICER)
    with transaction.atomic():
        held = Certificate.objects.select_for_update().filter(pk=certificate_id).first()
        if held is None:
            raise UnknownCertificate(certificate_id=certificate_id)
        require_own_team(actor, held.user_id, Role.COMPLIANCE_OFFICER)
        if held.revoked_at is None:
            held.revoked_at = at
            held.save(update_fields=["revoked_at"])
            fact("certificate-revoked", at, actor, user_id=held.user_id, skill=held.skill, certificate_id=held.pk)


def _require_team(team_id: int) -> None:
    if not Team.objects.filter(pk=team_id).exists():
        raise UnknownTeam(team=str(team_id))


def _require_user(user_id: int) -> None:
    if not User.objects.filter(pk=user_id).exists():
        raise UnknownUser(user=str(user_id))


def _require_other(actor: Actor, user_id: int) -> None:
    """Nobody certifies themselves, unless they are an administrator setting the house up."""
    if actor.user_id == user_id:
        require(actor, Role.ADMINISTRATOR)
