"""Small closed schemas: a room declares what its policy file may hold, and every key beyond that is refused.

A schema is made of the types below. Reading never stops at the first fault: each is noted with its line,
and the value becomes ``INVALID``. A ``Record`` builds the dataclass of the room; where that has a field
``line``, it receives the line of its first key.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from string import Formatter
from typing import Any, Protocol

from tideover.core import words
from tideover.core.policy import conditions
from tideover.core.policy.types import Fault
from tideover.core.policy.yaml_nodes import Listing, Mapping, Node, Scalar

LANGUAGES = ("en", "zh-Hans")
INVALID: Any = object()

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_INTEGER = re.compile(r"-?[0-9]+")
_DIGITS, _DECIMALS = 15, 8
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
_NAME = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")


def kind_of_value(code: str) -> Any:
    """What a kind of value is called, in both languages."""
    return words.catalogue()[f"policy.kind-of-value.{code}"]


@dataclass
class Reading:
    """The reading of one file: where faults are noted."""

    path: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: str, line: int, **fields: Any) -> Any:
        """Note a fault; returns INVALID, so that a type can say ``return reading.fault(…)``."""
        self.faults.append(Fault(code, self.path, line, **fields))
        return INVALID

    def not_this(self, node: Node, wanted: str) -> Any:
        """Note that another kind of value is wanted here: a code of ``policy.kind-of-value``."""
        return self.fault("schema-not-this", node.line, wanted=kind_of_value(wanted))

    def too_long(self, scalar: Scalar) -> Any:
        """Note that a number has more digits than are read."""
        found = scalar.text if len(scalar.text) <= 40 else f"{scalar.text[:39]}…"
        return self.fault("schema-digits", scalar.line, found=found, digits=_DIGITS, decimals=_DECIMALS)

    def condition(
        self,
        text: str,
        line: int,
        columns: Iterable[conditions.Column],
        values: Iterable[conditions.Column] = (),
    ) -> Any:
        """The parsed condition, or INVALID with the refusal noted at the line."""
        try:
            return conditions.parse(text, columns, values)
        except conditions.ConditionRefused as refused:
            return self.fault(refused.code, line, **refused.fields)


class Type(Protocol):
    """Something that reads a node."""

    def read(self, node: Node, reading: Reading) -> Any:
        """The typed value, or INVALID with the fault noted."""
        ...


def _scalar(node: Node, reading: Reading, wanted: str) -> Scalar | None:
    if isinstance(node, Scalar) and not node.is_empty:
        return node
    reading.not_this(node, wanted)
    return None


@dataclass(frozen=True)
class Text:
    """A line of text."""

    longest: int = 400
    pattern: str | None = None

    def read(self, node: Node, reading: Reading) -> Any:
        """The text without blanks at its ends."""
        if (scalar := _scalar(node, reading, "text")) is None:
            return INVALID
        text = scalar.text.strip()
        if not text or len(text) > self.longest:
            return reading.fault("schema-length", node.line, max=self.longest)
        if self.pattern and not re.fullmatch(self.pattern, text):
            return reading.fault("schema-form", node.line, found=text, wanted=self.pattern)
        return text


@dataclass(frozen=True)
class Name:
    """A name in lower case: letters, digits and single hyphens, underscores or points between."""

    def read(self, node: Node, reading: Reading) -> Any:
        """The name."""
        if (scalar := _scalar(node, reading, "name")) is None:
            return INVALID
        if not _NAME.fullmatch(scalar.text) or len(scalar.text) > 80:
            return reading.fault("schema-name", node.line, found=scalar.text)
        return scalar.text


@dataclass(frozen=True)
class Choice:
    """One of a closed list."""

    values: tuple[str, ...]

    def read(self, node: Node, reading: Reading) -> Any:
        """The value."""
        if not isinstance(node, Scalar) or node.is_empty:
            return reading.fault("schema-not-this", node.line, wanted=" | ".join(self.values))
        if node.text not in self.values:
            return reading.fault("schema-unknown-value", node.line, found=node.text, known=", ".join(self.values))
        return node.text


@dataclass(frozen=True)
class Boolean:
    """``true`` or ``false``, and no other spelling."""

    def read(self, node: Node, reading: Reading) -> Any:
        """The truth value."""
        found = Choice(("true", "false")).read(node, reading)
        return found if found is INVALID else found == "true"


def _is_too_long(number: str) -> bool:
    """Whether a number has more digits than are read; it is told from what is no number at all."""
    whole, _, decimals = number.removeprefix("-").partition(".")
    return len(whole) > _DIGITS or len(decimals) > _DECIMALS


@dataclass(frozen=True)
class Integer:
    """A whole number within limits."""

    least: int = 0
    most: int = 1_000_000_000

    def read(self, node: Node, reading: Reading) -> Any:
        """The number."""
        if (scalar := _scalar(node, reading, "whole-number")) is None:
            return INVALID
        if not _INTEGER.fullmatch(scalar.text):
            return reading.not_this(node, "whole-number")
        if _is_too_long(scalar.text):
            return reading.too_long(scalar)
        if not self.least <= int(scalar.text) <= self.most:
            return reading.fault("schema-range", node.line, found=scalar.text, least=self.least, most=self.most)
        return int(scalar.text)


@dataclass(frozen=True)
class Number:
    """An exact decimal number within limits."""

    least: Decimal = Decimal(0)
    most: Decimal = Decimal(10) ** 15

    def read(self, node: Node, reading: Reading) -> Any:
        """The number as Decimal."""
        if (scalar := _scalar(node, reading, "number")) is None:
            return INVALID
        if not _NUMBER.fullmatch(scalar.text):
            return reading.not_this(node, "number")
        if _is_too_long(scalar.text):
            return reading.too_long(scalar)
        if not self.least <= Decimal(scalar.text) <= self.most:
            return reading.fault("schema-range", node.line, found=scalar.text, least=self.least, most=self.most)
        return Decimal(scalar.text)


@dataclass(frozen=True)
class Moment:
    """A ``date`` (2026-10-01), a ``time`` of day (08:00) or an ``instant`` (2026-10-01 08:00+08:00)."""

    unit: str

    def read(self, node: Node, reading: Reading) -> Any:
        """The date, time or instant."""
        pattern, kind = {"date": (_DATE, date), "time": (_TIME, time), "instant": (_INSTANT, datetime)}[self.unit]
        if (scalar := _scalar(node, reading, self.unit)) is None:
            return INVALID
        try:
            if pattern.fullmatch(scalar.text):
                return kind.fromisoformat(scalar.text)
        except ValueError:
            pass
        return reading.fault("schema-moment", node.line, found=scalar.text, unit=kind_of_value(self.unit))


def Date() -> Moment:
    """A date."""
    return Moment("date")


def TimeOfDay() -> Moment:
    """A time of day."""
    return Moment("time")


@dataclass(frozen=True)
class ListOf:
    """A list, each entry of one type."""

    item: Type
    least: int = 0
    most: int = 5_000

    def read(self, node: Node, reading: Reading) -> Any:
        """A tuple."""
        if not isinstance(node, Listing):
            return reading.not_this(node, "list")
        if not self.least <= len(node.items) <= self.most:
            return reading.fault("schema-list-length", node.line, least=self.least, most=self.most)
        items = tuple(self.item.read(item, reading) for item in node.items)
        return INVALID if any(item is INVALID for item in items) else items


@dataclass(frozen=True)
class MapOf:
    """Keys that the file names itself, each read by ``key``; values of one type."""

    key: Type
    value: Type
    least: int = 0

    def read(self, node: Node, reading: Reading) -> Any:
        """A dictionary in the file's order."""
        if not isinstance(node, Mapping):
            return reading.not_this(node, "mapping")
        if len(node.entries) < self.least:
            return reading.fault("schema-list-length", node.line, least=self.least, most="∞")
        found: dict[Any, Any] = {}
        for name, entry in node.entries.items():
            key = self.key.read(Scalar(name, node.lines[name], False, False), reading)
            value = self.value.read(entry, reading)
            if key is not INVALID and value is not INVALID:
                found[key] = value
        return found if len(found) == len(node.entries) else INVALID


@dataclass(frozen=True)
class Bilingual:
    """A text in both languages; ``{placeholders}`` only of those named, the same ones in both."""

    placeholders: Collection[str] = ()
    longest: int = 1_200

    def read(self, node: Node, reading: Reading) -> Any:
        """A dictionary from language to text."""
        if not isinstance(node, Mapping):
            return reading.fault("schema-language-missing", node.line, language="en, zh-Hans")
        before = len(reading.faults)
        for language in LANGUAGES:
            if language not in node.entries:
                reading.fault("schema-language-missing", node.line, language=language)
        used: dict[str, set[str]] = {}
        for language, entry in node.entries.items():
            if language not in LANGUAGES:
                reading.fault("schema-unknown-key", node.lines[language], key=language, known="en, zh-Hans")
            text = Text(self.longest).read(entry, reading)
            if text is not INVALID:
                used[language] = self._placeholders(text, entry.line, reading)
        if len(used) == 2 and used["en"] != used["zh-Hans"]:
            odd = ", ".join(sorted(used["en"] ^ used["zh-Hans"]))
            reading.fault("schema-placeholder-one-language", node.line, name=odd)
        if len(reading.faults) > before:
            return INVALID
        return {language: Text(self.longest).read(node.entries[language], reading) for language in LANGUAGES}

    def _placeholders(self, text: str, line: int, reading: Reading) -> set[str]:
        try:
            found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError:
            reading.fault("schema-placeholder", line, name=text[:40], known=", ".join(sorted(self.placeholders)))
            return set()
        for name in sorted(found - set(self.placeholders)):
            known = ", ".join(sorted(self.placeholders)) or "–"
            reading.fault("schema-placeholder", line, name=name, known=known)
        return found


@dataclass(frozen=True)
class Optional:
    """A key that may be left out; it is then ``default``."""

    of: Type
    default: Any = None

    def read(self, node: Node, reading: Reading) -> Any:
        """As the type it wraps."""
        return self.of.read(node, reading)


@dataclass(frozen=True)
class Record:
    """A closed set of keys. ``build`` is a dataclass (or any callable) that takes them as keywords."""

    build: Callable[..., Any]
    fields: dict[str, Type]

    def read(self, node: Node, reading: Reading) -> Any:
        """The built object."""
        if not isinstance(node, Mapping):
            return reading.fault("schema-keys-wanted", node.line, keys=", ".join(self.fields))
        before = len(reading.faults)
        values: dict[str, Any] = {}
        for key, entry in node.entries.items():
            if key not in self.fields:
                known = ", ".join(self.fields)
                reading.fault("schema-unknown-key", node.lines[key], key=key, known=known)
                continue
            values[key] = self.fields[key].read(entry, reading)
        for key, kind in self.fields.items():
            if key in node.entries:
                continue
            if isinstance(kind, Optional):
                values[key] = kind.default
            else:
                reading.fault("schema-missing-key", node.line, key=key)
        if len(reading.faults) > before or any(value is INVALID for value in values.values()):
            return INVALID
        keywords = {key.replace("-", "_"): value for key, value in values.items()}
        if dataclasses.is_dataclass(self.build) and "line" in {f.name for f in dataclasses.fields(self.build)}:
            keywords["line"] = node.line
        return self.build(**keywords)


@dataclass(frozen=True)
class OneKey:
    """A mapping with exactly one key of those named: ``{hold: dispute}``. Read as ``build(key, value)``."""

    options: dict[str, Type]
    build: Callable[[str, Any], Any] = lambda key, value: (key, value)

    def read(self, node: Node, reading: Reading) -> Any:
        """What ``build`` makes of key and value."""
        known = ", ".join(self.options)
        if not isinstance(node, Mapping) or len(node.entries) != 1:
            return reading.fault("schema-one-key", node.line, known=known)
        (key, entry), *_ = node.entries.items()
        if key not in self.options:
            return reading.fault("schema-unknown-key", node.line, key=key, known=known)
        value = self.options[key].read(entry, reading)
        return INVALID if value is INVALID else self.build(key, value)


@dataclass(frozen=True)
class Rule:
    """A condition's text and line, for a kind that parses it later, when it knows the values of its file."""

    text: str
    line: int


@dataclass(frozen=True)
class ConditionText:
    """A condition. With ``columns`` it is parsed; without, it stays a ``Rule`` for the kind's ``finish``."""

    columns: Collection[conditions.Column] | None = None

    def read(self, node: Node, reading: Reading) -> Any:
        """A Condition or a Rule."""
        if (scalar := _scalar(node, reading, "condition")) is None:
            return INVALID
        if scalar.in_flow and not scalar.is_quoted:
            return reading.fault("schema-condition-in-braces", node.line)
        if self.columns is None:
            return Rule(scalar.text, scalar.line)
        return reading.condition(scalar.text, scalar.line, self.columns)


@dataclass(frozen=True)
class FactOf:
    """One fact, read by the unit of its column; ``unknown`` is None."""

    column: conditions.Column

    def read(self, node: Node, reading: Reading) -> Any:
        """The fact."""
        if isinstance(node, Scalar) and node.text == "unknown" and not node.is_quoted:
            return None
        unit = self.column.unit
        if unit == "text":
            return Choice(self.column.values).read(node, reading) if self.column.values else Text().read(node, reading)
        if unit == "boolean":
            return Boolean().read(node, reading)
        if unit in ("date", "time", "instant"):
            return Moment(unit).read(node, reading)
        if unit in ("money", "share"):
            return Number(least=-(Decimal(10) ** 14)).read(node, reading)
        return Integer(least=-100_000).read(node, reading)


@dataclass(frozen=True)
class FactsOf:
    """Facts for an example: each column at most once, typed by its unit, ``unknown`` where not known.

    Columns that are not written are taken from ``defaults``, else unknown.
    """

    columns: Collection[conditions.Column]
    defaults: Callable[[], dict[str, Any]] = dict

    def read(self, node: Node, reading: Reading) -> Any:
        """A dictionary over all columns."""
        fields: dict[str, Type] = {c.name: Optional(FactOf(c), INVALID) for c in self.columns}
        if not isinstance(node, Mapping):
            return reading.not_this(node, "mapping")
        unknown = [key for key in node.entries if key not in fields]
        for key in unknown:
            known = ", ".join(fields)
            reading.fault("schema-unknown-key", node.lines[key], key=key, known=known)
        facts: dict[str, Any] = dict.fromkeys(fields) | self.defaults()
        read = {k: fields[k].read(e, reading) for k, e in node.entries.items() if k in fields}
        if unknown or any(value is INVALID for value in read.values()):
            return INVALID
        return facts | read
