"""What invented people pay on a day, as the lender's payment file would bring it the next morning."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tideover.core.money import Money
from tideover.rehearsal import behaviour
from tideover.rehearsal.portfolio import write_text

MAPPING = "mappings.payments_csv"
COLUMNS = ("reference", "account_id", "value_date", "amount", "currency")


@dataclass(frozen=True)
class Due:
    """A payment that somebody makes."""

    account_number: str
    value_date: date
    amount: Money

    @property
    def reference(self) -> str:
        """The lender's own number of the payment; the same payment always bears the same one."""
        return f"P{self.value_date:%Y%m%d}-{self.account_number}"


@dataclass(frozen=True)
class Debt:
    """An account as the payers' minds hold it: whose it is, what is owed, promised, or said to be paid, since when."""

    account_number: str
    customer: str
    owed: Money
    promised: Money | None
    made_date: date | None
    due_date: date | None
    claimed_date: date | None = None


def payments_on(day: date, debts: list[Debt], cut_off_date: date, seed: int) -> list[Due]:
    """Who pays on the day, and how much; by account number, so that the file does not depend on any order."""
    found = []
    for debt in sorted(debts, key=lambda debt: debt.account_number):
        amount = _pays(debt, day, cut_off_date, seed)
        if amount is not None and amount > Money.zero(amount.currency):
            found.append(Due(debt.account_number, day, min(amount, debt.owed)))
    return found


def _pays(debt: Debt, day: date, cut_off_date: date, seed: int) -> Money | None:
    if not debt.owed > Money.zero(debt.owed.currency):
        return None
    if pays_unasked(debt.customer, day, cut_off_date, seed):
        return debt.owed
    if debt.claimed_date is not None:
        came = behaviour.claim_comes_after(debt.customer, seed)
        return debt.owed if came == (day - debt.claimed_date).days else None
    if debt.promised is None or debt.made_date is None or debt.due_date is None:
        return None
    planned = behaviour.payment_for_promise(debt.customer, debt.promised, debt.made_date, debt.due_date, seed)
    return planned[1] if planned is not None and planned[0] == day else None


def pays_unasked(customer: str, day: date, cut_off_date: date, seed: int) -> bool:
    """Whether this is the day on which the customer pays without having been asked."""
    return behaviour.self_cure_days(customer, seed) == (day - cut_off_date).days


def write(path: Path, payments: list[Due]) -> Path:
    """Write the lender's payment file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in payments:
        writer.writerow(
            [each.reference, each.account_number, each.value_date.isoformat(), each.amount.amount, each.amount.currency]
        )
    write_text(path, text.getvalue())
    return path
