"""Who is there when: days of the week, leave, leaving; and the ceilings of those who are. Through ``operations``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from tideover.core.access.models import User
from tideover.core.access.rules import require
from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.journal import operations as journal
from tideover.know.staff import rules
from tideover.know.staff.models import Leave, Membership, WorkingDays
from tideover.know.staff.types import (
    CeilingWrong,
    LeaveOverlaps,
    LeavePeriodEmpty,
    NotAMember,
    UnknownLeave,
    UnknownLeaveCause,
    WeekdaysWrong,
)

ROOM = "staff"


def set_working_days(*, user_id: int, weekdays: Iterable[int], from_date: date, at: datetime, actor: Actor) -> None:
    """Say on which days of the week a member works from a date on: 1 is Monday. The same again changes nothing."""
    days = sorted(set(weekdays))
    if not days or not set(days) <= set(rules.WEEKDAYS):
        raise WeekdaysWrong()
    with transaction.atomic():
        _lock_member(user_id, actor)
        standing = WorkingDays.objects.filter(user_id=user_id, from_date=from_date).first()
        if standing is not None and standing.weekdays == days:
            return
        fact_id = fact("working-days-set", at, actor, user_id=user_id, weekdays=days, from_date=from_date)
        WorkingDays.objects.update_or_create(
            user_id=user_id, from_date=from_date, defaults={"weekdays": days, "fact_id": fact_id}
        )


def put_on_leave(*, user_id: int, from_date: date, until_date: date, cause: str, at: datetime, actor: Actor) -> int:
    """Keep that a member is not there from a date until before another; returns the leave's id.

    Raises LeavePeriodEmpty, UnknownLeaveCause, and LeaveOverlaps where another leave covers one of the days.
    """
    if cause not in rules.LEAVE_CAUSES:
        raise UnknownLeaveCause(cause=cause, known=", ".join(rules.LEAVE_CAUSES))
    if until_date <= from_date:
        raise LeavePeriodEmpty(from_date=from_date, until_date=until_date)
    with transaction.atomic():
        _lock_member(user_id, actor)
        standing = Leave.objects.filter(
            user_id=user_id, withdrawn_at=None, from_date__lt=until_date, until_date__gt=from_date
        ).first()
        if standing is not None:
            if (standing.from_date, standing.until_date, standing.cause) == (from_date, until_date, cause):
                return standing.pk
            raise LeaveOverlaps(from_date=standing.from_date, until_date=standing.until_date)
        fact_id = fact(
            "leave-placed", at, actor, user_id=user_id, from_date=from_date, until_date=until_date, cause=cause
        )
        made = Leave.objects.create(
            user_id=user_id,
            from_date=from_date,
            until_date=until_date,
            cause=cause,
            placed_by=actor.name,
            fact_id=fact_id,
        )
    return made.pk


def withdraw_leave(*, leave_id: int, cause: str, at: datetime, actor: Actor) -> None:
    """Take a leave back with a cause: the member is there again. Taking it back again changes nothing."""
    if cause not in rules.LEAVE_WITHDRAWN_CAUSES:
        raise UnknownLeaveCause(cause=cause, known=", ".join(rules.LEAVE_WITHDRAWN_CAUSES))
    with transaction.atomic():
        standing = Leave.objects.select_for_update().filter(pk=leave_id).first()
        if standing is None:
            raise UnknownLeave(leave_id=leave_id)
        _lock_member(standing.user_id, actor)
        if standing.withdrawn_at is None:
            standing.withdrawn_at, standing.withdrawn_by, standing.withdrawn_cause = at, actor.name, cause
            standing.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_cause"])
            fact("leave-withdrawn", at, actor, user_id=standing.user_id, leave_id=leave_id, cause=cause)


def note_leaving(*, user_id: int, left_date: date | None, at: datetime, actor: Actor) -> None:
    """Keep the first day on which a member no longer works here; None takes it back.

    From that day their cases are given to others, with the cause; their scope ends with it.
    """
    with transaction.atomic():
        member = _lock_member(user_id, actor)
        if member.left_date == left_date:
            return
        member.left_date = left_date
        member.save(update_fields=["left_date"])
        fact("leaving-noted", at, actor, user_id=user_id, team_id=member.team_id, left_date=left_date)


def set_ceilings(
    *,
    user_id: int,
    work_items_per_day_max: int,
    cases_max: int,
    takes_new_cases: bool,
    at: datetime,
    actor: Actor,
) -> None:
    """Change how much a member may have, and whether new cases may come to them. Holds from the next assigning."""
    if not (1 <= work_items_per_day_max <= rules.ITEMS_MAX and 0 <= cases_max <= rules.CASES_MAX):
        raise CeilingWrong(items=rules.ITEMS_MAX, cases=rules.CASES_MAX)
    wanted = {
        "work_items_per_day_max": work_items_per_day_max,
        "cases_max": cases_max,
        "takes_new_cases": takes_new_cases,
    }
    with transaction.atomic():
        member = _lock_member(user_id, actor)
        changed = {name: value for name, value in wanted.items() if getattr(member, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(member, name, value)
            member.save(update_fields=list(changed))
            fact("member-changed", at, actor, team_id=member.team_id, user_id=user_id, **changed)


def require_own_team(actor: Actor, user_id: int, *beyond: Role) -> None:
    """A leader's or trainer's word reaches as far as their team; whoever has a role of ``beyond`` is not bound."""
    in_team = Membership.objects.filter(user_id=user_id, team_id__in=actor.team_ids)
    if not actor.has(Role.SYSTEM, Role.ADMINISTRATOR, *beyond) and not in_team.exists():
        raise AccessRefused(actor=actor.name, needs=Role.ADMINISTRATOR)


def fact(kind: str, at: datetime, actor: Actor, **body: object) -> int:
    """One fact of the room, on the installation's chain."""
    return journal.append(chain=journal.INSTALLATION, kind=kind, room=ROOM, at=at, actor=actor, body=body)


def _lock_member(user_id: int, actor: Actor) -> Membership:
    """The member, locked; a leader's rota is their own team's."""
    require(actor, Role.ADMINISTRATOR, Role.TEAM_LEADER)
    require_own_team(actor, user_id)
    member = Membership.objects.select_for_update().filter(user_id=user_id).first()
    if member is None:
        name = User.objects.filter(pk=user_id).values_list("username", flat=True).first()
        raise NotAMember(user=name or str(user_id))
    return member
