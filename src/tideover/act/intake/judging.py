"""Judging a file: the mapping becomes expressions over whole columns, and every row is good or says what is wrong.

No Django and no database: DuckDB in memory, so that ``tideover check`` runs the mappings' examples with the very
same expressions. Rows are read in by ``readers``; only rows that are refused are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from tideover.act.intake import fields, policy_schema
from tideover.act.intake.fields import Field
from tideover.act.intake.readers.csv_file import Reading, Sink, Unfit
from tideover.act.intake.types import PAYMENTS, ColumnsMissing, RefusedRow, RowProblem
from tideover.core import money
from tideover.core.sql import duck
from tideover.core.sql.duck import literal

_BLANK = "chr(32) || chr(9) || chr(160) || chr(12288)"
_LARGEST = "99999999999999.9999"


@dataclass(frozen=True)
class Judged:
    """A column of the judged table: a field, or one of a group; where it comes from, and how it is judged."""

    field: Field
    source: str | None
    text: str
    raw: str
    values: tuple[str, ...] = ()


@dataclass
class Judge:
    """One file under one mapping. ``start`` it with the header, feed it, then ``decide``."""

    mapping: policy_schema.Mapping
    connection: duckdb.DuckDBPyConnection
    cut_off: date
    at: datetime
    header: tuple[str, ...] = ()
    columns: list[Judged] = field(default_factory=list)

    def start(self, header: tuple[str, ...], file_name: str = "") -> Sink:
        """Take the header; raises ColumnsMissing. The sink that it gives takes the records."""
        missing = [name for name in self.mapping.needed_columns if name not in header]
        if missing:
            raise ColumnsMissing(file=file_name, missing=", ".join(missing), found=", ".join(header))
        self.header = header
        self.columns = list(_columns(self.mapping, header, self.cut_off, self.at))
        cells = ", ".join(f"c{place} VARCHAR" for place in range(len(header)))
        self.connection.execute(f"CREATE TABLE raw (record BIGINT, line BIGINT, {cells})")
        return self._take

    def _take(self, numbers: list[int], lines: list[int], cells: list[Sequence[str]]) -> None:
        arrays = [pa.array(numbers, pa.int64()), pa.array(lines, pa.int64())]
        arrays.extend(pa.array(column, pa.string()) for column in cells)
        names = ["record", "line", *(f"c{place}" for place in range(len(cells)))]
        batch = pa.Table.from_arrays(arrays, names=names)
        self.connection.register("batch", batch)
        self.connection.execute("INSERT INTO raw SELECT * FROM batch")
        self.connection.unregister("batch")

    def decide(self) -> None:
        """Type every column of every row, and find what is wrong: the table ``judged``."""
        texts = ", ".join(f'{each.raw} AS "r_{each.field.name}"' for each in self.columns)
        mapped = ", ".join(f'{each.text} AS "t_{each.field.name}"' for each in self.columns)
        typed = ", ".join(f'{_fill(each.field.typed, each.field.name)} AS "{each.field.name}"' for each in self.columns)
        faults = ", ".join(f'{_fault_case(each)} AS "f_{each.field.name}"' for each in self.columns)
        any_fault = ", ".join(f'"f_{each.field.name}"' for each in self.columns)
        self.connection.execute(f"""
            CREATE TABLE judged AS
            WITH texts AS (SELECT record, line, {texts} FROM raw),
            mapped AS (SELECT *, {mapped} FROM texts),
            typed AS (SELECT *, {typed} FROM mapped),
            windowed AS (SELECT *, {_windows(self.mapping.kind)} FROM typed),
            found AS (SELECT *, {faults} FROM windowed)
            SELECT *, coalesce({any_fault}) IS NULL AS is_good FROM found
        """)

    def list_refused(self, unfit: Sequence[Unfit] = ()) -> list[RefusedRow]:
        """Every row that is not good, by record, with all that is wrong in it."""
        rows = [
            RefusedRow(each.record, each.line, None, (RowProblem(each.code, "", "", each.fields),), tuple(each.cells))
            for each in unfit
        ]
        rows.extend(self._explained())
        return sorted(rows, key=lambda row: row.record)

    def _explained(self) -> Iterator[RefusedRow]:
        picked = ", ".join(f'"r_{each.field.name}", "f_{each.field.name}"' for each in self.columns)
        extra = "first_record, last_record, t_currency, t_account_number"
        found = self.connection.execute(
            f"SELECT record, line, {extra}, {picked} FROM judged WHERE NOT is_good ORDER BY record"
        ).fetchall()
        cells = self.cells_of([row[0] for row in found])
        for record, line, first, last, currency, number, *rest in found:
            told = {"first": str(first), "last": str(last), "currency": currency or "?"}
            problems = tuple(
                RowProblem(code, each.source or each.field.name, value or "", told | _known(each, code))
                for each, value, code in zip(self.columns, rest[::2], rest[1::2], strict=True)
                if code is not None
            )
            yield RefusedRow(record, line, number, problems, cells[record])

    def cells_of(self, records: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The cells of some records as the file has them."""
        self.connection.execute("CREATE OR REPLACE TEMP TABLE wanted (record BIGINT)")
        self.connection.register("batch", pa.table({"record": pa.array(records, pa.int64())}))
        self.connection.execute("INSERT INTO wanted SELECT record FROM batch")
        self.connection.unregister("batch")
        rows = self.connection.execute("SELECT raw.* FROM raw JOIN wanted USING (record)").fetchall()
        return {row[0]: tuple(row[2:]) for row in rows}

    def lines_of(self, records: Sequence[int]) -> dict[int, int]:
        """The lines on which some records begin."""
        rows = self.connection.execute(
            "SELECT record, line FROM raw WHERE record IN (SELECT unnest($1::BIGINT[]))", [list(records)]
        ).fetchall()
        return dict(rows)

    def account_numbers_of(self, records: Sequence[int]) -> dict[int, str | None]:
        """The account numbers of some records."""
        rows = self.connection.execute(
            "SELECT record, t_account_number FROM judged WHERE record IN (SELECT unnest($1::BIGINT[]))",
            [list(records)],
        ).fetchall()
        return dict(rows)

    def source_of(self, name: str) -> str:
        """The file's own name for a field's column."""
        return next((each.source or name for each in self.columns if each.field.name == name), name)

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Columns of the file that the mapping does not read."""
        return tuple(name for name in self.header if name not in self.mapping.known_columns)

    @property
    def absent_columns(self) -> tuple[str, ...]:
        """Columns that the mapping would read and the file does not have."""
        return tuple(sorted(self.mapping.known_columns - set(self.header)))


def _columns(mapping: policy_schema.Mapping, header: tuple[str, ...], cut_off: date, at: datetime) -> Iterator[Judged]:
    for each in fields.fields_of(mapping.kind):
        source = mapping.columns.get(each.name) or mapping.optional_columns.get(each.name)
        source = source if source in header else None
        raw = _raw(header, source)
        values = mapping.values.get(each.name, {}) if source else {}
        text = f'"r_{each.name}"'
        if values:
            cases = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in values.items())
            text = f"CASE {text} {cases} END"
        if each.name in mapping.constants:
            text = literal(mapping.constants[each.name])
        if each.name in mapping.defaults:
            text = f"coalesce({text}, {literal(mapping.defaults[each.name])})"
        yield Judged(_with_context(each, cut_off, at), source, text, raw, tuple(values))
    for place, balance in enumerate(mapping.balances):
        if balance.amount in header:
            yield _of_group(_balance_field(place, balance, mapping, header), balance.amount, header)
    for place, point in enumerate(mapping.contact_points):
        if point.value in header:
            yield _of_group(fields.phone(f"p{place}"), point.value, header)
    for place, payment in enumerate(mapping.payments):
        if payment.amount in header:
            yield _of_group(fields.amount(f"h{place}", least="< 0"), payment.amount, header)
            if payment.value_date:
                yield _of_group(_with_context(fields.date(f"d{place}"), cut_off, at), payment.value_date, header)


def _of_group(each: Field, source: str, header: tuple[str, ...]) -> Judged:
    return Judged(each, source, f'"r_{each.name}"', _raw(header, source))


def _raw(header: tuple[str, ...], source: str | None) -> str:
    if source is None:
        return "NULL::VARCHAR"
    return f"nullif(trim(c{header.index(source)}, {_BLANK}), '')"


def _balance_field(
    place: int, balance: policy_schema.BalanceGroup, mapping: policy_schema.Mapping, header: tuple[str, ...]
) -> Field:
    made = fields.amount(
        f"b{place}", required=True, least=None if balance.component == "as-stated" else "< 0", code="negative-component"
    )
    if place > 0:
        return made
    total = _total(mapping, header)
    return Field(
        made.name, made.sql_type, made.typed, (*made.faults, ("too-large", f"abs({total}) > {_LARGEST}")), True
    )


def _total(mapping: policy_schema.Mapping, header: tuple[str, ...]) -> str:
    """What is owed in all: the sum of the components that the file has."""
    return " + ".join(
        f"CAST(coalesce(b{place}, 0) AS DECIMAL(38, 4))"
        for place, each in enumerate(mapping.balances)
        if each.amount in header
    )


def _with_context(each: Field, cut_off: date, at: datetime) -> Field:
    """A field's faults, with those that need the cut-off, the present, or the row's other fields."""
    more: list[fields.Fault] = []
    if each.name in ("value_date", "opened_date") or each.sql_type == "DATE" and each.name.startswith("d"):
        more.append(("after-cut-off", f"{{v}} > DATE {literal(cut_off.isoformat())}"))
    if each.name == "booked_at":
        now = literal(at.astimezone(UTC).isoformat())
        more.append(("in-the-future", f"TRY_CAST({{t}} AS TIMESTAMPTZ) > CAST({now} AS TIMESTAMPTZ)"))
    if each.name == "region":
        more.append(("region-elsewhere", '"t_country" IS NULL OR left({t}, 2) <> "country"'))
    if each.name == "document_type":
        more.append(("document-incomplete", '"t_document_number" IS NULL'))
    if each.name == "document_number":
        more.append(("document-incomplete", '"t_document_type" IS NULL'))
    if each.name == "customer_number":
        more.append(("customer-differs", "customer_differs"))
    if each.name in ("account_number", "reference"):
        more.append(("duplicate", f"key_is_{each.name} AND same_key_count > 1"))
    return Field(each.name, each.sql_type, each.typed, (*each.faults, *more), each.required)


def _windows(kind: str) -> str:
    """What a row's judgement needs of other rows: how often its key occurs, whether its customer differs."""
    key = "reference" if kind == PAYMENTS else "account_number"
    same = f"PARTITION BY t_{key}"
    told = (
        f"count(t_{key}) OVER ({same}) AS same_key_count, min(record) OVER ({same}) AS first_record, "
        f"max(record) OVER ({same}) AS last_record, "
        f"{'true' if key == 'reference' else 'false'} AS key_is_reference, "
        f"{'true' if key == 'account_number' else 'false'} AS key_is_account_number"
    )
    if kind == PAYMENTS:
        return told
    who = (
        "concat_ws(chr(31), coalesce(t_document_type, ''), coalesce(t_document_number, ''), coalesce(t_full_name, ''))"
    )
    same_customer = "PARTITION BY t_customer_number"
    return (
        f"{told}, t_customer_number IS NOT NULL AND min({who}) OVER ({same_customer}) <> max({who}) "
        f"OVER ({same_customer}) AS customer_differs"
    )


def _fill(expression: str, name: str) -> str:
    return expression.format(t=f'"t_{name}"', v=f'"{name}"')


def _fault_case(each: Judged) -> str:
    text, raw = f'"t_{each.field.name}"', f'"r_{each.field.name}"'
    cases = []
    if each.values:
        known = ", ".join(literal(value) for value in each.values)
        cases.append(f"WHEN {raw} NOT IN ({known}) THEN 'value-unknown'")
    if each.field.required:
        cases.append(f"WHEN {text} IS NULL THEN 'missing'")
    cases.extend(
        f"WHEN {text} IS NOT NULL AND ({_fill(condition, each.field.name)}) THEN {literal(code)}"
        for code, condition in each.field.faults
    )
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _known(each: Judged, code: str) -> dict[str, Any]:
    """What the words of a problem name beside the row's own: the values that are known, the longest text."""
    if code == "value-unknown" and each.values:
        return {"known": ", ".join(each.values)}
    if code in ("currency-unknown",):
        return {"known": ", ".join(sorted(money.currencies()))}
    return {}


def good_accounts(mapping: policy_schema.Mapping, header: tuple[str, ...]) -> str:
    """Good rows of a placement file, one an account."""
    return f"""
        SELECT record, account_number, product, currency, credit_limit, opened_date, batch_number, batch_until_date,
            dpd, dpd_basis, next_due_date, next_due_amount,
            coalesce(customer_number, account_number || '/borrower') AS reference,
            document_type, document_number, full_name, {_stated_language(mapping)}, country, region, "zone",
            CAST({_total(mapping, header)} AS DECIMAL(18, 4)) AS owed_amount
        FROM judged WHERE is_good ORDER BY record
    """


def _stated_language(mapping: policy_schema.Mapping) -> str:
    """The language where the file states it: the mapping's default is for customers whom nobody knows yet."""
    if "language" not in mapping.defaults:
        return '"language"'
    return 'CASE WHEN "r_language" IS NOT NULL THEN "language" END AS "language"'


def good_balances(mapping: policy_schema.Mapping, header: tuple[str, ...]) -> str:
    """Their stated balances, one row a component."""
    return " UNION ALL ".join(
        f"SELECT record, account_number, {literal(each.component)} AS component, b{place} AS amount, currency"
        " FROM judged WHERE is_good"
        for place, each in enumerate(mapping.balances)
        if each.amount in header
    )


def good_points(mapping: policy_schema.Mapping, header: tuple[str, ...]) -> str | None:
    """Their contact points, where the group's condition holds; None where the file has no such column."""
    parts = [
        f"""
        SELECT record, reference, {literal(each.kind)} AS kind, {place + 1} AS position, "value",
            {literal(each.source)} AS source
        FROM (
            SELECT record, coalesce(customer_number, account_number || '/borrower') AS reference, p{place} AS "value"
            FROM judged WHERE is_good
        ) WHERE {_condition(each)}
        """
        for place, each in enumerate(mapping.contact_points)
        if each.value in header
    ]
    return " UNION ALL ".join(parts) or None


def good_history(mapping: policy_schema.Mapping, header: tuple[str, ...], cut_off: date) -> str | None:
    """Payments before the cut-off; of a month, its last day up to the cut-off. None where the file tells none."""
    parts = []
    for place, each in enumerate(mapping.payments):
        if each.amount not in header:
            continue
        day = literal(cut_off.isoformat())
        if each.value_date:
            value_date, basis = f"d{place}", "day"
            reference = f"'history:' || strftime(value_date, '%Y-%m-%d') || ':' || {literal(each.amount)}"
        else:
            month = f"last_day(DATE {day} - INTERVAL {each.months_before} MONTH)"
            value_date, basis = f"least({month}, DATE {day})", "month"
            reference = "'history:' || strftime(value_date, '%Y-%m')"
        parts.append(f"""
            SELECT record, account_number, amount, currency, value_date, {literal(basis)} AS basis,
                {reference} AS reference
            FROM (
                SELECT record, account_number, currency, h{place} AS amount, {value_date} AS value_date
                FROM judged WHERE is_good
            ) WHERE ({_condition(each)}) AND amount > 0 AND value_date IS NOT NULL
        """)
    return " UNION ALL ".join(parts) or None


def good_payments() -> str:
    """Good rows of a payments file."""
    return """
        SELECT record, account_number, amount, currency, value_date, booked_at, reference
        FROM judged WHERE is_good ORDER BY record
    """


def _condition(group: policy_schema.PointGroup | policy_schema.PaymentGroup) -> str:
    return group.when.to_duckdb()  # type: ignore[union-attr]


@contextmanager
def opened(mapping: policy_schema.Mapping, cut_off: date, at: datetime) -> Iterator[Judge]:
    """A judge with a DuckDB of its own."""
    with duck.connect() as connection:
        yield Judge(mapping, connection, cut_off, at)


def judge_example(mapping: policy_schema.Mapping, row: Mapping[str, str], cut_off: date) -> dict[str, str]:
    """What one row comes to, in words of the examples: its fields, or ``refused <column>`` with the code."""
    needed = [name for name in mapping.needed_columns if name not in row]
    header = (*row, *needed)
    at = datetime(cut_off.year, cut_off.month, cut_off.day, 23, 59, tzinfo=UTC)
    with opened(mapping, cut_off, at) as judge:
        sink = judge.start(header)
        sink([2], [2], [[row.get(name, "")] for name in header])
        judge.decide()
        refused = judge.list_refused(Reading().unfit)
        if refused:
            return {f"refused {problem.field}": problem.code for problem in refused[0].problems}
        return _gives(judge, cut_off)


def _gives(judge: Judge, cut_off: date) -> dict[str, str]:
    names = [each.name for each in fields.fields_of(judge.mapping.kind)]
    listed = ", ".join(f'"{name}"' for name in names)
    values = judge.connection.execute(f"SELECT {listed} FROM judged").fetchall()[0]
    given = {name: _written(value) for name, value in zip(names, values, strict=True) if value is not None}
    if judge.mapping.kind == PAYMENTS:
        return given
    for _, _, component, amount, _ in judge.connection.execute(good_balances(judge.mapping, judge.header)).fetchall():
        given[f"balance.{component}"] = _written(amount)
    if points := good_points(judge.mapping, judge.header):
        rows = judge.connection.execute(points).fetchall()
        given["contact_points"] = "; ".join(f"{row[2]} {row[4]}" for row in rows)
    if history := good_history(judge.mapping, judge.header, cut_off):
        rows = judge.connection.execute(history).fetchall()
        given["payments"] = "; ".join(f"{row[4]} {_written(row[2])}" for row in rows)
    return {name: value for name, value in given.items() if value}


def _written(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
