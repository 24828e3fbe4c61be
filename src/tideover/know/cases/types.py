"""What crosses the threshold of cases: the ladder, a case as others read it, holds, and what can be refused."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tideover.core.money import Money
from tideover.core.policy.conditions import Condition
from tideover.core.problem import Problem

CHANGE_CAUSES = (
    "collector-left",
    "absent-long",
    "certificate-ended",
    "workload",
    "customer-asked",
    "conduct",
    "conflict-of-interest",
)
UNDO_CAUSE = "change-undone"
ASSIST_CAUSES = ("workload", "language", "hard-case", "customer-asked", "training")


class CloseCause(enum.StrEnum):
    """Why an account leaves its case, and why a case closes."""

    CURED = "cured"
    PAID = "paid"
    HANDED_BACK = "handed-back"
    WITHDRAWN = "withdrawn"


class HoldScope(enum.StrEnum):
    """What a hold stops: a part of an account's amount, an account, a case, or the person across clients."""

    PART = "part"
    ACCOUNT = "account"
    CASE = "case"
    PERSON = "person"


class HoldReason(enum.StrEnum):
    """Why contact is held."""

    DISPUTE = "dispute"
    HARDSHIP = "hardship"
    COMPLAINT = "complaint"
    PAYMENT_CLAIMED = "payment-claimed"


COMPLAINT_SUBJECTS = ("conduct", "contact-times", "amount", "privacy", "third-person-contact", "other")
"""What a customer may complain about."""


@dataclass(frozen=True)
class ComplaintDraft:
    """A complaint as it is taken: about what, against whom of us, and whether anything is new since the last one."""

    subject: str
    against_user_id: int | None = None
    has_new_facts: bool = False

    def __post_init__(self) -> None:
        if self.subject not in COMPLAINT_SUBJECTS:
            raise ComplaintNeedsSubject(reason=self.subject)


class ReviewDecision(enum.StrEnum):
    """What a leader decides before the final notice."""

    GO_ON = "go-on"
    STAY = "stay"


class Obstacle(enum.StrEnum):
    """What stands in the way of giving a case to somebody."""

    CLOSED = "closed"
    SAME = "same"
    NOT_WORKING = "not-working"
    COMPLAINED_OF = "complained-of"
    NO_CERTIFICATE = "no-certificate"
    NO_LANGUAGE = "no-language"
    AWAY = "away"
    CASES_FULL = "cases-full"


@dataclass(frozen=True)
class AssistRead:
    """Somebody who works a case beside its owner, half-open in time."""

    id: int
    case_id: int
    collector_id: int
    from_at: datetime
    until_at: datetime
    cause: str
    placed_by: str


@dataclass(frozen=True)
class Minimum:
    """The least work of a stage."""

    attempts_count: int = 0
    reviews_count: int = 0


@dataclass(frozen=True)
class MoveRule:
    """What leads from a stage to another one; the first that holds wins."""

    name: str
    to: str
    when: Condition
    says: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class StageRule:
    """One rung of the ladder. Without moves it is the end."""

    name: str
    title: Mapping[str, str]
    explanation: Mapping[str, str]
    owner: str
    skill: str | None
    deadline_calendar_days: int | None
    minimum: Minimum
    moves: tuple[MoveRule, ...]
    line: int

    @property
    def is_end(self) -> bool:
        return not self.moves


@dataclass(frozen=True)
class LadderRules:
    """The ladder of some products, in order."""

    products: tuple[str, ...]
    former_collector_days: int
    stages: tuple[StageRule, ...]
    line: int = 1

    @property
    def first(self) -> StageRule:
        return self.stages[0]

    def get(self, stage: str) -> StageRule:
        """The stage of this name; raises UnknownStage."""
        for each in self.stages:
            if each.name == stage:
                return each
        raise UnknownStage(stage=stage)

    def position(self, stage: str) -> int:
        """How far up the ladder the stage stands, from 0."""
        return self.stages.index(self.get(stage))


@dataclass(frozen=True)
class Ladder:
    """A ladder with the policy file that it comes from."""

    policy_id: str
    version: str
    title: Mapping[str, str]
    rules: LadderRules


@dataclass(frozen=True)
class HoldRead:
    """A hold as others see it; half-open: it binds from ``from_at`` until before ``until_at``."""

    id: int
    scope: HoldScope
    reason: HoldReason
    person_id: int
    customer_id: int
    case_id: int | None
    account_id: int | None
    part_amount: Decimal | None
    purposes: tuple[str, ...]
    from_at: datetime
    until_at: datetime
    lifted_at: datetime | None
    lifted_by: str | None
    lift_cause: str | None
    subject: str | None = None
    against_user_id: int | None = None
    escalated_at: datetime | None = None
    decided_at: datetime | None = None
    decision: str | None = None

    def binds(self, at: datetime) -> bool:
        """Whether it stands at the instant."""
        ended = self.lifted_at is not None and self.lifted_at <= at
        return self.from_at <= at < self.until_at and not ended


@dataclass(frozen=True)
class CaseAccountRead:
    """An account in a case: its rung, its deadline, and the work done there."""

    account_id: int
    stage: str
    stage_since_date: date
    stage_deadline_date: date | None
    attempts_count: int
    contacts_count: int
    right_party_count: int
    broken_promises_count: int
    promise_due_date: date | None
    paused_on_date: date | None
    late_since_date: date | None
    joined_date: date
    left_date: date | None
    left_cause: str | None


@dataclass(frozen=True)
class TenureRead:
    """Who owned a case from when to when, and why it came to them."""

    collector_id: int
    from_at: datetime
    until_at: datetime | None
    cause: str


@dataclass(frozen=True)
class ReviewRead:
    """A leader's decision before the final notice."""

    account_id: int
    stage: str
    decision: ReviewDecision
    at: datetime
    by: str


@dataclass(frozen=True)
class CaseRead:
    """A case as others read it. ``stage`` and ``stage_deadline_date`` are those of the leading account."""

    id: int
    customer_id: int
    person_id: int
    client_id: int
    mandate: str
    collector_id: int | None
    opened_date: date
    closed_date: date | None
    close_cause: str | None
    call_back_at: datetime | None
    accounts: tuple[CaseAccountRead, ...]
    lead_account_id: int | None
    stage: str | None
    stage_deadline_date: date | None
    late_since_date: date | None
    tenures: tuple[TenureRead, ...] = ()
    reviews: tuple[ReviewRead, ...] = ()
    holds: tuple[HoldRead, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.closed_date is None

    @property
    def open_accounts(self) -> tuple[CaseAccountRead, ...]:
        return tuple(each for each in self.accounts if each.left_date is None)


@dataclass(frozen=True)
class CaseBrief:
    """The little of a case that a permit asks for: whose it is, and on which rung one of its accounts stands.

    ``stage`` is None where the account is not, or no longer, in the case.
    """

    id: int
    customer_id: int
    person_id: int
    client_id: int
    is_open: bool
    account_id: int
    stage: str | None


@dataclass(frozen=True)
class CaseOwner:
    """Whose case it is: the client's, and the collector's; None before it was first assigned."""

    client_id: int
    collector_id: int | None


@dataclass(frozen=True)
class CaseLocked:
    """Whose a case is and whether it is open, as it stands while its row is locked."""

    id: int
    customer_id: int
    person_id: int
    client_id: int
    collector_id: int | None
    is_open: bool

    @property
    def owner(self) -> CaseOwner:
        """Whose case it is."""
        return CaseOwner(self.client_id, self.collector_id)


@dataclass(frozen=True)
class StageCount:
    """How many accounts and cases stand on a stage, and how many of them are late or wait."""

    stage: str
    accounts_count: int
    cases_count: int
    late_count: int
    due_count: int
    paused_count: int


class UnknownCase(Problem):
    """There is no case of this id."""

    code = "cases.unknown-case"


class UnknownStage(Problem):
    """No rung of the ladder has this name."""

    code = "cases.unknown-stage"


class NoLadder(Problem):
    """No ladder is loaded for the product, so its accounts cannot be worked."""

    code = "cases.no-ladder"


class CaseClosed(Problem):
    """The case was closed; nothing more follows in it."""

    code = "cases.closed"


class AccountNotInCase(Problem):
    """The account is not, or no longer, part of the case."""

    code = "cases.account-not-in-case"


class UnknownHold(Problem):
    """There is no hold of this id."""

    code = "cases.unknown-hold"


class HoldPeriodEmpty(Problem):
    """A hold must end after it begins: its last moment lies before now."""

    code = "cases.hold-period-empty"


class ComplaintNeedsSubject(Problem):
    """A complaint is about something out of the closed list; a hold for another reason is about nothing."""

    code = "cases.complaint-needs-subject"


class ComplaintRepeated(Problem):
    """The same was complained of before, and nothing new is told: it is on record, and opens no new hold."""

    code = "cases.complaint-repeated"


class FilingGap(Problem):
    """No final notice while something is missing in the account's file: ``missing`` names it in both languages."""

    code = "cases.filing-gap"


class NotUnderReview(Problem):
    """Only an account in a stage that asks for a review can be reviewed."""

    code = "cases.not-under-review"


class UnknownCause(Problem):
    """A change needs a cause out of the closed list."""

    code = "cases.unknown-cause"


class CollectorCannotWork(Problem):
    """Whoever is to have the case cannot: ``obstacle`` says why."""

    code = "cases.collector-cannot-work"


class AssistPeriodEmpty(Problem):
    """An assist ends after it begins."""

    code = "cases.assist-period-empty"


class UnknownAssist(Problem):
    """There is no assist of this id."""

    code = "cases.unknown-assist"


RETENTION_CAUSES = ("promise-open", "plan-being-agreed", "payment-expected", "in-talks")
"""Why an account may be asked to stay beyond its batch's end."""


@dataclass(frozen=True)
class RetentionRead:
    """A request to keep an account beyond its batch's end; ``decision`` is None while it is open."""

    id: int
    case_id: int
    account_id: int
    batch_id: int
    until_date: date
    cause: str
    requested_at: datetime
    requested_by: str
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True)
class BatchShare:
    """What a collector has of a batch, and what came in while they owned the cases; None: nobody did."""

    collector_id: int | None
    accounts_count: int
    open_count: int
    placed: Money
    recovered: Money


class NothingToRetain(Problem):
    """The account's batch has no end, is over, or its terms let nothing stay beyond it."""

    code = "cases.nothing-to-retain"


class RetentionPeriodWrong(Problem):
    """An account is kept beyond its batch's end, so until a later day."""

    code = "cases.retention-period-wrong"


class RetentionRequested(Problem):
    """One request for an account and batch is enough."""

    code = "cases.retention-requested"


class RetentionLimitReached(Problem):
    """The batch's terms let only so many accounts stay."""

    code = "cases.retention-limit-reached"


class RetentionDecided(Problem):
    """A decision stands; ask anew if things have changed."""

    code = "cases.retention-decided"


class UnknownRetention(Problem):
    """There is no request of this number."""

    code = "cases.unknown-retention"
