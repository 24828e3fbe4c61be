"""How a statement is built from what was stated and what was paid. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tideover.core.money import Money, add_up
from tideover.know.ledger.types import (
    AS_STATED,
    DUE_TODAY,
    FEE,
    NOT_DUE,
    OVERDUE,
    PAID,
    TAIL,
    How,
    InstalmentLine,
    NextDue,
    PaymentLine,
    PenaltyPeriod,
    StatementLine,
)
from tideover.know.portfolio.types import StandingRead

# The order in which components are shown; fees follow by name, an unsplit total stands alone.
_ORDER = ("principal", "interest", "penalty-interest", FEE, AS_STATED)

Movement = tuple[str, Money, Money, Money]
"""A component with what was stated at the cut-off, paid since (negative), and reversed since."""


def is_split(components: Sequence[str]) -> bool:
    """Whether the lender told the parts of the balance."""
    return AS_STATED not in components


def component_order(component: str) -> tuple[int, str]:
    """Where a component stands on a statement."""
    kind, _, name = component.partition(":")
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), name)


def statement_lines(
    movements: Sequence[Movement],
    payments: Sequence[PaymentLine],
    currency: str,
    cut_off_date: date,
    since: Sequence[StatementLine] = (),
) -> tuple[StatementLine, ...]:
    """The lines of a statement, in their order. Those that count add up to what is owed.

    ``since``: what fell due or accrued after the cut-off, after what was stated and before what was paid.
    """
    ordered = sorted(movements, key=lambda movement: component_order(movement[0]))
    known = [each for each in ordered if each[1] or not since]
    lines = [_stated_line(component, stated, cut_off_date) for component, stated, _, _ in known]
    lines.extend(since)
    paid = add_up((movement[2] for movement in ordered), currency)
    taken_back = add_up((movement[3] for movement in ordered), currency)
    later = [payment for payment in payments if not payment.is_contained]
    lines.append(
        StatementLine(
            "ledger.line.paid-since",
            paid,
            How("ledger.how.paid-since", {"count": len(later), "cut_off_date": cut_off_date})
            if later
            else How("ledger.how.nothing-paid-since", {"cut_off_date": cut_off_date}),
        )
    )
    if taken_back:
        lines.append(StatementLine("ledger.line.reversed-since", taken_back, How("ledger.how.reversed-since")))
    before = [payment for payment in payments if payment.is_contained and not payment.is_reversed]
    if before:
        lines.append(_paid_before_line(before, currency, cut_off_date))
    return tuple(lines)


def _stated_line(component: str, stated: Money, cut_off_date: date) -> StatementLine:
    kind, _, name = component.partition(":")
    how = "ledger.how.as-stated" if component == AS_STATED else "ledger.how.stated"
    code = "ledger.line.credit" if component == AS_STATED and stated.amount < 0 else f"ledger.line.{kind}"
    fields = {"fee": name} if kind == FEE else {}
    return StatementLine(code, stated, How(how, {"cut_off_date": cut_off_date}), fields)


def _paid_before_line(before: Sequence[PaymentLine], currency: str, cut_off_date: date) -> StatementLine:
    by_month = any(payment.date_basis == "month" for payment in before)
    return StatementLine(
        "ledger.line.paid-before",
        -add_up((payment.amount for payment in before), currency),
        How(
            "ledger.how.paid-before-by-month" if by_month else "ledger.how.paid-before",
            {"count": len(before), "cut_off_date": cut_off_date},
        ),
        {"from_date": min(payment.value_date for payment in before)},
        counts=False,
    )


def owed_how(balance_authority: str, cut_off_date: date, has_instalments: bool = False) -> How:
    """How what is owed now was reached."""
    kind = "-instalments" if has_instalments else ""
    return How(f"ledger.how.owed-{balance_authority}{kind}", {"cut_off_date": cut_off_date})


def instalment_state(left: Money, total: Money, due_date: date, day: date, is_within_tail: bool) -> str:
    """How an instalment stands on a day; ``is_within_tail``: all that is left up to it is too little to ask for."""
    if not left:
        return PAID
    if due_date > day:
        return NOT_DUE
    if is_within_tail and left < total:
        return TAIL
    return DUE_TODAY if due_date == day else OVERDUE


def fell_due_line(instalment: InstalmentLine, owing: Money) -> StatementLine:
    """What fell due after the cut-off, of which so much had not been paid in advance."""
    fields = {
        "number": instalment.number,
        "principal": instalment.principal,
        "interest": instalment.interest,
        "due_date": instalment.due_date,
    }
    code = "ledger.how.fell-due"
    if instalment.fee:
        code, fields = "ledger.how.fell-due-with-fee", {**fields, "fee": instalment.fee}
    if owing != instalment.total:
        code, fields = "ledger.how.fell-due-part", {**fields, "paid": instalment.total - owing}
        fields["total"] = instalment.total
    named = {"number": instalment.number, "due_date": instalment.due_date}
    return StatementLine("ledger.line.fell-due", owing, How(code, fields), named)


def penalty_line(period: PenaltyPeriod, counts: bool = True) -> StatementLine:
    """Interest for being late of one period: base × rate × days."""
    how = How(
        "ledger.how.penalty",
        {
            "base": period.base,
            "rate": f"{(period.year_rate * 100).normalize():f}",
            "days_of_year": period.days_of_year,
            "count": period.days,
            "from_date": period.from_date,
            "until_date": period.until_date,
        },
    )
    return StatementLine("ledger.line.penalty-accrued", period.amount, how, counts=counts)


def late_fee_line(number: int, charged_date: date, amount: Money) -> StatementLine:
    """A fee for an instalment that was left late."""
    how = How("ledger.how.late-fee", {"number": number, "charged_date": charged_date})
    return StatementLine("ledger.line.late-fee", amount, how, {"number": number})


def next_due_of(instalments: Sequence[InstalmentLine], day: date) -> tuple[NextDue | None, How]:
    """What of a schedule falls due next after the day."""
    later = [each for each in instalments if each.due_date > day and each.left]
    if not later:
        return None, How("ledger.how.nothing-due-later")
    first = min(each.due_date for each in later)
    amount = add_up((each.left for each in later if each.due_date == first), later[0].left.currency)
    return NextDue(first, amount), How("ledger.how.next-due-schedule")


def next_due(standing: StandingRead | None) -> tuple[NextDue | None, How]:
    """What falls due next, and how that is known; the lender may not have said."""
    if standing is None or standing.next_due_date is None:
        return None, How("ledger.how.next-due-not-said")
    due = NextDue(standing.next_due_date, standing.next_due)
    return due, How("ledger.how.next-due-stated", {"cut_off_date": standing.cut_off_date})
