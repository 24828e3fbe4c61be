"""What happens in a scenario's team: the case's collector is away or back, leaves, or loses a certificate."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tideover.core.access.types import SYSTEM, Role
from tideover.decide.assignment import operations as assignment
from tideover.know.cases import queries as cases_queries
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal.scenarios.grammar import Phrase

if TYPE_CHECKING:
    from tideover.rehearsal.scenarios.runner import Run


def _owner_id(current: Run) -> int:
    owner_id = current.open_case().collector_id
    assert owner_id is not None, "the case has no collector"
    return owner_id


def is_away(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The leader puts the collector on leave; once the day's lists are out, colleagues cover."""
    owner_id, leader = _owner_id(current), current.actor(Role.TEAM_LEADER)
    staff.put_on_leave(
        user_id=owner_id, from_date=day, until_date=phrase.values["date"], cause="sick", at=at, actor=leader
    )
    if day in current.played:
        assignment.cover_absent(collector_id=owner_id, at=at, actor=leader)


def is_back(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The collector came after all: what is left of the day is theirs again."""
    owner_id, leader = _owner_id(current), current.actor(Role.TEAM_LEADER)
    for leave in staff_queries.list_leave([owner_id], day, day):
        staff.withdraw_leave(leave_id=leave.id, cause="came-after-all", at=at, actor=leader)
    assignment.return_cover(collector_id=owner_id, at=at, actor=leader)


def leaves(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """It was the collector's last day."""
    staff.note_leaving(
        user_id=_owner_id(current), left_date=day + timedelta(days=1), at=at, actor=current.actor(Role.TEAM_LEADER)
    )


def loses_certificate(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The certificate for the stage on which the case stands is revoked."""
    skill = cases_queries.get_stage_skills()[current.open_case().stage or ""]
    for held in staff_queries.list_certificates(_owner_id(current)):
        if held.skill == skill and held.is_valid(at):
            staff.revoke_certificate(certificate_id=held.id, at=at, actor=SYSTEM)


DONE = {"is-away": is_away, "is-back": is_back, "leaves": leaves, "loses-certificate": loses_certificate}


def check_covered(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether a colleague does, or did, the day's work for the case's own collector."""
    work = current.work(day)
    if work is None or work.cover_for_id is None:
        return "not covered"
    return None if work.cover_for_id == current.open_case().collector_id else "covered for somebody else"


def check_waits(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether the day's work is on nobody's list, and why."""
    work = current.work(day)
    got = work.uncovered_cause if work is not None else "no work"
    return None if got == values["cause"] else f"waits: {got or 'not at all'}"


def check_changed(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether the case has changed hands, and why last."""
    tenures = current.open_case().tenures
    if len(tenures) < 2:
        return "same collector"
    return None if tenures[-1].cause == values["cause"] else f"collector changed: {tenures[-1].cause}"


CHECKS = {"covered": check_covered, "waits": check_waits, "collector-changed": check_changed}
