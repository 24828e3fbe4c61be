"""A mapping the other way round: the file that goes back to a client (催记回传), in its own layout. No Django here.

``rows`` says what one row is: a contact of the day, a promise made or judged on it, or a document that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tideover.act.intake.readers.shape import DELIMITERS, ENCODINGS, FileShape
from tideover.core.policy import schema
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import PolicyFile

FILE_BACK = "file-back"
TEXT, DATE, TIME, AMOUNT, WHOLE = "VARCHAR", "DATE", "TIME", "DECIMAL(18, 4)", "INTEGER"
DATES = ("dashed", "slashed", "compact", "chinese")
AMOUNTS = ("plain", "thousands")

_ACCOUNT: Mapping[str, str] = {
    "account_number": TEXT,
    "product": TEXT,
    "batch_number": TEXT,
    "customer_number": TEXT,
    "full_name": TEXT,
    "party_role": TEXT,
}
FIELDS: Mapping[str, Mapping[str, str]] = {
    "contacts": {
        "contact_number": TEXT,
        **_ACCOUNT,
        "contact_date": DATE,
        "contact_time": TIME,
        "direction": TEXT,
        "channel": TEXT,
        "line_cause": TEXT,
        "seconds": WHOLE,
        "spoke_to": TEXT,
        "result": TEXT,
        "arrears_reason": TEXT,
        "promise_amount": AMOUNT,
        "currency": TEXT,
        "promise_due_date": DATE,
        "next_step_date": DATE,
        "next_step_time": TIME,
        "collector": TEXT,
    },
    "promises": {
        "promise_number": TEXT,
        **_ACCOUNT,
        "amount": AMOUNT,
        "currency": TEXT,
        "made_date": DATE,
        "due_date": DATE,
        "state": TEXT,
        "paid_amount": AMOUNT,
        "judged_date": DATE,
        "collector": TEXT,
    },
    "missing-documents": {**_ACCOUNT, "item": TEXT, "as_of_date": DATE},
}
"""What each kind of row may tell, in the order in which its statement gives it, with the type."""


@dataclass(frozen=True)
class BackColumn:
    """A column of the client's file: its heading, and what stands in it.

    With ``values`` a code of ours becomes the client's word; one that has none refuses the file, unless ``otherwise``.
    """

    heading: str
    field: str | None
    constant: str | None
    values: dict[str, str]
    otherwise: str | None
    form: str | None
    line: int


@dataclass(frozen=True)
class FileBack:
    """The layout of a file that goes back to a client."""

    kind: str
    rows: str
    file: FileShape
    columns: tuple[BackColumn, ...]
    line: int


@dataclass(frozen=True)
class BackExample:
    """What we know of a row, and how the client reads it; ``refuses`` names the headings without a word."""

    says: dict[str, str]
    facts: dict[str, str]
    gives: dict[str, str]
    refuses: dict[str, str]


_CELL = schema.Text(200)
_FIELDS = tuple(dict.fromkeys(name for fields in FIELDS.values() for name in fields))
RECORD = schema.Record(
    FileBack,
    {
        "kind": schema.Choice((FILE_BACK,)),
        "rows": schema.Choice(tuple(FIELDS)),
        "file": schema.Record(
            FileShape, {"encoding": schema.Choice(ENCODINGS), "delimiter": schema.Choice(tuple(DELIMITERS))}
        ),
        "columns": schema.ListOf(
            schema.Record(
                BackColumn,
                {
                    "heading": schema.Text(120),
                    "field": schema.Optional(schema.Choice(_FIELDS)),
                    "constant": schema.Optional(_CELL),
                    "values": schema.Optional(schema.MapOf(_CELL, _CELL, least=1), {}),
                    "otherwise": schema.Optional(_CELL),
                    "form": schema.Optional(schema.Choice((*DATES, *AMOUNTS))),
                },
            ),
            least=1,
            most=200,
        ),
    },
)
EXAMPLE = schema.Record(
    BackExample,
    {
        "says": schema.Bilingual(longest=300),
        "facts": schema.MapOf(schema.Choice(_FIELDS), schema.Text(400)),
        "gives": schema.Optional(schema.MapOf(schema.Text(120), schema.Text(400)), {}),
        "refuses": schema.Optional(schema.MapOf(schema.Text(120), schema.Name()), {}),
    },
)


def finish(back: FileBack, reading: Reading) -> Any:
    """Note what cannot be in a layout."""
    known = FIELDS[back.rows]
    headings = [column.heading for column in back.columns]
    for column in back.columns:
        if headings.count(column.heading) > 1:
            reading.fault("mapping-heading-twice", column.line, heading=column.heading)
        if (column.field is None) == (column.constant is None):
            reading.fault("mapping-field-or-constant", column.line, heading=column.heading)
        elif column.field is not None:
            _check(column, known, back.rows, reading)
    return back


def _check(column: BackColumn, known: Mapping[str, str], rows: str, reading: Reading) -> None:
    kind = known.get(column.field or "")
    if kind is None:
        reading.fault("mapping-field-of-other-kind", column.line, field=column.field, kind=rows)
        return
    fits = {DATE: DATES, AMOUNT: AMOUNTS}.get(kind, ())
    if column.form is not None and column.form not in fits:
        reading.fault("mapping-form-of-other-type", column.line, field=column.field, form=column.form)
    if column.values and kind != TEXT or column.otherwise is not None and not column.values:
        reading.fault("mapping-values-without-column", column.line, field=column.field)


def run_example(file: PolicyFile, example: BackExample) -> tuple[str, dict[str, Any]] | None:
    """None where the layout gives what the example says."""
    from tideover.act.intake import back_rows

    expected = example.refuses or example.gives
    got = back_rows.example(file.data, example.facts)
    if example.refuses:
        differing = {name: code for name, code in got.items() if code == "value-unknown"}
    else:
        differing = {name: got.get(name, "–") for name in expected}
    if differing == expected:
        return None
    return "example-differs", {"expected": _shown(expected), "got": _shown(differing), "where": example.says["en"]}


def _shown(given: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in sorted(given.items())) or "–"
