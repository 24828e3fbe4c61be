"""What crosses the threshold of arrangements: promises, and why one cannot be taken."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime

from tideover.core.money import Money
from tideover.core.problem import Problem


class PromiseState(enum.StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly-kept"
    BROKEN = "broken"
    REPLACED = "replaced"
    RELEASED = "released"


@dataclass(frozen=True)
class PromiseRead:
    """A customer's word to pay an amount by a date, and what has come in on it so far."""

    id: int
    case_id: int
    account_id: int
    customer_id: int
    client_id: int
    user_id: int | None
    amount: Money
    made_at: datetime
    made_date: date
    due_date: date
    state: PromiseState
    paid_amount: Money
    judged_date: date | None


@dataclass(frozen=True)
class JudgementRead:
    """What a promise was found to be, on which day, and why it was looked at."""

    promise_id: int
    day: date
    state_from: PromiseState
    state_to: PromiseState
    paid_amount: Money
    cause: str


class PromiseNotPositive(Problem):
    """A promise is of some amount."""

    code = "arrangements.promise-not-positive"


class PromiseAboveOwed(Problem):
    """More was promised than is owed."""

    code = "arrangements.promise-above-owed"


class PromiseDatePast(Problem):
    """A promise is for today or a later day."""

    code = "arrangements.promise-date-past"


class PromiseTermsUnknown(Problem):
    """No product policy says when a promise on the account is kept."""

    code = "arrangements.promise-terms-unknown"
