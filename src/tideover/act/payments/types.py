"""What crosses the threshold of payments, and why one cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tideover.core.money import Money
from tideover.core.problem import Problem


@dataclass(frozen=True)
class PaymentRead:
    """Money that came in for an account; how it was used is in the ledger."""

    id: int
    account_id: int
    client_id: int
    amount: Money
    value_date: date
    booked_at: datetime
    reference: str
    source: str
    import_id: int | None
    recorded_by: str


FROM_FILE, FROM_PAGE = "payments", "page"
REVERSAL_CAUSES = ("lender-reversed", "bank-returned", "customer-objected", "wrong-account", "entered-in-error")
DEBIT_CAUSES = ("insufficient-funds", "account-closed", "mandate-refused", "limit-exceeded", "not-said")
FOLLOWED = ("case-open", "reopened", "not-late", "no-case", "handed-back", "recalled", "batch-ended")
"""What became of the case of an account of which money was taken back."""


@dataclass(frozen=True)
class ReversalRead:
    """A payment that was taken back, and what became of its case. The payment keeps its own dates."""

    id: int
    payment_id: int
    account_id: int
    client_id: int
    amount: Money
    value_date: date
    booked_at: datetime
    reference: str
    cause: str
    source: str
    import_id: int | None
    recorded_by: str
    followed: str


@dataclass(frozen=True)
class ReversalFault:
    """Why a reversal of a file cannot be entered: its own reference, the one it names, the code, and what is known."""

    reference: str
    reverses: str
    code: str
    told: str


@dataclass(frozen=True)
class MoneyLine:
    """One line of what happened to money: a payment, a reversal, or a direct debit that failed.

    ``entry`` says which. ``reverses`` is the reference of the payment that a reversal takes back, ``is_reversed``
    whether a payment was taken back.
    """

    entry: str
    id: int
    account_id: int
    client_id: int
    amount: Money
    value_date: date
    booked_at: datetime
    reference: str
    source: str
    recorded_by: str
    cause: str | None
    reverses: str | None
    followed: str | None
    is_reversed: bool

    @property
    def place(self) -> tuple[datetime, str, int]:
        """Where the line stands: pages of a list begin after one."""
        return (self.booked_at, self.entry, self.id)


class PaymentNotPositive(Problem):
    """A payment is of some amount; what takes one back is a reversal."""

    code = "payments.not-positive"


class PaymentCurrencyWrong(Problem):
    """A payment comes in the currency of its account."""

    code = "payments.currency-wrong"


class PaymentAccountForeign(Problem):
    """The account is none of the client's that reports the payment."""

    code = "payments.account-foreign"


class PaymentReferenceMissing(Problem):
    """Without a reference the same payment could be entered twice."""

    code = "payments.reference-missing"


class PaymentDateAhead(Problem):
    """A payment's value date lies after today: it has not come."""

    code = "payments.date-ahead"


class ReferenceTaken(Problem):
    """The client's reference stands for another payment already: another amount, or another account."""

    code = "payments.reference-taken"


class AllocationUnknown(Problem):
    """No product policy says in which order a payment on the account is used."""

    code = "payments.allocation-unknown"


class UnknownPayment(Problem):
    """There is no payment of this id."""

    code = "payments.unknown-payment"


class UnknownReversalCause(Problem):
    """A reversal needs a cause out of the closed list."""

    code = "payments.unknown-reversal-cause"


class UnknownDebitCause(Problem):
    """A failed debit needs a cause out of the closed list."""

    code = "payments.unknown-debit-cause"


class ReversalDateAhead(Problem):
    """A reversal's value date lies after today: it has not happened."""

    code = "payments.reversal-date-ahead"


class ReversalReferenceTaken(Problem):
    """The reversal's reference stands for the reversal of another payment already."""

    code = "payments.reversal-reference-taken"


class ReversesUnknown(Problem):
    """No payment of this reference is known at the client."""

    code = "payments.reverses-unknown"


class ReversesReversal(Problem):
    """A reversal cannot be taken back; money that came after all is a payment of its own."""

    code = "payments.reverses-reversal"


class ReversesOtherAccount(Problem):
    """The payment that is to be taken back was made on another account."""

    code = "payments.reverses-other-account"


class ReversesOtherAmount(Problem):
    """A payment is taken back whole, in its own amount."""

    code = "payments.reverses-other-amount"


class ReverseBeforePayment(Problem):
    """Money cannot be taken back before it came."""

    code = "payments.reverses-before"


class ReversedAlready(Problem):
    """The payment was taken back before; nothing is taken back twice."""

    code = "payments.reversed-already"


_REFUSALS: dict[str, type[Problem]] = {
    "reference-taken": ReversalReferenceTaken,
    "reverses-unknown": ReversesUnknown,
    "reverses-reversal": ReversesReversal,
    "reverses-other-account": ReversesOtherAccount,
    "reverses-other-amount": ReversesOtherAmount,
    "reverses-before": ReverseBeforePayment,
    "reversed-already": ReversedAlready,
}


def refusal_of_reversal(reference: str, reverses: str, code: str, told: str) -> Problem:
    """Why a reversal cannot be entered: ``reference`` is the payment's, ``told`` what stands against it."""
    return _REFUSALS[code](reference=reverses, own=reference, told=told)
