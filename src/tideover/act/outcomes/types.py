"""What crosses the threshold of outcomes: what was recorded, what can be recorded, and why something cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tideover.core.money import Money
from tideover.core.problem import Problem


@dataclass(frozen=True)
class PromiseDraft:
    """What the customer promised, as it was filled in."""

    amount: Money
    due_date: date


@dataclass(frozen=True)
class ResultRead:
    """A result that a collector may choose, with what it needs; ``hold_days`` is how long its hold lasts unsaid."""

    name: str
    title: Mapping[str, str]
    key: str | None
    needs: tuple[str, ...]
    next_step: Mapping[str, str]
    hold_days: int | None
    hold_days_max: int | None
    promise_days_max: int | None
    call_back_days_max: int | None


@dataclass(frozen=True)
class ReasonRead:
    """A reason for arrears that a collector may choose."""

    name: str
    title: Mapping[str, str]
    key: str


@dataclass(frozen=True)
class OutcomeRead:
    """What a contact ended in. ``case_was_closed``: it is on record, and nothing followed from it in the case."""

    id: int
    call_id: int | None
    case_id: int
    account_id: int
    customer_id: int
    client_id: int
    user_id: int | None
    at: datetime
    local_date: date
    spoke_to: str
    result: str
    result_version: str
    arrears_reason: str | None
    next_step_at: datetime | None
    promise_id: int | None
    hold_id: int | None
    case_was_closed: bool
    has_note: bool

    @property
    def warning(self) -> str | None:
        """The code of what whoever recorded it should be told, if there is something."""
        return "outcomes.case-was-closed" if self.case_was_closed else None


class UnknownResult(Problem):
    """No policy/outcomes file of this name, or one that only the line records."""

    code = "outcomes.unknown-result"


class OutcomeRefused(Problem):
    """The form does not hold what the result needs; ``reasons`` are all codes, the first one is told."""

    code = "outcomes.refused"

    def __init__(self, reasons: Sequence[str], **fields: Any) -> None:
        super().__init__(**fields)
        self.reasons = tuple(reasons)
        self.code = f"outcomes.{reasons[0]}"  # type: ignore[misc]
        self.args = (self.code, fields)


class UnknownReason(Problem):
    """The reason for arrears is not on the list."""

    code = "outcomes.unknown-reason"


class WrongCall(Problem):
    """The call belongs to another case."""

    code = "outcomes.wrong-call"


class JustRecorded(Problem):
    """Somebody else recorded an outcome on the case (or on this call) just before; ``note`` is what was written.

    The note is no field, so that it reaches no log; the door puts it back into the form.
    """

    code = "outcomes.just-recorded"

    def __init__(self, *, note: str | None, **fields: Any) -> None:
        super().__init__(**fields)
        self.note = note


class OnceKeyTaken(Problem):
    """The form's own key was used for another case or call."""

    code = "outcomes.once-key-taken"
