"""How a statement is built from what was stated and what was paid. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tideover.core.money import Money, add_up
from tideover.know.ledger.types import AS_STATED, FEE, How, NextDue, PaymentLine, StatementLine
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
    movements: Sequence[Movement], payments: Sequence[PaymentLine], currency: str, cut_off_date: date
) -> tuple[StatementLine, ...]:
    """The lines of a statement, in their order. Those that count add up to what is owed."""
    ordered = sorted(movements, key=lambda movement: component_order(movement[0]))
    lines = [_stated_line(component, stated, cut_off_date) for component, stated, _, _ in ordered]
    paid = add_up((movement[2] for movement in ordered), currency)
    taken_back = add_up((movement[3] for movement in ordered), currency)
    since = [payment for payment in payments if not payment.is_contained]
    lines.append(
        StatementLine(
            "ledger.line.paid-since",
            paid,
            How("ledger.how.paid-since", {"count": len(since), "cut_off_date": cut_off_date})
            if since
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


def owed_how(balance_authority: str, cut_off_date: date) -> How:
    """How what is owed now was reached."""
    return How(f"ledger.how.owed-{balance_authority}", {"cut_off_date": cut_off_date})


def next_due(standing: StandingRead | None) -> tuple[NextDue | None, How]:
    """What falls due next, and how that is known; the lender may not have said."""
    if standing is None or standing.next_due_date is None:
        return None, How("ledger.how.next-due-not-said")
    due = NextDue(standing.next_due_date, standing.next_due)
    return due, How("ledger.how.next-due-stated", {"cut_off_date": standing.cut_off_date})
