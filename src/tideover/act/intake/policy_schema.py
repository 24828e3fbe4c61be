"""The kind ``mapping``: how a lender's file is read, as a policy file. No Django here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tideover.act.intake import back_schema, fields, formats
from tideover.act.intake.back_schema import FileBack
from tideover.act.intake.formats import Formats
from tideover.act.intake.readers.shape import DELIMITERS, ENCODINGS, FileShape
from tideover.act.intake.types import KINDS, OF_ACCOUNTS
from tideover.core.policy import schema
from tideover.core.policy import yaml_nodes as nodes
from tideover.core.policy.conditions import Column, Condition
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading, Rule, Type
from tideover.core.policy.types import PolicyFile
from tideover.core.policy.yaml_nodes import Node

LACKS = (
    "component-split",
    "due-amounts",
    "payment-days",
    "booking-times",
    "people",
    "reversals",
    "dpd",
)
"""What a lender's file may not say; each has its words, and the report tells them."""

ACCOUNT, INSTALMENT = "account", "instalment"
GRAINS = (ACCOUNT, INSTALMENT)
PARTY_ROLES = ("co-borrower", "guarantor")

_POINT_COLUMNS = (Column("value", "text"),)
_DOCUMENT_COLUMNS = (Column("reference", "text"),)
_PAYMENT_COLUMNS = (Column("amount", "money"),)


@dataclass(frozen=True)
class BalanceGroup:
    """A column that states a component of what is owed."""

    component: str
    amount: str
    optional: bool
    line: int


@dataclass(frozen=True)
class PointGroup:
    """A column that gives a way to reach the customer, and where the client lawfully has it from.

    ``source`` holds for files without the ``source_column``; where the column is there and empty, nobody has said it.
    """

    kind: str
    value: str
    source: str
    source_column: str | None
    source_values: dict[str, str]
    optional: bool
    when: Condition | Rule
    line: int


@dataclass(frozen=True)
class PaymentGroup:
    """A column that tells what was paid: in a month, counted back from the cut-off's own, or on a day."""

    amount: str
    months_before: int | None
    value_date: str | None
    optional: bool
    when: Condition | Rule
    line: int


@dataclass(frozen=True)
class InstalmentGroup:
    """Columns that tell of one instalment. At grain ``instalment`` the one group, and ``number`` names a column.

    ``empty_as_zero`` names the amounts whose empty cells mean nothing: the client says so, it is not guessed.
    """

    number: str
    due_date: str
    principal: str
    interest: str | None
    fee: str | None
    paid: str | None
    paid_date: str | None
    empty_as_zero: tuple[str, ...]
    optional: bool
    line: int

    @property
    def sources(self) -> tuple[str, ...]:
        """Its columns of the file, the number's apart."""
        told = (self.due_date, self.principal, self.interest, self.fee, self.paid, self.paid_date)
        return tuple(each for each in told if each is not None)


@dataclass(frozen=True)
class PartyGroup:
    """Columns that name a co-borrower or guarantor; where all of them are empty there is none."""

    role: str
    columns: dict[str, str]
    constants: dict[str, str]
    values: dict[str, dict[str, str]]
    contact_points: tuple[PointGroup, ...]
    optional: bool
    line: int


@dataclass(frozen=True)
class DocumentGroup:
    """Columns that say where a document of the account's file is found; ``item`` is its name on the checklist."""

    item: str
    reference: str
    digest: str | None
    date: str | None
    optional: bool
    when: Condition | Rule
    line: int

    @property
    def sources(self) -> tuple[str, ...]:
        """Its columns of the file."""
        return tuple(each for each in (self.reference, self.digest, self.date) if each is not None)


@dataclass(frozen=True)
class Mapping:
    """How a file of one kind is read. ``grain`` says what one row is: an account, or one of its instalments."""

    kind: str
    grain: str
    file: FileShape
    formats: Formats
    control: str
    lacks: tuple[str, ...]
    columns: dict[str, str]
    optional_columns: dict[str, str]
    constants: dict[str, str]
    defaults: dict[str, str]
    values: dict[str, dict[str, str]]
    balances: tuple[BalanceGroup, ...]
    contact_points: tuple[PointGroup, ...]
    payments: tuple[PaymentGroup, ...]
    instalments: tuple[InstalmentGroup, ...]
    parties: tuple[PartyGroup, ...]
    documents: tuple[DocumentGroup, ...]
    line: int

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """The columns without which the file is refused, in the mapping's order."""
        groups = [*self.balances, *self.payments]
        needed = [*self.columns.values(), *(group.amount for group in groups if not group.optional)]
        needed.extend(group.value for group in self.contact_points if not group.optional)
        needed.extend(group.value_date for group in self.payments if group.value_date and not group.optional)
        for document in self.documents:
            if not document.optional:
                needed.extend(document.sources)
        for each in self.instalments:
            if not each.optional:
                needed.extend((*self._numbers_of(each), *each.sources))
        for party in self.parties:
            if not party.optional:
                needed.extend(party.columns.values())
                needed.extend(group.value for group in party.contact_points if not group.optional)
        return tuple(dict.fromkeys(needed))

    @property
    def known_columns(self) -> frozenset[str]:
        """Every column that the mapping reads, whether the file must have it or not."""
        return frozenset(self._all_columns())

    def _all_columns(self) -> Iterator[str]:
        yield from self.columns.values()
        yield from self.optional_columns.values()
        yield from (group.amount for group in (*self.balances, *self.payments))
        for group in (*self.contact_points, *(each for party in self.parties for each in party.contact_points)):
            yield group.value
            if group.source_column is not None:
                yield group.source_column
        yield from (group.value_date for group in self.payments if group.value_date)
        for document in self.documents:
            yield from document.sources
        for each in self.instalments:
            yield from (*self._numbers_of(each), *each.sources)
        for party in self.parties:
            yield from party.columns.values()

    def _numbers_of(self, group: InstalmentGroup) -> tuple[str, ...]:
        return (group.number,) if self.grain == INSTALMENT else ()


def shape_of(mapping: Mapping, encoding: str | None, delimiter: str | None) -> FileShape:
    """How a client's file is expected to be written: as its profile says, and as the mapping where that is silent."""
    return FileShape(encoding or mapping.file.encoding, delimiter or mapping.file.delimiter)


@dataclass(frozen=True)
class MappingExample:
    """A row as the lender writes it, and what comes of it: the fields that it gives, or what is refused.

    Where several rows are one thing, ``rows`` holds what each has of its own, and ``row`` what all have.
    """

    says: dict[str, str]
    cut_off: date
    row: dict[str, str]
    rows: tuple[dict[str, str], ...]
    gives: dict[str, str]
    refuses: dict[str, str]


_ALL_FIELDS = tuple(dict.fromkeys(name for kind in KINDS for name in fields.names_of(kind)))
_FIELD = schema.Choice(_ALL_FIELDS)
_COLUMN = schema.Text(120)
_CELL = schema.Text(200)

_BALANCE = schema.Record(
    BalanceGroup,
    {
        "component": schema.Text(
            40, pattern="principal|interest|penalty-interest|as-stated|fee:[a-z0-9]+(-[a-z0-9]+)*"
        ),
        "amount": _COLUMN,
        "optional": schema.Optional(schema.Boolean(), False),
    },
)
_POINT = schema.Record(
    PointGroup,
    {
        "kind": schema.Choice(("phone",)),
        "value": _COLUMN,
        "source": schema.Name(),
        "source_column": schema.Optional(_COLUMN),
        "source_values": schema.Optional(schema.MapOf(_CELL, schema.Name(), least=1), {}),
        "optional": schema.Optional(schema.Boolean(), False),
        "when": schema.ConditionText(_POINT_COLUMNS),
    },
)
_PAYMENT = schema.Record(
    PaymentGroup,
    {
        "amount": _COLUMN,
        "months_before": schema.Optional(schema.Integer(0, 240)),
        "value_date": schema.Optional(_COLUMN),
        "optional": schema.Optional(schema.Boolean(), False),
        "when": schema.ConditionText(_PAYMENT_COLUMNS),
    },
)
_INSTALMENT = schema.Record(
    InstalmentGroup,
    {
        "number": _COLUMN,
        "due_date": _COLUMN,
        "principal": _COLUMN,
        "interest": schema.Optional(_COLUMN),
        "fee": schema.Optional(_COLUMN),
        "paid": schema.Optional(_COLUMN),
        "paid_date": schema.Optional(_COLUMN),
        "empty_as_zero": schema.Optional(
            schema.ListOf(schema.Choice(("principal", "interest", "fee", "paid")), most=4), ()
        ),
        "optional": schema.Optional(schema.Boolean(), False),
    },
)
_PARTY_FIELD = schema.Choice(fields.PARTY)
_PARTY = schema.Record(
    PartyGroup,
    {
        "role": schema.Choice(PARTY_ROLES),
        "columns": schema.MapOf(_PARTY_FIELD, _COLUMN, least=1),
        "constants": schema.Optional(schema.MapOf(_PARTY_FIELD, _CELL), {}),
        "values": schema.Optional(schema.MapOf(_PARTY_FIELD, schema.MapOf(_CELL, _CELL, least=1)), {}),
        "contact_points": schema.Optional(schema.ListOf(_POINT, most=20), ()),
        "optional": schema.Optional(schema.Boolean(), False),
    },
)
_DOCUMENT = schema.Record(
    DocumentGroup,
    {
        "item": schema.Name(),
        "reference": _COLUMN,
        "digest": schema.Optional(_COLUMN),
        "date": schema.Optional(_COLUMN),
        "optional": schema.Optional(schema.Boolean(), False),
        "when": schema.ConditionText(_DOCUMENT_COLUMNS),
    },
)
_FORMATS = schema.Record(
    Formats,
    {
        "dates": schema.Optional(schema.ListOf(schema.Choice(tuple(formats.DATES)), least=1), ("dashed",)),
        "amounts": schema.Optional(schema.ListOf(schema.Choice(tuple(formats.AMOUNTS)), least=1), ("plain",)),
        "shares": schema.Optional(schema.ListOf(schema.Choice(tuple(formats.SHARES)), least=1), ("fraction",)),
        "digits": schema.Optional(schema.Choice(formats.DIGITS), "ascii"),
    },
)
_MAPPING = schema.Record(
    Mapping,
    {
        "kind": schema.Choice(KINDS),
        "grain": schema.Optional(schema.Choice(GRAINS), ACCOUNT),
        "file": schema.Record(
            FileShape, {"encoding": schema.Choice(ENCODINGS), "delimiter": schema.Choice(tuple(DELIMITERS))}
        ),
        "formats": schema.Optional(_FORMATS, Formats()),
        "control": schema.Choice(("none", "required")),
        "lacks": schema.ListOf(schema.Choice(LACKS)),
        "columns": schema.MapOf(_FIELD, _COLUMN, least=1),
        "optional_columns": schema.Optional(schema.MapOf(_FIELD, _COLUMN), {}),
        "constants": schema.Optional(schema.MapOf(_FIELD, _CELL), {}),
        "defaults": schema.Optional(schema.MapOf(_FIELD, _CELL), {}),
        "values": schema.Optional(schema.MapOf(_FIELD, schema.MapOf(_CELL, _CELL, least=1)), {}),
        "balances": schema.Optional(schema.ListOf(_BALANCE), ()),
        "contact_points": schema.Optional(schema.ListOf(_POINT, most=20), ()),
        "payments": schema.Optional(schema.ListOf(_PAYMENT, most=240), ()),
        "instalments": schema.Optional(schema.ListOf(_INSTALMENT, most=480), ()),
        "parties": schema.Optional(schema.ListOf(_PARTY, most=20), ()),
        "documents": schema.Optional(schema.ListOf(_DOCUMENT, most=20), ()),
    },
)
_EXAMPLE = schema.Record(
    MappingExample,
    {
        "says": schema.Bilingual(longest=300),
        "cut_off": schema.Date(),
        "row": schema.Optional(schema.MapOf(_COLUMN, schema.Text(400), least=1), {}),
        "rows": schema.Optional(schema.ListOf(schema.MapOf(_COLUMN, schema.Text(400), least=1), most=100), ()),
        "gives": schema.Optional(schema.MapOf(schema.Text(80), schema.Text(400)), {}),
        "refuses": schema.Optional(schema.MapOf(_COLUMN, schema.Name()), {}),
    },
)


def _finish(mapping: Mapping, reading: Reading) -> Any:
    known = fields.names_of(mapping.kind)
    sources = (mapping.columns, mapping.optional_columns, mapping.constants)
    for name in dict.fromkeys((*mapping.columns, *mapping.optional_columns, *mapping.constants, *mapping.defaults)):
        if name not in known:
            reading.fault("mapping-field-of-other-kind", mapping.line, field=name, kind=mapping.kind)
        if sum(name in source for source in sources) > 1:
            reading.fault("mapping-field-twice", mapping.line, field=name)
    told = {*mapping.columns, *mapping.constants, *mapping.defaults}
    for field in fields.fields_of(mapping.kind):
        is_needed = field.needed_where is not None or field.required and field.default is None
        if is_needed and field.name not in told:
            reading.fault("mapping-field-missing", mapping.line, field=field.name)
    for name in mapping.values:
        if name not in mapping.columns and name not in mapping.optional_columns:
            reading.fault("mapping-values-without-column", mapping.line, field=name)
    _check_groups(mapping, reading)
    return mapping


def _check_groups(mapping: Mapping, reading: Reading) -> None:
    components = [group.component for group in mapping.balances]
    if mapping.kind not in OF_ACCOUNTS:
        groups = (*mapping.balances, *mapping.contact_points, *mapping.payments, *mapping.instalments)
        for group in (*groups, *mapping.parties, *mapping.documents):
            reading.fault("mapping-group-of-other-kind", group.line, kind=mapping.kind)
        if mapping.grain != ACCOUNT:
            reading.fault("mapping-grain-of-other-kind", mapping.line, kind=mapping.kind)
        return
    _check_instalments(mapping, reading)
    if not components:
        reading.fault("mapping-no-balance", mapping.line)
    if "as-stated" in components and len(components) > 1:
        reading.fault("mapping-split-and-total", mapping.balances[0].line)
    if len(set(components)) != len(components):
        reading.fault("mapping-field-twice", mapping.balances[0].line, field="component")
    for payment in mapping.payments:
        if (payment.months_before is None) == (payment.value_date is None):
            reading.fault("mapping-payment-date", payment.line)


def _check_instalments(mapping: Mapping, reading: Reading) -> None:
    if mapping.grain == INSTALMENT:
        if len(mapping.instalments) != 1 or mapping.instalments[0].optional:
            reading.fault("mapping-one-instalment-group", mapping.line)
        return
    for place, group in enumerate(mapping.instalments, 1):
        if group.number != str(place):
            reading.fault("mapping-instalment-number", group.line, found=group.number, wanted=place)


def _run_example(file: PolicyFile, example: MappingExample) -> tuple[str, dict[str, Any]] | None:
    from tideover.act.intake import judging

    rows = [{**example.row, **row} for row in example.rows] or [example.row]
    got = judging.judge_example(file.data, rows, example.cut_off)
    expected = dict(example.refuses or example.gives)
    if example.refuses:
        shown = {name: code for name, code in got.items() if name.startswith("refused ")}
        differing = {name.removeprefix("refused "): code for name, code in shown.items()}
        if differing == expected:
            return None
    else:
        differing = {name: got.get(name, "–") for name in expected}
        differing |= {name: code for name, code in got.items() if name.startswith("refused ")}
        if differing == expected:
            return None
    return "example-differs", {
        "expected": _shown(expected),
        "got": _shown(differing),
        "where": example.says["en"],
    }


def _shown(given: dict[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in sorted(given.items())) or "–"


@dataclass(frozen=True)
class _Either:
    """A mapping of a file that comes, or of one that goes back: read as what its keys say."""

    key: str
    value: str | None
    back: Type
    other: Type

    def read(self, node: Node, reading: Reading) -> Any:
        """As the one or the other."""
        entry = node.entries.get(self.key) if isinstance(node, nodes.Mapping) else None
        goes_back = entry is not None and (self.value is None or getattr(entry, "text", None) == self.value)
        return (self.back if goes_back else self.other).read(node, reading)


def _finish_either(data: Any, reading: Reading) -> Any:
    return back_schema.finish(data, reading) if isinstance(data, FileBack) else _finish(data, reading)


def _run_either(file: PolicyFile, example: Any) -> tuple[str, dict[str, Any]] | None:
    goes_back = isinstance(file.data, FileBack)
    if goes_back != isinstance(example, back_schema.BackExample):
        return "example-of-other-kind", {"where": example.says["en"], "kind": file.data.kind}
    return back_schema.run_example(file, example) if goes_back else _run_example(file, example)


KIND = PolicyKind(
    name="mapping",
    pattern="mappings/*.yaml",
    record=_Either("kind", back_schema.FILE_BACK, back_schema.RECORD, _MAPPING),
    finish=_finish_either,
    example=_Either("facts", None, back_schema.EXAMPLE, _EXAMPLE),
    run_example=_run_either,
    is_activated=False,
)
