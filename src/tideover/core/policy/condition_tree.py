"""The typed tree of a condition: what it means in Python (three-valued) and in SQL.

Every node answers two questions: ``value(facts)`` for one account or customer, and ``expression(values)``
for a set. ``None`` is *unknown* throughout, as NULL is in SQL: what is unknown is neither true nor false.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

UNITS = ("text", "boolean", "date", "time", "instant", "days", "hours", "minutes", "count", "money", "share")
WHOLE_UNITS = frozenset({"days", "hours", "minutes", "count"})
EXACT_UNITS = frozenset({"money", "share"})
ORDERED_UNITS = WHOLE_UNITS | EXACT_UNITS | {"date", "time", "instant"}

_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "boolean": bool,
    "date": datetime.date,
    "time": datetime.time,
    "instant": datetime.datetime,
    **dict.fromkeys(WHOLE_UNITS, int),
    **dict.fromkeys(EXACT_UNITS, (Decimal, int)),
}

DUCKDB_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
    "instant": "TIMESTAMP WITH TIME ZONE",
    "money": "DECIMAL(18,4)",
    "share": "DECIMAL(9,6)",
    **dict.fromkeys(WHOLE_UNITS, "BIGINT"),
}


@dataclass(frozen=True)
class Column:
    """A name that a condition may use: a column of a set, or a named value of a rule, with its unit."""

    name: str
    unit: str
    title: Mapping[str, str] | None = None
    values: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a unit that the language does not know."""
        if self.unit not in UNITS:
            raise ValueError(f"column {self.name}: unknown unit {self.unit}; known: {', '.join(UNITS)}")

    @property
    def duckdb_type(self) -> str:
        """The type that this column has in DuckDB and in Parquet."""
        return DUCKDB_TYPES[self.unit]


class FactWrong(TypeError):
    """A fact is missing or not of its column's type: a mistake of ours, never of a policy file."""


def _typed(name: str, unit: str, facts: Mapping[str, Any]) -> Any:
    if name not in facts:
        raise FactWrong(f"no fact {name}; write None where it is unknown")
    fact = facts[name]
    if fact is None:
        return None
    wrong_bool = isinstance(fact, bool) and unit != "boolean"
    wrong_date = isinstance(fact, datetime.datetime) and unit != "instant"
    if wrong_bool or wrong_date or not isinstance(fact, _PYTHON_TYPES[unit]):
        raise FactWrong(f"{name} is {type(fact).__name__}, but its unit is {unit}")
    return fact


def literal_expression(value: Any) -> exp.Expression:
    """A typed literal in SQL."""
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | Decimal):
        number = exp.Literal.number(str(abs(value)))
        return exp.Neg(this=number) if value < 0 else number
    if isinstance(value, datetime.datetime):
        text, kind = value.isoformat(sep=" "), "TIMESTAMPTZ"
    elif isinstance(value, datetime.date):
        text, kind = value.isoformat(), "DATE"
    elif isinstance(value, datetime.time):
        text, kind = value.isoformat(timespec="seconds"), "TIME"
    else:
        return exp.Literal.string(value)
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build(kind))


@dataclass(frozen=True)
class Name:
    """A column or a named value."""

    name: str
    unit: str

    def value(self, facts: Mapping[str, Any]) -> Any:
        """The fact, or None where it is unknown."""
        return _typed(self.name, self.unit, facts)

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The quoted column, or the literal where the name is a value that is given."""
        if self.name in values:
            return literal_expression(_typed(self.name, self.unit, values))
        return exp.Column(this=exp.to_identifier(self.name, quoted=True))

    def children(self) -> tuple[Node, ...]:
        """A name is a leaf."""
        return ()


@dataclass(frozen=True)
class Literal:
    """A number, a text, a date or a time that is written in the condition."""

    literal: Any
    unit: str

    def value(self, facts: Mapping[str, Any]) -> Any:
        """The literal itself."""
        return self.literal

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The literal in SQL."""
        return literal_expression(self.literal)

    def children(self) -> tuple[Node, ...]:
        """A literal is a leaf."""
        return ()


_ARITHMETIC: dict[str, tuple[Callable[[Any, Any], Any], type[exp.Binary]]] = {
    "+": (operator.add, exp.Add),
    "-": (operator.sub, exp.Sub),
    "*": (operator.mul, exp.Mul),
}
_COMPARISON: dict[str, tuple[Callable[[Any, Any], Any], type[exp.Binary]]] = {
    "=": (operator.eq, exp.EQ),
    "<>": (operator.ne, exp.NEQ),
    "<": (operator.lt, exp.LT),
    "<=": (operator.le, exp.LTE),
    ">": (operator.gt, exp.GT),
    ">=": (operator.ge, exp.GTE),
}


@dataclass(frozen=True)
class Arithmetic:
    """A sum, a difference or a product with a known unit."""

    sign: str
    left: Node
    right: Node
    unit: str

    def value(self, facts: Mapping[str, Any]) -> Any:
        """The result; unknown where one side is unknown."""
        left, right = self.left.value(facts), self.right.value(facts)
        if left is None or right is None:
            return None
        if isinstance(left, datetime.date) and isinstance(right, datetime.date):
            return (left - right).days
        if isinstance(left, datetime.date):
            right = datetime.timedelta(days=right)
        return _ARITHMETIC[self.sign][0](left, right)

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The same in SQL, in parentheses; days added to a date are a narrow integer there."""
        right = self.right.expression(values)
        if self.left.unit == "date" and self.right.unit == "days":
            right = exp.Cast(this=right, to=exp.DataType.build("INT"))
        sides = {"this": self.left.expression(values), "expression": right}
        return exp.Paren(this=_ARITHMETIC[self.sign][1](**sides))

    def children(self) -> tuple[Node, ...]:
        """Both sides."""
        return (self.left, self.right)


@dataclass(frozen=True)
class Compare:
    """One comparison of two things of one unit."""

    sign: str
    left: Node
    right: Node
    unit: str = "boolean"

    def value(self, facts: Mapping[str, Any]) -> bool | None:
        """True, False, or None where one side is unknown."""
        left, right = self.left.value(facts), self.right.value(facts)
        if left is None or right is None:
            return None
        return _COMPARISON[self.sign][0](left, right)

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The same in SQL, in parentheses."""
        sides = {"this": self.left.expression(values), "expression": self.right.expression(values)}
        return exp.Paren(this=_COMPARISON[self.sign][1](**sides))

    def children(self) -> tuple[Node, ...]:
        """Both sides."""
        return (self.left, self.right)


@dataclass(frozen=True)
class IsIn:
    """One thing is among listed literals."""

    item: Node
    literals: tuple[Literal, ...]
    unit: str = "boolean"

    def value(self, facts: Mapping[str, Any]) -> bool | None:
        """True, False, or None where the thing is unknown."""
        item = self.item.value(facts)
        return None if item is None else any(item == literal.literal for literal in self.literals)

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The same in SQL, in parentheses."""
        listed = [literal.expression(values) for literal in self.literals]
        return exp.Paren(this=exp.In(this=self.item.expression(values), expressions=listed))

    def children(self) -> tuple[Node, ...]:
        """The thing and the list."""
        return (self.item, *self.literals)


@dataclass(frozen=True)
class IsNull:
    """The thing is unknown. This alone turns what is unknown into yes or no."""

    item: Node
    unit: str = "boolean"

    def value(self, facts: Mapping[str, Any]) -> bool:
        """True where the thing is unknown."""
        return self.item.value(facts) is None

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The same in SQL, in parentheses."""
        return exp.Paren(this=exp.Is(this=self.item.expression(values), expression=exp.Null()))

    def children(self) -> tuple[Node, ...]:
        """The thing."""
        return (self.item,)


@dataclass(frozen=True)
class Not:
    """The opposite; what is unknown stays unknown."""

    item: Node
    unit: str = "boolean"

    def value(self, facts: Mapping[str, Any]) -> bool | None:
        """The opposite, or None."""
        value = self.item.value(facts)
        return None if value is None else not value

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The same in SQL, in parentheses."""
        return exp.Paren(this=exp.Not(this=self.item.expression(values)))

    def children(self) -> tuple[Node, ...]:
        """The thing."""
        return (self.item,)


@dataclass(frozen=True)
class All:
    """Each of them holds (and)."""

    items: tuple[Node, ...]
    unit: str = "boolean"

    def value(self, facts: Mapping[str, Any]) -> bool | None:
        """False if one is false; else None if one is unknown; else True."""
        values = [item.value(facts) for item in self.items]
        return False if False in values else None if None in values else True

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The same in SQL, in parentheses."""
        return exp.Paren(this=exp.and_(*(item.expression(values) for item in self.items), copy=False, wrap=False))

    def children(self) -> tuple[Node, ...]:
        """The parts."""
        return self.items


@dataclass(frozen=True)
class AnyOf:
    """At least one of them holds (or)."""

    items: tuple[Node, ...]
    unit: str = "boolean"

    def value(self, facts: Mapping[str, Any]) -> bool | None:
        """True if one is true; else None if one is unknown; else False."""
        values = [item.value(facts) for item in self.items]
        return True if True in values else None if None in values else False

    def expression(self, values: Mapping[str, Any]) -> exp.Expression:
        """The same in SQL, in parentheses."""
        return exp.Paren(this=exp.or_(*(item.expression(values) for item in self.items), copy=False, wrap=False))

    def children(self) -> tuple[Node, ...]:
        """The parts."""
        return self.items


Node = Name | Literal | Arithmetic | Compare | IsIn | IsNull | Not | All | AnyOf


def depth(node: Node) -> int:
    """How deep the tree is."""
    return 1 + max((depth(child) for child in node.children()), default=0)


def names(node: Node) -> frozenset[str]:
    """Every column and named value that the tree uses."""
    if isinstance(node, Name):
        return frozenset({node.name})
    return frozenset().union(*(names(child) for child in node.children()))
