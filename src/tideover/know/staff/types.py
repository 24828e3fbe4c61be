"""What crosses the threshold of staff: teams, members, certificates, and what can be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tideover.core.problem import Problem

LEAVE_CAUSES = ("sick", "holiday", "training", "personal", "absent-without-word")
LEAVE_WITHDRAWN_CAUSES = ("came-after-all", "postponed", "entered-in-error")


@dataclass(frozen=True)
class TeamRead:
    """A team and the clients it may work for."""

    id: int
    code: str
    name_en: str
    name_zh: str
    client_ids: frozenset[int]


@dataclass(frozen=True)
class MemberRead:
    """A user in a team, with what the assignment must know."""

    user_id: int
    team_id: int
    username: str
    display_name: str
    roles: frozenset[str]
    is_active: bool
    languages: tuple[str, ...]
    work_items_per_day_max: int
    cases_max: int
    takes_new_cases: bool
    left_date: date | None = None


@dataclass(frozen=True)
class Holding:
    """What somebody may work now, and until when without a gap."""

    user_id: int
    skill: str
    until_at: datetime


@dataclass(frozen=True)
class LeaveRead:
    """Days on which somebody is not there, half-open, with the cause."""

    id: int
    user_id: int
    from_date: date
    until_date: date
    cause: str
    placed_by: str
    withdrawn_at: datetime | None

    def covers(self, day: date) -> bool:
        """Whether it takes the day away."""
        return self.withdrawn_at is None and self.from_date <= day < self.until_date


@dataclass(frozen=True)
class Presence:
    """Whether a member is there on a day; if not, why: ``leave``, ``rota`` (a day off) or ``left``."""

    user_id: int
    day: date
    is_there: bool
    why: str | None = None
    leave: LeaveRead | None = None


@dataclass(frozen=True)
class Pool:
    """Clients and teams that are linked by grants: what is assigned together, since collectors are shared."""

    client_ids: frozenset[int]
    team_ids: frozenset[int]


@dataclass(frozen=True)
class CertificateRead:
    """Leave to work a stage's skill, half-open in time."""

    id: int
    user_id: int
    skill: str
    valid_from: datetime
    valid_until: datetime
    issued_by: str
    revoked_at: datetime | None

    def is_valid(self, at: datetime) -> bool:
        """Whether it holds at the instant."""
        ended = self.revoked_at is not None and self.revoked_at <= at
        return self.valid_from <= at < self.valid_until and not ended


class UnknownTeam(Problem):
    """There is no team of this code or id."""

    code = "staff.unknown-team"


class UnknownUser(Problem):
    """There is no user of this name or id."""

    code = "staff.unknown-user"


class UnknownCertificate(Problem):
    """There is no certificate of this id."""

    code = "staff.unknown-certificate"


class InAnotherTeam(Problem):
    """A user works in one team at a time."""

    code = "staff.in-another-team"


class CertificatePeriodEmpty(Problem):
    """A certificate's end does not lie after its beginning."""

    code = "staff.certificate-period-empty"


class WeekdaysWrong(Problem):
    """A rota names at least one day of the week, each from 1 (Monday) to 7."""

    code = "staff.weekdays-wrong"


class LeavePeriodEmpty(Problem):
    """A leave ends after it begins."""

    code = "staff.leave-period-empty"


class LeaveOverlaps(Problem):
    """Another leave covers one of the days already."""

    code = "staff.leave-overlaps"


class UnknownLeaveCause(Problem):
    """A leave is put in, and taken back, with a cause out of the closed list."""

    code = "staff.unknown-leave-cause"


class UnknownLeave(Problem):
    """There is no leave of this id."""

    code = "staff.unknown-leave"


class NotAMember(Problem):
    """The user is in no team."""

    code = "staff.not-a-member"


class CeilingWrong(Problem):
    """A ceiling lies outside of what a day or a person can hold."""

    code = "staff.ceiling-wrong"
