"""Can some facts make these conditions hold, and those not? A search for one such set of facts, the witness.

It serves ``tideover check``: two populations overlap when a witness is in both; a step is unreachable when no
witness reaches it. A witness found is proof. Where none is found, that is proof only for conditions that compare
columns with literals (``Answer.NONE``); where columns are compared or added, the answer is ``Answer.UNTOLD``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from tideover.core.policy import condition_tree as tree
from tideover.core.policy.conditions import Column, Condition

STEPS_MAX = 20_000
_TRUTHS = frozenset({True, False, None})
_ELSE = "·"

Possible = frozenset[bool | None]


class Answer(enum.Enum):
    """Why there is no witness."""

    NONE = "none"
    UNTOLD = "untold"


def find(
    holds: Sequence[Condition], columns: Mapping[str, Column], fails: Sequence[Condition] = ()
) -> dict[str, Any] | Answer:
    """Facts for which each of ``holds`` is true and none of ``fails`` is, or why there are none.

    Columns that no condition uses are left out.
    """
    search = _Search(holds, fails, columns)
    found = search.run({})
    if found is not None:
        return found
    told = search.steps_left > 0 and all(_is_plain(c.root) for c in (*holds, *fails))
    return Answer.NONE if told else Answer.UNTOLD


def in_words(facts: Mapping[str, Any]) -> str:
    """A witness as it can be written into an example."""
    return ", ".join(f"{name}: {_word(value)}" for name, value in facts.items())


def _word(value: Any) -> str:
    return "unknown" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class _Search:
    def __init__(self, holds: Sequence[Condition], fails: Sequence[Condition], columns: Mapping[str, Column]) -> None:
        self.holds, self.fails = holds, fails
        every = [*holds, *fails]
        self.names = list(dict.fromkeys(name for c in every for name in sorted(c.names)))
        literals = [literal for c in every for literal in _literals(c.root)]
        self.candidates = {name: _candidates(columns[name], literals) for name in self.names}
        self.steps_left = STEPS_MAX

    def run(self, facts: dict[str, Any]) -> dict[str, Any] | None:
        self.steps_left -= 1
        if self.steps_left <= 0:
            return None
        open_names: list[str] = []
        for condition in self.holds:
            if True not in (outlook := possible(condition.root, facts)):
                return None
            if outlook != {True}:
                open_names.extend(condition.names - facts.keys())
        for condition in self.fails:
            if (outlook := possible(condition.root, facts)) == {True}:
                return None
            if True in outlook:
                open_names.extend(condition.names - facts.keys())
        if not open_names:
            return dict(facts)
        name = min(open_names, key=self.names.index)
        for candidate in self.candidates[name]:
            if (found := self.run({**facts, name: candidate})) is not None:
                return found
        return None


def possible(node: tree.Node, facts: Mapping[str, Any]) -> Possible:
    """What the node may still come to, where not every fact is chosen yet."""
    if isinstance(node, tree.All | tree.AnyOf):
        parts = [possible(item, facts) for item in node.items]
        join = _all if isinstance(node, tree.All) else _any
        found = parts[0]
        for part in parts[1:]:
            found = frozenset(join(pair) for pair in product(found, part))
        return found
    if isinstance(node, tree.Not):
        return frozenset(None if v is None else not v for v in possible(node.item, facts))
    if tree.names(node) <= facts.keys():
        return frozenset({node.value(facts)})
    return frozenset({True, False}) if isinstance(node, tree.IsNull) else _TRUTHS


def _all(pair: tuple[bool | None, bool | None]) -> bool | None:
    return False if False in pair else None if None in pair else True


def _any(pair: tuple[bool | None, bool | None]) -> bool | None:
    return True if True in pair else None if None in pair else False


def _is_plain(node: tree.Node) -> bool:
    """Whether only columns are compared with literals in it."""
    if isinstance(node, tree.Arithmetic):
        return False
    if isinstance(node, tree.Compare):
        return isinstance(node.left, tree.Literal) != isinstance(node.right, tree.Literal)
    return all(_is_plain(child) for child in node.children())


def _literals(node: tree.Node) -> list[tree.Literal]:
    if isinstance(node, tree.Literal):
        return [node]
    return [literal for child in node.children() for literal in _literals(child)]


_SMALLEST: dict[str, Any] = {"money": Decimal("0.0001"), "share": Decimal("0.000001"), "date": timedelta(days=1)}


def _candidates(column: Column, literals: Iterable[tree.Literal]) -> list[Any]:
    """Values that can make a difference: each literal of the unit, just below and just above it, and unknown."""
    if column.unit == "boolean":
        return [True, False, None]
    written = {literal.literal for literal in literals if literal.unit == column.unit}
    if column.unit == "text":
        return [*(column.values or sorted(written)), *([] if column.values else [_ELSE]), None]
    if column.unit == "time":
        return [*sorted({moment for value in written for moment in _around(value)} or {time(12)}), None]
    if column.unit == "instant":
        return [datetime(2026, 1, 1).astimezone(), None]
    if not written:
        written = {date(2026, 1, 1)} if column.unit == "date" else {0}
    small = _SMALLEST.get(column.unit, 1)
    return [*sorted({v for value in written for v in (value - small, value, value + small)}), None]


def _around(value: time) -> list[time]:
    start = datetime.combine(date(2026, 1, 1), value)
    return [(start + timedelta(seconds=seconds)).time() for seconds in (-1, 0, 1)]
