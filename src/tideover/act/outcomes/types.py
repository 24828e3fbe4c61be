"""What crosses the threshold of outcomes: a promise as it was given, an outcome as others read it, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tideover.core.money import Money
from tideover.core.problem import Problem


@dataclass(frozen=True)
class PromiseDraft:
    """What the customer promised: an amount of the account's currency, and their own local date."""

    amount: Money
    due_date: date


@dataclass(frozen=True)
class Meanwhile:
    """Somebody else recorded an outcome on the case while this call went on."""

    user_id: int | None
    at: datetime
    result: str


@dataclass(frozen=True)
class OutcomeRead:
    """One outcome. ``meanwhile`` is filled where two people worked the case at once: both are on record.

    ``repeated_since`` is filled where a complaint opened no hold, since it was taken before and told nothing new.
    """

    id: int
    call_id: int
    case_id: int
    customer_id: int
    client_id: int
    account_id: int
    user_id: int | None
    at: datetime
    spoke_to: str
    result: str
    arrears_reason: str | None
    next_step_at: datetime | None
    promise_id: int | None
    hold_id: int | None
    case_was_closed: bool
    meanwhile: Meanwhile | None = None
    repeated_since: datetime | None = None


@dataclass(frozen=True)
class ResultRead:
    """A result that the form offers: its key, what it needs, and how long its hold lasts unless said otherwise."""

    name: str
    title: Mapping[str, str]
    key: str | None
    needs: frozenset[str]
    hold_days: int | None
    next_step: Mapping[str, str]


@dataclass(frozen=True)
class ArrearsReasonRead:
    """A reason that the form offers."""

    name: str
    title: Mapping[str, str]
    key: str


@dataclass(frozen=True)
class ContinuityRead:
    """Of the talks with customers within their stays on a stage, how many one and the same collector held."""

    stage: str
    talks_count: int
    by_one_count: int

    @property
    def percent(self) -> int:
        """The share, to the whole percent, as pages show it."""
        return round(100 * self.by_one_count / self.talks_count)


class UnknownResult(Problem):
    """There is no outcome of this name."""

    code = "outcomes.unknown-result"


class UnknownArrearsReason(Problem):
    """The reason is not on the list."""

    code = "outcomes.unknown-arrears-reason"


class RecordedAlready(Problem):
    """The call's outcome stands; what was typed is not lost, the form still holds it."""

    code = "outcomes.recorded-already"


class CallOfAnotherCase(Problem):
    """The call was made in another case."""

    code = "outcomes.call-of-another-case"


class NotAnswered(Problem):
    """Nobody took the call: the line records that by itself."""

    code = "outcomes.not-answered"


class FormRefused(Problem):
    """The form cannot be recorded as it is. The first reason makes the words; ``reasons`` names all."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(reasons=", ".join(reasons))
        self.code = f"outcomes.refused.{reasons[0]}"  # type: ignore[misc]


class NoClaim(Problem):
    """A proof of payment belongs to a hold that waits for a payment."""

    code = "outcomes.no-claim"


class ProofWrong(Problem):
    """A document is filed by its reference and the digest of its content."""

    code = "outcomes.proof-wrong"


@dataclass(frozen=True)
class ProofRead:
    """A document that shows that something was paid: by reference and digest."""

    id: int
    hold_id: int
    reference: str
    digest: str
    at: datetime
    by: str
