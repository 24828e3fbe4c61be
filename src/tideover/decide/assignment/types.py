"""What crosses the threshold of assignment: a work item as others read it, and what a night's assigning came to."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tideover.core.money import Money
from tideover.core.problem import Problem


class UncoveredCause(enum.StrEnum):
    """Why nobody does a case's work that day.

    *Not reached* is the least of them: the case has its collector, whose day is full of what is more urgent. *Owner
    absent* waits as well; *no cover* does not: the customer was told of today, and nobody who is there can take it.
    """

    NO_CERTIFICATE = "no-certificate"
    NO_LANGUAGE = "no-language"
    NO_CAPACITY = "no-capacity"
    NO_COVER = "no-cover"
    OWNER_ABSENT = "owner-absent"
    NOT_REACHED = "not-reached"


class OrderReason(enum.StrEnum):
    """What put a work item where it stands in the collector's day, first reason first."""

    CALL_BACK = "call-back"
    PROMISE_BROKEN = "promise-broken"
    PROMISE_DUE = "promise-due"
    STAGE_LATE = "stage-late"
    STAGE_DEADLINE = "stage-deadline"
    WAITED = "waited"
    AMOUNT = "amount"


@dataclass(frozen=True)
class Rung:
    """What assigning must know of a product's ladder: how far up a stage stands, and which skill it asks for."""

    product: str
    stage: str
    position: int
    skill: str | None
    owner: str


@dataclass(frozen=True)
class Share:
    """One client's share of what is assigned together: its accounts, what was decided for them, its ladder.

    ``ends_at`` is the instant at which the day ends for the client: a call-back before it is work of this day.
    """

    client_id: int
    ends_at: datetime
    account_day: Path
    proposals: Path
    struck: Path
    ladder: Sequence[Rung]


@dataclass(frozen=True)
class Assigned:
    """A night's assigning: the file of work items, and what is in it."""

    path: Path
    items_count: int
    covered_count: int
    uncovered_count: int
    not_reached_count: int
    new_owners_count: int


@dataclass(frozen=True)
class WorkRead:
    """What is to be done on a case on a day, and how that came about."""

    id: int
    day: date
    client_id: int
    team_id: int | None
    case_id: int
    collector_id: int | None
    cover_for_id: int | None
    assigned_cause: str | None
    uncovered_cause: str | None
    position: int | None
    order_reason: str
    lead_account_id: int
    stage: str
    step: str
    action: str
    channel: str | None
    skill: str
    strategy_id: str
    strategy_version: str
    due_at: datetime | None
    owed: Money
    done_at: datetime | None
    done_cause: str | None

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


@dataclass(frozen=True)
class SinceMorning:
    """What has changed for a day's work since its lists were made.

    Cases in which nothing is left to collect, and work that lies with somebody whose certificate for it has ended.
    """

    fallen_case_ids: frozenset[int] = frozenset()
    lapsed: tuple[WorkRead, ...] = ()

    @property
    def lapsed_ids(self) -> list[int]:
        """The work items that nobody may do any more."""
        return [each.id for each in self.lapsed]


@dataclass(frozen=True)
class WorkWanted:
    """What a leader's list of work is narrowed to; ``state`` is open, done, nobody, waiting, or empty for all."""

    stage: str | None = None
    collector_id: int | None = None
    batch_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class WorkCount:
    """How much work of a day lies with one person on one stage, and how much of it is done.

    A leader's review lies with no collector and yet is covered; ``is_uncovered`` says that nobody does it, and
    ``is_waiting`` that its owner's day has no room for it.
    """

    stage: str
    collector_id: int | None
    items_count: int
    done_count: int
    is_uncovered: bool
    is_waiting: bool


@dataclass(frozen=True)
class UnreachableRead:
    """A case that nobody can reach, since when, and whose it is."""

    client_id: int
    case_id: int
    account_id: int
    customer_id: int
    collector_id: int | None
    since_date: date


@dataclass(frozen=True)
class BatchCount:
    """How much work of a day lies in one batch, and how much of it is done, waits, or is nobody's."""

    batch_id: int
    number: str
    until_date: date | None
    items_count: int
    done_count: int
    waiting_count: int
    uncovered_count: int


@dataclass(frozen=True)
class LateRead:
    """A case past its stage's deadline, and why its least work was not done."""

    case_id: int
    customer_id: int
    client_id: int
    collector_id: int | None
    stage: str
    since_date: date
    why: str


@dataclass(frozen=True)
class Covered:
    """What became of an absent collector's list: covered by others, waiting for them, or agreed and without cover."""

    items_count: int
    covered_count: int
    waiting_count: int
    no_cover_count: int


@dataclass(frozen=True)
class Move:
    """One case that would go, or went, from one collector to another; ``refused`` is why it does not."""

    case_id: int
    from_id: int | None
    to_id: int | None
    refused: str | None
    breaks_continuity: bool


@dataclass(frozen=True)
class Receiver:
    """What somebody would have after it: cases owned, and items of today, against their ceilings."""

    user_id: int
    gets_count: int
    cases_count: int
    cases_max: int
    items_count: int
    items_max: int


@dataclass(frozen=True)
class Preview:
    """What a reassignment would come to, before anything is done."""

    moves: tuple[Move, ...]
    receivers: tuple[Receiver, ...]

    @property
    def going(self) -> tuple[Move, ...]:
        """The cases that would change hands."""
        return tuple(move for move in self.moves if move.refused is None)

    @property
    def refused(self) -> tuple[Move, ...]:
        """Those that would not, each with what stands in the way."""
        return tuple(move for move in self.moves if move.refused is not None)

    @property
    def broken_count(self) -> int:
        """How many customers have already spoken with the collector whom they would lose."""
        return sum(move.breaks_continuity for move in self.going)


@dataclass(frozen=True)
class ReassignmentRead:
    """A reassignment as others read it, with its cases."""

    id: int
    at: datetime
    by: str
    cause: str
    undone_at: datetime | None
    undone_by: str | None
    moves: tuple[Move, ...]


class UnknownWork(Problem):
    """There is no work item of this id."""

    code = "assignment.unknown-work"


class StillPresent(Problem):
    """Whoever is to be covered is there; they are put on leave first."""

    code = "assignment.still-present"


class NothingReassigned(Problem):
    """None of the cases can go to the collectors that were chosen."""

    code = "assignment.nothing-reassigned"


class UnknownReassignment(Problem):
    """There is no reassignment of this id."""

    code = "assignment.unknown-reassignment"


class TooManyCases(Problem):
    """A page's worth of cases is reassigned at once, and no more."""

    code = "assignment.too-many-cases"
