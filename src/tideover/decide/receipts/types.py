"""What crosses the threshold of receipts: a filed day, why a contact, and what a replay found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tideover.core.policy.types import PolicyFile
from tideover.core.problem import Problem


@dataclass(frozen=True)
class Policies:
    """Every policy that a day's decision used, or that shaped what it looked at, by kind."""

    by_kind: Mapping[str, Sequence[PolicyFile]]

    def of(self, *kinds: str) -> list[PolicyFile]:
        """The files of the kinds."""
        return [file for kind in kinds for file in self.by_kind[kind]]

    @property
    def versions(self) -> dict[str, dict[str, str]]:
        """The version of each, by kind and id."""
        return {kind: {file.id: file.version for file in files} for kind, files in self.by_kind.items()}


@dataclass(frozen=True)
class Part:
    """One client's part of what is assigned together: what it is decided on."""

    client_id: int
    ends_at: datetime
    account_day: Path
    policies: Policies


@dataclass(frozen=True)
class Proposed:
    """A part with what was proposed for its accounts and what was struck out."""

    part: Part
    proposals: Path
    struck: Path


@dataclass(frozen=True)
class PoolMember:
    """Another client that was assigned with this one, as the receipt names it: digests, and policies where they differ.

    ``policy_versions`` is None where the other client was decided under the same policies.
    """

    client_id: int
    ends_at: datetime
    account_day_digest: str
    proposals_digest: str
    struck_digest: str
    policy_versions: Mapping[str, Mapping[str, str]] | None


@dataclass(frozen=True)
class DecisionDayRead:
    """The receipt of a client's day."""

    client_id: int
    day: date
    account_day_digest: str
    collector_day_digest: str
    decision_day_digest: str
    policy_versions: Mapping[str, Mapping[str, str]]
    ends_at: datetime
    rows: int
    summary: Mapping[str, Any]
    filed_at: datetime
    pool: tuple[PoolMember, ...] = ()


@dataclass(frozen=True)
class StepPassed:
    """A step that was looked at first and did not apply: its condition, and what the account's facts were."""

    step: str
    condition: str
    looked_at: tuple[tuple[str, str], ...]
    was_unknown: bool


@dataclass(frozen=True)
class AccountExplained:
    """What was decided for one account of the case, and why."""

    account_id: int
    leads: bool
    stage: str | None
    step: str
    action: str
    channel: str | None
    strategy_id: str | None
    strategy_version: str | None
    reason: str
    passed: tuple[StepPassed, ...]
    struck_clause: str | None
    struck_says: str | None


@dataclass(frozen=True)
class Explanation:
    """Why this contact, today: in words, with what was looked at and which rules decided."""

    case_id: int
    day: date
    language: str
    accounts: tuple[AccountExplained, ...]
    collector_id: int | None
    uncovered_cause: str | None
    assigned_cause: str | None
    position: int | None
    order_reason: str | None
    sentences: tuple[str, ...]
    account_day_digest: str
    collector_day_digest: str
    decision_day_digest: str
    policy_versions: Mapping[str, Mapping[str, str]]

    @property
    def lead(self) -> AccountExplained:
        """The account that leads the case's work; without work the first of the case."""
        return next((each for each in self.accounts if each.leads), self.accounts[0])

    def __str__(self) -> str:
        return "\n".join(self.sentences)


@dataclass(frozen=True)
class Difference:
    """One place where deciding again came to something else."""

    account_id: int | None
    column: str
    stored: str | None
    again: str | None


@dataclass(frozen=True)
class Replay:
    """Deciding a day again from its stored inputs and policies, against what was stored then."""

    client_id: int
    day: date
    equal: bool
    rows: int
    differences_count: int
    differences: tuple[Difference, ...] = field(default=())


class DayNotFiled(Problem):
    """The day of the client has not been filed, so there is nothing to explain or to replay."""

    code = "receipts.day-not-filed"


class CaseNotDecided(Problem):
    """The case had no account on that day."""

    code = "receipts.case-not-decided"


class DecisionIncomplete(Problem):
    """Not every account came to exactly one step: the day is refused."""

    code = "receipts.incomplete"


class AssignedMeanwhile(Problem):
    """Some of the clients were assigned by another run in the meantime: look anew at what is ready."""

    code = "receipts.assigned-meanwhile"
