"""What others may know of a portfolio: accounts, how late they are, in which batch they were placed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tideover.core.money import Money
from tideover.core.problem import Problem

# Buckets of days past due (账龄): the first day of each.
BUCKETS: tuple[tuple[str, int], ...] = (("M0", 0), ("M1", 1), ("M2", 31), ("M3", 61), ("M3+", 91))

DPD_BASES = ("stated", "read-from-code", "computed")

BORROWER, CO_BORROWER, GUARANTOR = "borrower", "co-borrower", "guarantor"
ROLES = (BORROWER, CO_BORROWER, GUARANTOR)

RECALLED, BATCH_ENDED, HANDED_BACK = "recalled", "batch-ended", "handed-back"
ENDED_CAUSES = (RECALLED, BATCH_ENDED, HANDED_BACK)


def bucket_of(dpd: int) -> str:
    """The bucket in which an account with these days past due stands."""
    return next(name for name, first in reversed(BUCKETS) if dpd >= first)


@dataclass(frozen=True)
class AccountRead:
    """One credit agreement under one client, in one currency."""

    id: int
    client_id: int
    number: str
    product: str
    currency: str
    credit_limit_amount: Decimal | None
    opened_date: date | None

    @property
    def credit_limit(self) -> Money | None:
        """The limit as money, where the client gave one."""
        return None if self.credit_limit_amount is None else Money(self.credit_limit_amount, self.currency)


@dataclass(frozen=True)
class StandingRead:
    """How late an account is on a day: what the client stated at a cut-off, and the days since."""

    account_id: int
    day: date
    dpd: int
    dpd_stated: int
    dpd_basis: str
    cut_off_date: date
    next_due_date: date | None
    next_due: Money | None

    @property
    def bucket(self) -> str:
        """The bucket of the day."""
        return bucket_of(self.dpd)


@dataclass(frozen=True)
class PlacementRead:
    """One account in one batch, with the amount placed."""

    account_id: int
    batch_number: str
    mandate: str
    placed: Money
    placed_date: date
    ended_date: date | None
    batch_id: int
    batch_until_date: date | None
    ended_cause: str | None
    retained_until_date: date | None


@dataclass(frozen=True)
class PlacedSum:
    """What was placed in a batch in one currency; totals of two currencies are never added."""

    placed: Money
    accounts_count: int


@dataclass(frozen=True)
class BatchRead:
    """One hand-over by a client, its terms, and what was placed in it. ``until_date`` is the first day after it."""

    id: int
    client_id: int
    number: str
    mandate: str
    from_date: date
    until_date: date | None
    ended_date: date | None
    target: Money | None
    commission_share: Decimal | None
    retain_share_max: Decimal | None
    placed: tuple[PlacedSum, ...]
    accounts_count: int
    ended_count: int
    retained_count: int

    def days_left(self, day: date) -> int | None:
        """How many days of it are left on the day, that day included; None without an end."""
        return None if self.until_date is None else max(0, (self.until_date - day).days)

    @property
    def retain_count_max(self) -> int:
        """How many of its accounts may be kept beyond its end."""
        return int(self.accounts_count * (self.retain_share_max or Decimal(0)))


@dataclass(frozen=True)
class PartyRead:
    """A customer's role on an account."""

    account_id: int
    customer_id: int
    role: str


@dataclass(frozen=True)
class ContractRead:
    """Another contract of a customer at the same client (二次订单), with how it was paid by the client's word.

    ``paid_late_count`` is of those paid; ``unpaid_count`` fell due and is not paid; lateness counts to the day.
    """

    account_id: int
    number: str
    product: str
    currency: str
    opened_date: date | None
    role: str
    is_placed: bool
    is_finished: bool
    instalments_count: int
    paid_count: int
    paid_late_count: int
    unpaid_count: int
    last_paid_date: date | None
    longest_late_days: int

    @property
    def paid_on_time_count(self) -> int:
        """Instalments that were paid by their due date, or of which the client does not say that they were late."""
        return self.paid_count - self.paid_late_count


@dataclass(frozen=True)
class Received:
    """What a set of placements came to."""

    accounts_new_count: int
    accounts_changed_count: int
    placements_count: int
    standings_count: int


@dataclass(frozen=True)
class InstalmentsReceived:
    """What a set of instalments came to; those that differ kept the terms first stated."""

    instalments_new_count: int
    instalments_differing_count: int
    standings_count: int


class UnknownAccount(Problem):
    """No account has this id."""

    code = "portfolio.unknown-account"


class UnknownBatch(Problem):
    """No batch has this id."""

    code = "portfolio.unknown-batch"


class StandingUnknown(Problem):
    """No cut-off on or before the day says how late the account was."""

    code = "portfolio.standing-unknown"
