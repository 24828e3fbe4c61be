"""What is owed on an account, in the ledger's own lines and words: the desk adds nothing up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tideover.core import words
from tideover.core.clock import rules as clock
from tideover.core.money import Money
from tideover.know.ledger import queries as ledger_queries
from tideover.know.ledger import types as ledger_types
from tideover.know.portfolio.types import AccountRead


@dataclass(frozen=True)
class Line:
    """One line: what it is, how it was reached, how much."""

    label: str
    how: str
    amount: Money
    counts: bool


@dataclass(frozen=True)
class AccountStatement:
    """An account's lines, as the customer would see them."""

    account_id: int
    number: str
    short_number: str
    product: str
    as_of_text: str
    lines: list[Line]
    owed_now: Money
    owed_how: str
    next_due: str


def read(account: AccountRead, customer_id: int, at: datetime, zone: str, language: str) -> AccountStatement | None:
    """The account's statement in words; None where the lender never stated a balance."""
    try:
        made = ledger_queries.statement(account.id, customer_id, at)
    except ledger_types.BalanceUnknown:
        return None
    return AccountStatement(
        account_id=account.id,
        number=account.number,
        short_number="…" + account.number[-4:],
        product=words.render(f"desk.product.{account.product}", language),
        as_of_text=words.day(clock.local_date(at, zone), language, "short"),
        lines=[
            Line(
                label=words.render(line.code, language, **_named(line, language)),
                how=words.render(line.how.code, language, **line.how.fields),
                amount=line.amount,
                counts=line.counts,
            )
            for line in made.lines
        ],
        owed_now=made.owed_now,
        owed_how=words.render(made.owed_how.code, language, **made.owed_how.fields),
        next_due=_next_due(made, language),
    )


def _named(line: ledger_types.StatementLine, language: str) -> dict[str, object]:
    fields = dict(line.fields)
    code = f"ledger.fee.{fields.get('fee')}"
    if words.has(code):
        fields["fee"] = words.render(code, language)
    return fields


def _next_due(made: ledger_types.Statement, language: str) -> str:
    if made.next_due is None:
        return words.render(made.next_due_how.code, language, **made.next_due_how.fields)
    if made.next_due.amount is None:
        return words.render("desk.case.next-due.date", language, date=made.next_due.due_date)
    return words.render("desk.case.next-due", language, date=made.next_due.due_date, amount=made.next_due.amount)
