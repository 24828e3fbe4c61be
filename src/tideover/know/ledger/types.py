"""What others may know of the ledger: what is owed by component, and the statement in its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tideover.core.money import Money
from tideover.core.problem import Problem

AS_STATED = "as-stated"
PRINCIPAL, INTEREST, PENALTY_INTEREST, FEE = "principal", "interest", "penalty-interest", "fee"
COMPONENTS = (PRINCIPAL, INTEREST, PENALTY_INTEREST, AS_STATED)

PAYMENT, REVERSAL = "payment", "reversal"
FROM_FILE, FROM_PAGE, FROM_HISTORY = "payments", "page", "history"
SOURCES = (FROM_FILE, FROM_PAGE, FROM_HISTORY)


def is_component(name: str) -> bool:
    """Whether a balance may have a component of this name: one of the fixed ones, or ``fee:<name>``."""
    return name in COMPONENTS or (name.startswith("fee:") and len(name) > 4)


@dataclass(frozen=True)
class How:
    """How a line was reached: a code whose words stand in ``words.yaml``, and their fields."""

    code: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class StatementLine:
    """One line that every screen shows alike.

    ``code`` has its words in ``words.yaml``; ``fields`` fill them (the name of a fee). A line that does not
    ``counts`` is told for information: what was paid before the cut-off is contained in the stated balance.
    """

    code: str
    amount: Money
    how: How
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    counts: bool = True


@dataclass(frozen=True)
class PaymentLine:
    """One payment, whatever components it went to. ``date_basis`` month: the source tells no day."""

    reference: str
    amount: Money
    value_date: date
    date_basis: str
    booked_at: datetime
    source: str
    is_reversed: bool
    is_contained: bool


@dataclass(frozen=True)
class NextDue:
    """What falls due next, if the lender said so."""

    due_date: date
    amount: Money | None


PAID, OVERDUE, DUE_TODAY, NOT_DUE, TAIL = "paid", "overdue", "due-today", "not-due", "tail"
INSTALMENT_STATES = (PAID, OVERDUE, DUE_TODAY, NOT_DUE, TAIL)

DPD_BREAK, OVERDUE_BREAK, TOTAL_BREAK = "dpd", "overdue", "total"
BREAK_KINDS = (DPD_BREAK, OVERDUE_BREAK, TOTAL_BREAK)


@dataclass(frozen=True)
class InstalmentLine:
    """One instalment: what fell or falls due, and what is left of it after all that was paid, oldest first."""

    number: int
    due_date: date
    principal: Money
    interest: Money
    fee: Money
    left: Money
    days_late: int
    state: str

    @property
    def total(self) -> Money:
        """All of it."""
        return self.principal + self.interest + self.fee

    @property
    def paid(self) -> Money:
        """What was paid on it."""
        return self.total - self.left


@dataclass(frozen=True)
class PenaltyPeriod:
    """Interest for being late in a period in which the overdue principal stood unchanged: base × rate × days."""

    from_date: date
    until_date: date
    base: Money
    year_rate: Decimal
    days_of_year: int
    amount: Money

    @property
    def days(self) -> int:
        """How many days it ran."""
        return (self.until_date - self.from_date).days


@dataclass(frozen=True)
class BreakRead:
    """Where what the lender states at its latest cut-off is not what we reckon: days late, or money."""

    account_id: int
    kind: str
    cut_off_date: date
    currency: str | None
    stated: Decimal
    reckoned: Decimal

    @property
    def difference(self) -> Decimal:
        """How much more the lender states than we reckon."""
        return self.stated - self.reckoned

    def place(self, account_number: str) -> tuple[str, str, Decimal, str]:
        """Where it stands in the list: by kind and currency, the largest difference first."""
        return self.kind, self.currency or "", -abs(self.difference), account_number


@dataclass(frozen=True)
class BreakPage:
    """Some of a client's breaks, each with its account's number, and how many there are of every kind."""

    counts: Mapping[str, int]
    rows: Sequence[tuple[str, BreakRead]]


@dataclass(frozen=True)
class LatenessRead:
    """How late an account is, what of it is owed now and what falls due later: the one that all sets go by."""

    account_id: int
    day: date
    dpd: int
    dpd_basis: str
    owed_now: Money | None
    not_due: Money
    stated_dpd: int | None
    computed_dpd: int | None
    is_settled: bool
    has_instalments: bool
    cut_off_date: date | None


@dataclass(frozen=True)
class Statement:
    """What a party owes on an account at an instant, in lines that add up.

    Of a loan with instalments ``owed_now`` is what is overdue or due today; ``not_due`` falls due later. ``penalty``
    is what we reckon for being late since the cut-off: our claim, and then in the lines, or a check of the lender's.
    """

    account_id: int
    customer_id: int
    role: str
    as_of: datetime
    currency: str
    cut_off_date: date | None
    is_split: bool
    lines: tuple[StatementLine, ...]
    owed_now: Money
    owed_how: How
    next_due: NextDue | None
    next_due_how: How
    payments: tuple[PaymentLine, ...]
    not_due: Money
    instalments: tuple[InstalmentLine, ...] = ()
    penalty: tuple[PenaltyPeriod, ...] = ()
    is_penalty_claimed: bool = False
    breaks: tuple[BreakRead, ...] = ()

    @property
    def outstanding(self) -> Money:
        """All that is still to be paid: owed now, and what falls due later."""
        return self.owed_now + self.not_due

    @property
    def foots(self) -> bool:
        """Whether the lines that count add up to what is owed, to the last minor unit."""
        total = Money.zero(self.currency)
        for line in self.lines:
            if line.counts:
                total = total + line.amount
        return total == self.owed_now


class BalanceUnknown(Problem):
    """No balance was stated for the account at or before the instant."""

    code = "ledger.balance-unknown"


class NotAParty(Problem):
    """The customer has no role on the account, so no statement is theirs."""

    code = "ledger.not-a-party"


class NothingToReverse(Problem):
    """No payment with this reference is on the account, or it is reversed already."""

    code = "ledger.nothing-to-reverse"


class PostingWrong(Problem):
    """A posting that cannot be: no amount, another currency, an unknown component or source."""

    code = "ledger.posting-wrong"
