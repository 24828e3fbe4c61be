"""What is owed on an account, in the ledger's own lines and words: the desk adds nothing up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tideover.core import words
from tideover.core.clock import rules as clock
from tideover.core.money import Money, add_up
from tideover.core.policy import queries as policy
from tideover.know.ledger import queries as ledger_queries
from tideover.know.ledger import types as ledger_types
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import AccountRead


@dataclass(frozen=True)
class Line:
    """One line: what it is, how it was reached, how much."""

    label: str
    how: str
    amount: Money
    counts: bool


@dataclass(frozen=True)
class Instalment:
    """One row of the schedule: what fell or falls due, what of it is paid and left, how it stands."""

    number: int
    due_text: str
    principal: Money
    interest: Money
    fee: Money
    paid: Money
    left: Money
    state: str
    signal: str


@dataclass(frozen=True)
class Schedule:
    """A loan's schedule: owed now, due later, and both together, never mixed."""

    instalments: list[Instalment]
    has_fees: bool
    due_left: Money
    not_due: Money
    outstanding: Money
    now_label: str
    check: str
    breaks: list[str]


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
    role: str = "borrower"
    schedule: Schedule | None = None
    gone: str = ""


SIGNALS = {"paid": "go", "overdue": "stop", "due-today": "wait", "not-due": "", "tail": ""}


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
                label=_label(line, account, made, language),
                how=words.render(line.how.code, language, **line.how.fields),
                amount=line.amount,
                counts=line.counts,
            )
            for line in made.lines
        ],
        owed_now=made.owed_now,
        owed_how=words.render(made.owed_how.code, language, **made.owed_how.fields),
        next_due=_next_due(made, language),
        role=made.role,
        schedule=_schedule(made, account, language) if made.instalments else None,
        gone=_gone(account.id, language),
    )


def _gone(account_id: int, language: str) -> str:
    """That a full file left the account out, while it is gone unexplained."""
    day = portfolio_queries.find_absence_date(account_id)
    return "" if day is None else words.render("desk.stops.gone-account", language, date=day)


def _label(line: ledger_types.StatementLine, account: AccountRead, made: ledger_types.Statement, language: str) -> str:
    """What a line is called; of a loan with instalments its product says it, since what is stated is overdue."""
    kind = line.code.removeprefix("ledger.line.")
    if made.instalments and kind in ledger_types.COMPONENTS:
        return _product_words(account, kind, language)
    return words.render(line.code, language, **_named(line, language))


def _product_words(account: AccountRead, name: str, language: str) -> str:
    return policy.get("products", f"products.{account.product}").data.statement[name][language]


def _schedule(made: ledger_types.Statement, account: AccountRead, language: str) -> Schedule:
    rows = [
        Instalment(
            number=each.number,
            due_text=words.day(each.due_date, language),
            principal=each.principal,
            interest=each.interest,
            fee=each.fee,
            paid=each.paid,
            left=each.left,
            state=words.render(f"ledger.instalment.{each.state}", language, count=each.days_late),
            signal=SIGNALS[each.state],
        )
        for each in made.instalments
    ]
    due = [each.left for each in made.instalments if each.state not in (ledger_types.NOT_DUE, ledger_types.PAID)]
    penalty = add_up((period.amount for period in made.penalty), made.currency)
    return Schedule(
        instalments=rows,
        has_fees=any(each.fee for each in rows),
        due_left=add_up(due, made.currency),
        not_due=made.not_due,
        outstanding=made.outstanding,
        now_label=_product_words(account, "owed-now", language),
        check=words.render("ledger.penalty.check", language, cut_off_date=made.cut_off_date, amount=penalty)
        if penalty and not made.is_penalty_claimed
        else "",
        breaks=[break_in_words(each, language) for each in made.breaks],
    )


def break_in_words(each: ledger_types.BreakRead, language: str) -> str:
    """Where the lender's figure is not ours, in words: days, or money in its currency."""
    fields = {"stated": each.stated, "reckoned": each.reckoned}
    if each.currency is None:
        fields = {name: int(value) for name, value in fields.items()}
    else:
        fields = {name: Money(value, each.currency) for name, value in fields.items()}
    return words.render(f"ledger.break.{each.kind}", language, cut_off_date=each.cut_off_date, **fields)


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
