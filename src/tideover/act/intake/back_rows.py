"""Rows of ours as a client's file has them: one expression of DuckDB for each of its columns. No Django, no rows."""

from __future__ import annotations

from collections.abc import Mapping

from tideover.act.intake.back_schema import AMOUNT, DATE, FIELDS, TEXT, TIME, WHOLE, BackColumn, FileBack
from tideover.core import money
from tideover.core.sql import duck
from tideover.core.sql.duck import literal

_FORMULA = "'^[=+@\\-\\t\\r\\n\uff1d\uff0b\uff0d\uff20]'"
"""How a cell begins that a spreadsheet would run."""
_NUMBER = "'[+-]?[0-9][0-9 .,]*'"
UNKNOWN = "\u0001"
"""Stands for a code that the client has no word for."""


def select(back: FileBack, relation: str) -> str:
    """All cells as text, in the client's order; the relation has the fields of the layout's rows."""
    cells = ", ".join(f'{_cell(each, back)} AS "k{place}"' for place, each in enumerate(back.columns))
    return f"SELECT {cells} FROM {relation}"


def unknown(back: FileBack, relation: str) -> str | None:
    """Headings and codes for which the client has no word; None where nothing is translated."""
    parts = [
        f"SELECT DISTINCT {literal(each.heading)} AS heading, {each.field} AS code FROM {relation} "
        f"WHERE {each.field} IS NOT NULL AND {each.field} NOT IN ({', '.join(map(literal, each.values))})"
        for each in back.columns
        if each.values and each.otherwise is None
    ]
    return f"{' UNION ALL '.join(parts)} ORDER BY 1, 2" if parts else None


def _cell(column: BackColumn, back: FileBack) -> str:
    if column.constant is not None:
        return literal(column.constant)
    name, kind = column.field or "", FIELDS[back.rows][column.field or ""]
    if column.values:
        cases = " ".join(f"WHEN {literal(code)} THEN {literal(word)}" for code, word in column.values.items())
        rest = literal(column.otherwise if column.otherwise is not None else UNKNOWN)
        return f"CASE WHEN {name} IS NULL THEN '' ELSE CASE {name} {cases} ELSE {rest} END END"
    written = {
        TEXT: lambda: _harmless(name),
        DATE: lambda: _date(name, column.form or "dashed"),
        TIME: lambda: f"strftime(DATE '2000-01-01' + {name}, '%H:%M:%S')",
        AMOUNT: lambda: _amount(name, column.form or "plain"),
        WHOLE: lambda: f"CAST({name} AS VARCHAR)",
    }[kind]()
    return f"coalesce({written}, '')"


def _harmless(name: str) -> str:
    runs = f"regexp_matches({name}, {_FORMULA}) AND NOT regexp_full_match({name}, {_NUMBER})"
    return f"CASE WHEN {runs} THEN '''' || {name} ELSE {name} END"


def _date(name: str, form: str) -> str:
    if form == "dashed":
        return f"strftime({name}, '%Y-%m-%d')"
    if form == "compact":
        return f"strftime({name}, '%Y%m%d')"
    year, month, day = (f"{part}({name})" for part in ("year", "month", "day"))
    if form == "slashed":
        return f"{year} || '/' || {month} || '/' || {day}"
    return f"{year} || '年' || {month} || '月' || {day} || '日'"


def _amount(name: str, form: str) -> str:
    """To the currency's minor unit, exactly: what is kept has no more places."""
    places = {code: money.exponent(code) for code in sorted(money.currencies())}
    cases = " ".join(
        f"WHEN {literal(code)} THEN CAST(CAST({name} AS DECIMAL(18, {count})) AS VARCHAR)"
        for code, count in places.items()
        if count != 2
    )
    plain = f"CASE currency {cases} ELSE CAST(CAST({name} AS DECIMAL(18, 2)) AS VARCHAR) END"
    if form == "plain":
        return plain
    grouped = f"format('{{:,}}', CAST(split_part(ltrim({plain}, '-'), '.', 1) AS BIGINT))"
    sign = f"CASE WHEN {name} < 0 THEN '-' ELSE '' END"
    return (
        f"{sign} || {grouped} || CASE WHEN contains({plain}, '.') THEN '.' || split_part({plain}, '.', 2) ELSE '' END"
    )


def example(back: FileBack, facts: Mapping[str, str]) -> dict[str, str]:
    """A row by heading: ``–`` for an empty cell, ``value-unknown`` where the client has no word for a code."""
    typed = ", ".join(
        f"CAST({literal(facts[name]) if name in facts else 'NULL'} AS {kind}) AS {name}"
        for name, kind in FIELDS[back.rows].items()
    )
    with duck.connect(small=True) as connection:
        row = connection.execute(select(back, f"(SELECT {typed})")).fetchall()[0]
    return {
        column.heading: "value-unknown" if cell == UNKNOWN else cell or "–"
        for column, cell in zip(back.columns, row, strict=True)
    }
