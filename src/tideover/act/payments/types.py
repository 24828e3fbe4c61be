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
