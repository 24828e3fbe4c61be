"""What crosses the threshold of staff: teams, members, certificates, and what can be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tideover.core.problem import Problem


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
