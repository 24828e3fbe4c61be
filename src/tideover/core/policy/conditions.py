"""The condition language: one rule, parsed once, meant the same in a set and in a moment.

A condition is one line of a policy file: ``dpd >= 1 and dpd <= 30 and not dispute_open``. It may use the
columns and named values that it is given, literals, ``and``, ``or``, ``not``, ``= <> < <= > >=``, ``in``,
``between``, ``is null``, ``+ - *`` and parentheses. Anything else is refused by name. It has no functions, no
division, no subquery and no way to reach another table. Units must agree: days are not compared with money.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tideover.core.policy import condition_tree as tree
from tideover.core.policy.condition_tree import Column as Column
from tideover.core.policy.condition_tree import FactWrong as FactWrong
from tideover.core.problem import Problem

LENGTH_MAX = 1_000
DEPTH_MAX = 12
PARENTHESES_MAX = 20
NOT_MAX = 20
LIST_MAX = 200
WHOLE_MAX = 100_000

_ALLOWED_CHARACTERS = re.compile(r"[a-z0-9_ \n()<>=,.+*-]")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_PRODUCT_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")
_STRING = re.compile(r"'(?:[^']|'')*'")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER_UNIT = "number"

_SIGNS: dict[type[exp.Expression], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


class ConditionRefused(Problem):
    """A condition that the language does not take; ``code`` says why, the fields say where."""

    code = "policy.condition-refused"

    def __init__(self, reason: str, **fields: Any) -> None:
        super().__init__(**fields)
        self.code = f"policy.condition-{reason}"  # type: ignore[misc]
        self.args = (self.code, fields)


def _refuse(reason: str, **fields: Any) -> NoReturn:
    raise ConditionRefused(reason, **fields)


@dataclass(frozen=True)
class Condition:
    """A parsed condition."""

    text: str
    root: tree.Node

    @property
    def names(self) -> frozenset[str]:
        """The columns and named values that it uses."""
        return tree.names(self.root)

    def evaluate(self, facts: Mapping[str, Any]) -> bool | None:
        """True, False, or None where what is known does not decide. Every used name must be in ``facts``."""
        return self.root.value(facts)

    def to_sql(self, dialect: str, values: Mapping[str, Any] | None = None) -> str:
        """The condition in a dialect of SQL, identifiers quoted; given values become literals."""
        return _written(self, dialect) if not values else _write(self, dialect, values)

    def to_duckdb(self, values: Mapping[str, Any] | None = None) -> str:
        """The condition for DuckDB."""
        return self.to_sql("duckdb", values)


def _write(condition: Condition, dialect: str, values: Mapping[str, Any]) -> str:
    return condition.root.expression(values).sql(dialect=dialect, identify=True)


@lru_cache(maxsize=4096)
def _written(condition: Condition, dialect: str) -> str:
    """Kept, since the night writes the same few hundred conditions for every client."""
    return _write(condition, dialect, {})


def parse(text: str, columns: Iterable[Column] | Mapping[str, Column], values: Iterable[Column] = ()) -> Condition:
    """Parse a condition that may use ``columns`` and named ``values``; raise ConditionRefused."""
    known = {c.name: c for c in (columns.values() if isinstance(columns, Mapping) else columns)}
    known.update({value.name: value for value in values})
    _check_characters(text)
    try:
        statements = sqlglot.parse(text, read="duckdb")
        if len(statements) != 1 or statements[0] is None:
            _refuse("empty" if not text.strip() else "second-statement")
        root = _Builder(known).predicate(statements[0])
    except SqlglotError:
        raise ConditionRefused("not-readable", text=text) from None
    except RecursionError:
        raise ConditionRefused("too-deep", max=DEPTH_MAX) from None
    if tree.depth(root) > DEPTH_MAX:
        _refuse("too-deep", max=DEPTH_MAX)
    return Condition(" ".join(text.split()), root)


def _check_characters(text: str) -> None:
    """Refuse, by name, what the parser would silently accept."""
    if not text.strip():
        _refuse("empty")
    if len(text) > LENGTH_MAX:
        _refuse("too-long", length=len(text), max=LENGTH_MAX)
    if control := [c for c in text if not c.isprintable() and c != "\n"]:
        _refuse("strange-character", found=ascii(control[0]))
    bare = _STRING.sub("''", text)
    for pattern, reason in (
        (r"--|/\*|\*/|#", "comment"),
        (r";", "second-statement"),
        (r"/|%", "division"),
        (r"[?:$@{}\[\]]", "placeholder"),
        (r'["`]', "quoted-name"),
        (r"!=|==|<=>|\|\||\^|~|&", "unknown-sign"),
        (r"[A-Z]", "capitals"),
        (r"[a-z_]\s*\.|\.\s*[a-z_*]", "qualified-name"),
        (r"\b(select|union|insert|update|delete|drop|create|alter|with|from|exists)\b", "subquery"),
        (r"[a-z_0-9]''|''\s*''", "string-form"),
    ):
        if found := re.search(pattern, bare):
            _refuse(reason, found=found.group().strip())
    if strange := [c for c in bare.replace("''", "") if not _ALLOWED_CHARACTERS.match(c)]:
        _refuse("strange-character", found=ascii(strange[0]))
    level = deepest = 0
    for character in bare:
        level += (character == "(") - (character == ")")
        deepest = max(deepest, level)
    if deepest > PARENTHESES_MAX or len(re.findall(r"\bnot\b", bare)) > NOT_MAX or re.search(r"-\s*-\s*-", bare):
        _refuse("too-deep", max=DEPTH_MAX)


class _Builder:
    """Turns SQLGlot's tree into ours: an allow-list of nodes, each with its unit."""

    def __init__(self, known: Mapping[str, Column]) -> None:
        self.known = known

    def predicate(self, node: exp.Expression) -> tree.Node:
        """A thing that is true, false or unknown."""
        if isinstance(node, exp.Paren):
            return self.predicate(node.this)
        if isinstance(node, exp.And | exp.Or):
            parts = tuple(self.predicate(part) for part in node.flatten())
            return tree.All(parts) if isinstance(node, exp.And) else tree.AnyOf(parts)
        if isinstance(node, exp.Not):
            return tree.Not(self.predicate(node.this))
        if type(node) in _SIGNS:
            return self._compare(_SIGNS[type(node)], node.this, node.expression)
        if isinstance(node, exp.Between):
            low = self._compare(">=", node.this, node.args["low"])
            return tree.All((low, self._compare("<=", node.this, node.args["high"])))
        if isinstance(node, exp.In):
            return self._is_in(node)
        if isinstance(node, exp.Is):
            if not isinstance(node.expression, exp.Null):
                _refuse("is-not-null-test", found=node.sql())
            return tree.IsNull(self._name(node.this))
        if isinstance(node, exp.Boolean):
            return tree.Literal(bool(node.this), "boolean")
        thing = self._thing(node)
        if thing.unit != "boolean":
            _refuse("not-yes-or-no", found=node.sql(), unit=thing.unit)
        return thing

    def _compare(self, sign: str, left: exp.Expression, right: exp.Expression) -> tree.Node:
        for side in (left, right):
            if isinstance(side.unnest(), tuple(_SIGNS)):
                _refuse("chained-comparison", found=side.sql())
            if isinstance(side.unnest(), exp.Null):
                _refuse("equals-null", found=sign)
        one, other = self._agree(self._thing(left), self._thing(right), left, right)
        if one.unit == "boolean":
            _refuse("boolean-compared", found=left.sql())
        if sign not in ("=", "<>") and one.unit not in tree.ORDERED_UNITS:
            _refuse("no-order", unit=one.unit, found=left.sql())
        return tree.Compare(sign, one, other)

    def _is_in(self, node: exp.In) -> tree.Node:
        listed = node.expressions
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field") or not listed:
            _refuse("subquery", found=node.sql())
        if len(listed) > LIST_MAX:
            _refuse("too-long", length=len(listed), max=LIST_MAX)
        item = self._thing(node.this)
        literals: list[tree.Literal] = []
        for entry in listed:
            if isinstance(entry, exp.Null):
                _refuse("equals-null", found="in")
            literal = self._agree(item, self._thing(entry), node.this, entry)[1]
            if not isinstance(literal, tree.Literal):
                _refuse("list-not-literal", found=entry.sql())
            literals.append(literal)
        if item.unit in (_NUMBER_UNIT, "boolean") or isinstance(item, tree.Literal):
            _refuse("literals-only", found=node.sql())
        return tree.IsIn(item, tuple(literals))

    def _thing(self, node: exp.Expression) -> tree.Node:
        """A thing with a unit."""
        if isinstance(node, exp.Paren):
            return self._thing(node.this)
        if isinstance(node, exp.Column):
            return self._name(node)
        if isinstance(node, exp.Literal):
            return self._literal(node)
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
            literal = self._literal(node.this)
            return tree.Literal(-literal.literal, literal.unit)
        if type(node) in _ARITHMETIC:
            return self._arithmetic(_ARITHMETIC[type(node)], node)
        if isinstance(node, exp.Null):
            _refuse("equals-null", found="null")
        if isinstance(node, exp.Func | exp.Case | exp.Cast | exp.Anonymous) and not isinstance(node, exp.Connector):
            _refuse("function", found=node.sql())
        if isinstance(node, exp.Query | exp.Subquery | exp.DDL | exp.DML):
            _refuse("subquery", found=node.sql())
        if isinstance(node, exp.Not | exp.Connector | exp.Predicate | exp.Boolean):
            _refuse("boolean-compared", found=node.sql())
        _refuse("unknown-word", found=node.sql())

    def _name(self, node: exp.Expression) -> tree.Name:
        node = node.unnest()
        if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
            _refuse("is-not-null-test", found=node.sql())
        name = node.name
        if name not in self.known:
            _refuse("unknown-column", column=name, known=", ".join(sorted(self.known)))
        return tree.Name(name, self.known[name].unit)

    def _literal(self, node: exp.Literal) -> tree.Literal:
        if node.is_string:
            return tree.Literal(node.this, "text")
        if not _NUMBER.fullmatch(node.this):
            _refuse("number-form", found=node.this)
        whole = "." not in node.this
        return tree.Literal(int(node.this) if whole else Decimal(node.this), _NUMBER_UNIT)

    def _arithmetic(self, sign: str, node: exp.Expression) -> tree.Node:
        left, right = self._thing(node.this), self._thing(node.expression)
        if left.unit == right.unit == _NUMBER_UNIT:
            _refuse("literals-only", found=node.sql())
        if sign == "*":
            return self._product(left, right, node)
        if left.unit == "date" and right.unit in ("days", _NUMBER_UNIT):
            if right.unit == _NUMBER_UNIT:
                right = self._adapt(right, "days", node.expression)
            return tree.Arithmetic(sign, left, right, "date")
        if left.unit == right.unit == "date" and sign == "-":
            return tree.Arithmetic(sign, left, right, "days")
        left, right = self._agree(left, right, node.this, node.expression)
        if left.unit not in tree.WHOLE_UNITS | tree.EXACT_UNITS:
            _refuse("no-arithmetic", unit=left.unit, found=node.sql())
        return tree.Arithmetic(sign, left, right, left.unit)

    def _product(self, left: tree.Node, right: tree.Node, node: exp.Expression) -> tree.Node:
        """A unit times a plain number, or times a share."""
        for one, other in ((left, right), (right, left)):
            if isinstance(one, tree.Arithmetic) and one.sign == "*":
                _refuse("product-of-products", found=node.sql())
            if isinstance(other, tree.Literal) and not _PRODUCT_NUMBER.fullmatch(str(abs(other.literal))):
                _refuse("number-form", found=str(other.literal))
            if one.unit in tree.EXACT_UNITS and other.unit in (_NUMBER_UNIT, "share"):
                return tree.Arithmetic("*", left, right, one.unit)
            if one.unit in tree.WHOLE_UNITS and other.unit == _NUMBER_UNIT:
                self._adapt(other, one.unit, node)
                return tree.Arithmetic("*", left, right, one.unit)
        _refuse("mixed-units", left=left.unit, right=right.unit, found=node.sql())

    def _agree(
        self, left: tree.Node, right: tree.Node, left_node: exp.Expression, right_node: exp.Expression
    ) -> tuple[tree.Node, tree.Node]:
        """Both sides in one unit: a literal takes the unit of the other side; else they must be equal."""
        if isinstance(left, tree.Literal) and isinstance(right, tree.Literal):
            _refuse("literals-only", found=f"{left_node.sql()}, {right_node.sql()}")
        if isinstance(left, tree.Literal):
            left = self._adapt(left, right.unit, left_node, right)
        if isinstance(right, tree.Literal):
            right = self._adapt(right, left.unit, right_node, left)
        if left.unit != right.unit:
            found = f"{left_node.sql()}, {right_node.sql()}"
            _refuse("mixed-units", left=left.unit, right=right.unit, found=found)
        return left, right

    def _adapt(
        self, literal: tree.Node, unit: str, node: exp.Expression, other: tree.Node | None = None
    ) -> tree.Literal:
        """The literal in the unit of the thing beside it."""
        value = literal.literal if isinstance(literal, tree.Literal) else None
        if literal.unit == _NUMBER_UNIT and unit in tree.EXACT_UNITS:
            return tree.Literal(value, unit)
        if literal.unit == _NUMBER_UNIT and unit in tree.WHOLE_UNITS:
            if isinstance(value, int) and abs(value) > WHOLE_MAX:
                _refuse("number-form", found=node.sql())
            if not isinstance(value, int):
                _refuse("not-whole", unit=unit, found=node.sql())
            return tree.Literal(value, unit)
        if literal.unit == "text" and unit in ("date", "time"):
            return tree.Literal(_moment(str(value), unit), unit)
        if literal.unit == "text" and unit == "text":
            allowed = self.known[other.name].values if isinstance(other, tree.Name) else None
            if allowed is not None and value not in allowed:
                _refuse("unknown-value", value=value, column=other.name, known=", ".join(allowed))  # type: ignore[union-attr]
            return tree.Literal(value, unit)
        _refuse("mixed-units", left=literal.unit, right=unit, found=node.sql())


def _moment(text: str, unit: str) -> datetime.date | datetime.time:
    """A date or a time of day from its text."""
    pattern, read = (_DATE, datetime.date.fromisoformat) if unit == "date" else (_TIME, datetime.time.fromisoformat)
    try:
        if pattern.fullmatch(text):
            return read(text)
    except ValueError:
        pass
    _refuse("moment-form", unit=unit, found=text)
