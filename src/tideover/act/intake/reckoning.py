"""Whether a file can be right: pure, over what the client says of it, what it holds and what came before.

Two answers are kept apart. A file that contradicts its own control file, or comes at a time at which it cannot be
news, is *held*: nothing of it is taken, and a mending takes its place. A file that is sound in itself but shows that
something else is missing (a number before it, too many accounts) is taken. Either stops the client's collection.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from tideover.act.intake.types import DELTA, FULL, TAKEN, Control, Counted, Difference
from tideover.core import money
from tideover.know.clients.types import StopReason

HOLDING = frozenset({"rows-differ", "totals-differ", "sequence-used", "future-dated", "stale"})
CONTRADICTIONS = frozenset({"rows-differ", "totals-differ", "future-dated"})
"""Of those that hold a file, what its own control file or its date says against it."""
ROWS = "rows"


@dataclass(frozen=True)
class Earlier:
    """A file of the kind that came before: its number, its cut-off, whether it was taken, what it mends."""

    import_id: int
    kind: str
    sequence: int | None
    cut_off_date: date
    status: str
    mends_id: int | None


def differences(control: Control, counted: Counted, *, may_be_negative: bool) -> tuple[Difference, ...]:
    """Where the file differs from what the client says of it. All records count, also the quarantined.

    A difference of money is explained where amounts could not be read and more is missing than nothing: what cannot
    be read adds to a total unless the kind of balance may be negative. A number of records explains itself never.
    """
    found: list[Difference] = []
    if control.rows_count != counted.rows_count:
        found.append(Difference(ROWS, Decimal(control.rows_count), Decimal(counted.rows_count), False))
    for total in control.totals:
        read = counted.totals.get(total.currency, Decimal(0))
        if total.amount != read:
            is_explained = counted.unreadable_count > 0 and (may_be_negative or total.amount > read)
            found.append(Difference(total.currency, total.amount, read, is_explained))
    announced = {total.currency for total in control.totals}
    for currency in sorted(counted.totals.keys() - announced if announced else ()):
        found.append(Difference(currency, Decimal(0), counted.totals[currency], False))
    return tuple(found)


def reasons_of(found: Sequence[Difference]) -> list[StopReason]:
    """The differences that nothing explains, as reasons to stop."""
    reasons: list[StopReason] = []
    for each in found:
        if each.is_explained:
            continue
        if each.what == ROWS:
            fields = {"stated": f"{each.stated:f}", "counted": f"{each.counted:f}"}
            reasons.append(StopReason("rows-differ", fields))
        else:
            fields = {"stated": _written(each.stated, each.what), "counted": _written(each.counted, each.what)}
            fields |= {"currency": each.what, "difference": _written(abs(each.stated - each.counted), each.what)}
            reasons.append(StopReason("totals-differ", fields))
    return reasons


def _written(amount: Decimal, currency: str) -> str:
    """To the currency's places; what a broken file adds up to may be more than money can be."""
    return f"{amount:.{money.exponent(currency)}f}"


def time_reasons(
    kind: str, control: Control | None, cut_off: date, today: date, before: Sequence[Earlier]
) -> list[StopReason]:
    """What is wrong with the moment at which a file comes: its number, its date. Never asked of a mending."""
    reasons: list[StopReason] = []
    if cut_off > today:
        reasons.append(StopReason("future-dated", {"cut_off": cut_off.isoformat(), "today": today.isoformat()}))
    late = False
    if control is not None:
        by_number = _by_number(kind, before)
        latest = max(by_number, default=None)
        if control.sequence in by_number:
            fields = {"sequence": str(control.sequence), "import_id": str(by_number[control.sequence])}
            reasons.append(StopReason("sequence-used", fields))
        elif latest is not None and control.sequence < latest:
            late = True
            fields = {"sequence": str(control.sequence), "latest": str(latest)}
            reasons.append(StopReason("out-of-order", fields))
        elif latest is not None and control.sequence > latest + 1:
            missing = _numbers(latest + 1, control.sequence - 1)
            reasons.append(StopReason("sequence-gap", {"sequence": str(control.sequence), "missing": missing}))
    if not late and (newest := _not_news(kind, cut_off, before)) is not None:
        reasons.append(StopReason("stale", {"cut_off": cut_off.isoformat(), "latest": newest.isoformat()}))
    return reasons


def _by_number(kind: str, before: Sequence[Earlier]) -> dict[int, int]:
    return {
        each.sequence: each.import_id
        for each in before
        if each.kind == kind and each.sequence is not None and each.mends_id is None
    }


def _numbers(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def missing_numbers(fields: Mapping[str, str]) -> tuple[int, int]:
    """The first and last number that a ``sequence-gap`` misses."""
    first, _, last = fields["missing"].partition("–")
    return int(first), int(last or first)


def _not_news(kind: str, cut_off: date, before: Sequence[Earlier]) -> date | None:
    """The cut-off of a file taken before that makes this one old: of a full file, also one of the same day."""
    taken = [each for each in before if each.status == TAKEN and each.mends_id is None]
    if kind == FULL:
        newest = max((each.cut_off_date for each in taken if each.kind == FULL), default=None)
        return newest if newest is not None and cut_off <= newest else None
    if kind == DELTA:
        newest = max((each.cut_off_date for each in taken if each.kind in (FULL, DELTA)), default=None)
        return newest if newest is not None and cut_off < newest else None
    return None


def is_held(kind: str, reasons: Collection[StopReason]) -> bool:
    """Whether nothing of the file is taken."""
    return any(each.code in HOLDING or (each.code == "out-of-order" and kind == FULL) for each in reasons)


def gone_most(expected_count: int, share_max: Decimal) -> int:
    """How many accounts may be absent from a full file before collection stops."""
    return int((expected_count * share_max).to_integral_value(ROUND_FLOOR))


def gone_reason(gone_count: int, expected_count: int, share_max: Decimal) -> StopReason | None:
    """The reason to stop when more than the share is gone."""
    most = gone_most(expected_count, share_max)
    if gone_count <= most:
        return None
    fields = {"gone": str(gone_count), "expected": str(expected_count), "most": str(most)}
    return StopReason("gone-above-share", fields)


def together(root: Counted, replaced: Counted, mending: Counted, added_count: int) -> Counted:
    """A mended file's count: what it held, without the records that were mended, with those that mend them."""
    totals = dict(root.totals)
    for currency, amount in replaced.totals.items():
        totals[currency] = totals.get(currency, Decimal(0)) - amount
    for currency, amount in mending.totals.items():
        totals[currency] = totals.get(currency, Decimal(0)) + amount
    return Counted(
        rows_count=root.rows_count + added_count,
        totals=totals,
        unreadable_count=max(0, root.unreadable_count - replaced.unreadable_count + mending.unreadable_count),
    )
