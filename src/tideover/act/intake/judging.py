"""Judging a file: the mapping becomes expressions over whole columns, and every row is good or says what is wrong.

No Django and no database: DuckDB in memory, so that ``tideover check`` runs the mappings' examples with the very
same expressions. Rows are read in by ``readers``; only rows that are refused are looked at one by one. Where one row
is an instalment, the rows of an account stand or fall together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from tideover.act.intake import expressions, fields, good_rows, policy_schema
from tideover.act.intake.expressions import Context, Judged
from tideover.act.intake.readers.csv_file import Reading, Sink, Unfit
from tideover.act.intake.types import OF_ACCOUNTS, ColumnsMissing, HeaderWrong, RefusedRow, RowProblem
from tideover.core.sql import duck


@dataclass
class Judge:
    """One file under one mapping. ``start`` it with the header, feed it, then ``decide``."""

    mapping: policy_schema.Mapping
    connection: duckdb.DuckDBPyConnection
    cut_off: date
    at: datetime
    header: tuple[str, ...] = ()
    columns: list[Judged] = field(default_factory=list)

    @property
    def context(self) -> Context:
        """What the expressions are made for."""
        return Context(self.mapping, self.header, self.cut_off, self.at)

    def start(self, header: tuple[str, ...], file_name: str = "") -> Sink:
        """Take the header; raises ColumnsMissing. The sink that it gives takes the records."""
        header = named_as_mapped(header, self.mapping.known_columns, file_name)
        missing = [name for name in self.mapping.needed_columns if name not in header]
        if missing:
            raise ColumnsMissing(file=file_name, missing=", ".join(missing), found=", ".join(header))
        self.header = header
        self.columns = list(expressions.columns_of(self.context))
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

    def decide(self, unfit: Sequence[Unfit] = ()) -> None:
        """Type every column of every row, and find what is wrong: the table ``judged``, and good ones ``folded``."""
        run, folds = self.connection.execute, self.context.folds
        texts = ", ".join(f'{each.raw} AS "r_{each.field.name}"' for each in self.columns)
        mapped = ", ".join(f'{each.text} AS "t_{each.field.name}"' for each in self.columns)
        typed = ", ".join(
            f'{expressions.fill(each.field.typed, each.field.name)} AS "{each.field.name}"' for each in self.columns
        )
        run(f"""
            CREATE TABLE typed AS
            WITH texts AS (SELECT record, line, {texts} FROM raw),
            mapped AS (SELECT *, {mapped} FROM texts)
            SELECT *, {typed}, {self._orphan() if folds else "false"} AS is_orphan FROM mapped
        """)
        self._compare_rows()
        faults = ", ".join(
            f'{expressions.fault_case(each, folds=folds)} AS "f_{each.field.name}"' for each in self.columns
        )
        any_fault = ", ".join(f'"f_{each.field.name}"' for each in self.columns)
        run(f"""
            CREATE TABLE found AS
            WITH compared AS (SELECT *{self._places()} FROM typed {self._compared()}),
            faults AS (SELECT *, {faults} FROM compared)
            SELECT *, coalesce({any_fault}) IS NULL AS row_is_good FROM faults
        """)
        run("DROP TABLE typed")
        if folds:
            self._stand_or_fall(unfit)
        else:
            run("CREATE VIEW judged AS SELECT *, row_is_good AS is_good, NULL::BIGINT AS bad_record FROM found")
        first = "AND record = first_record" if folds else ""
        run(f"CREATE VIEW folded AS SELECT * FROM judged WHERE is_good {first}")

    def _orphan(self) -> str:
        """Whether an instalment's row has nothing of an account but perhaps its number."""
        told = [
            f'"r_{each.field.name}"'
            for each in self.columns
            if each.source and not each.of_instalment and each.field.name != "account_number"
        ]
        return f"coalesce({', '.join(told)}) IS NULL"

    def _compare_rows(self) -> None:
        """What a row's judgement needs of other rows: tables ``keys``, ``numbers``, ``terms`` and ``differing``."""
        run, key = self.connection.execute, f'"t_{fields.key_of(self.mapping.kind)}"'
        told = f"{key} AS key, count(*) AS same_key_count, min(record) AS first_record, max(record) AS last_record"
        if not self.context.folds:
            run(f"CREATE TABLE keys AS SELECT {told} FROM typed WHERE {key} IS NOT NULL GROUP BY ALL")
        else:
            agreed = "".join(
                f', {_differs(each.field.name, "NOT is_orphan")} AS "a_{each.field.name}"'
                for each in self.columns
                if each.source and not each.of_instalment and each.field.name != "account_number"
            )
            run(f"""
                CREATE TABLE keys AS
                WITH grouped AS (
                    SELECT {told}{agreed}, max("instalments_count") AS told_count, list(i0_number) AS told_numbers,
                        CASE WHEN max("instalments_count") IS NULL THEN min(i0_number) ELSE 1 END AS lowest,
                        coalesce(max("instalments_count"), max(i0_number)) AS highest
                    FROM typed WHERE {key} IS NOT NULL GROUP BY {key}
                )
                SELECT * EXCLUDE (told_count, told_numbers, lowest, highest), nullif(array_to_string(
                    list_filter(generate_series(lowest, highest), lambda x: NOT list_contains(told_numbers, x))[1:12],
                    ', '), '') AS instalments_missing
                FROM grouped
            """)
            run(f"""
                CREATE TABLE numbers AS SELECT {key} AS numbered_key, i0_number AS same_number,
                    count(*) AS same_number_count
                FROM typed WHERE {key} IS NOT NULL AND i0_number IS NOT NULL GROUP BY ALL HAVING count(*) > 1
            """)
        if self.mapping.kind in OF_ACCOUNTS:
            terms = ", ".join(f'{_differs(name, "true")} AS "x_{name}"' for name in fields.BATCH_TERMS)
            run(f"""
                CREATE TABLE terms AS SELECT "t_batch_number" AS terms_of, {terms}
                FROM typed WHERE "t_batch_number" IS NOT NULL GROUP BY ALL
            """)
            run(f"""
                CREATE TABLE differing AS SELECT reference FROM ({self._people()})
                WHERE reference IS NOT NULL GROUP BY reference HAVING min(who) <> max(who)
            """)

    def _people(self) -> str:
        prefixes = ["", *(f"q{place}_" for place in range(len(self.mapping.parties)))]
        return " UNION ALL ".join(
            f"""SELECT "t_{each}customer_number" AS reference, concat_ws(chr(31),
                coalesce("t_{each}document_number", ''), coalesce("t_{each}full_name", '')) AS who FROM typed"""
            for each in prefixes
        )

    def _places(self) -> str:
        told = any(each.name == "currency" for each in fields.fields_of(self.mapping.kind))
        return f", {fields.places()} AS {fields.PLACES}" if told else ""

    def _compared(self) -> str:
        joins = [f'LEFT JOIN keys ON keys.key = typed."t_{fields.key_of(self.mapping.kind)}"']
        if self.context.folds:
            joins.append(
                'LEFT JOIN numbers ON numbered_key = typed."t_account_number" AND same_number = typed.i0_number'
            )
        if self.mapping.kind in OF_ACCOUNTS:
            joins.append('LEFT JOIN terms ON terms_of = typed."t_batch_number"')
        return " ".join(joins)

    def _stand_or_fall(self, unfit: Sequence[Unfit]) -> None:
        """One bad row takes all rows of its account with it, also one that has no place in the table."""
        source = next((each.source for each in self.columns if each.field.name == "account_number"), None)
        place = self.header.index(source) if source else -1
        keys = [(each.cells[place].strip(), each.record) for each in unfit if 0 <= place < len(each.cells)]
        batch = pa.table(
            {
                "unfit_key": pa.array([key for key, _ in keys], pa.string()),
                "unfit_record": pa.array([record for _, record in keys], pa.int64()),
            }
        )
        self.connection.register("batch", batch)
        self.connection.execute("""
            CREATE TABLE judged AS
            WITH unfit AS (SELECT unfit_key, min(unfit_record) AS unfit_record FROM batch GROUP BY unfit_key),
            fallen AS (
                SELECT t_account_number AS fallen_key, min(record) AS fallen_record
                FROM found WHERE NOT row_is_good GROUP BY t_account_number
            )
            SELECT found.*, least(fallen_record, unfit_record) AS bad_record,
                row_is_good AND fallen_record IS NULL AND unfit_record IS NULL AS is_good
            FROM found
            LEFT JOIN fallen ON fallen_key = found.t_account_number
            LEFT JOIN unfit ON unfit_key = found.t_account_number
        """)
        self.connection.unregister("batch")
        self.connection.execute("DROP TABLE found")

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
        missing = "instalments_missing" if self.context.folds else "NULL"
        extra = "first_record, last_record, t_currency, t_account_number"
        if self.mapping.kind not in OF_ACCOUNTS and self.mapping.kind != "payments":
            extra = extra.replace("t_currency", "NULL")
        found = self.connection.execute(
            f"SELECT record, line, {extra}, {missing}, bad_record, {picked} "
            "FROM judged WHERE NOT is_good ORDER BY record"
        ).fetchall()
        cells = self.cells_of([row[0] for row in found])
        for record, line, first, last, currency, number, gaps, bad, *rest in found:
            told = {"first": str(first), "last": str(last), "currency": currency or "?", "missing": gaps or "–"}
            problems = tuple(
                RowProblem(
                    code,
                    each.source or each.field.name,
                    value or "",
                    told | expressions.told_with(each, code),
                )
                for each, value, code in zip(self.columns, rest[::2], rest[1::2], strict=True)
                if code is not None
            )
            if not problems:
                told = {"bad": str(bad)}
                problems = (RowProblem("other-row-refused", self.source_of("account_number"), number or "", told),)
            yield RefusedRow(record, line, number, problems, cells[record])

    def spread(self, problems: Mapping[int, list[RowProblem]]) -> dict[int, list[RowProblem]]:
        """Problems of accounts, each told of all the account's rows: they stand or fall together."""
        if not self.context.folds or not problems:
            return dict(problems)
        rows = self.connection.execute(
            "SELECT record, first_record FROM judged WHERE first_record IN (SELECT unnest($1::BIGINT[])) ORDER BY 1",
            [list(problems)],
        ).fetchall()
        return {record: [replace(each) for each in problems[first]] for record, first in rows}

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


def named_as_mapped(header: tuple[str, ...], known: frozenset[str], file_name: str = "") -> tuple[str, ...]:
    """The heading in the mapping's spelling where the two differ in full-width signs and blanks only."""
    spelled = {_spelling(name): name for name in known}
    named = tuple(spelled.get(_spelling(name), name) for name in header)
    for name in named:
        if named.count(name) > 1:
            raise HeaderWrong(file=file_name, column=name)
    return named


def _spelling(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).replace("\u200b", "").replace("\ufeff", "")


def _differs(name: str, where: str) -> str:
    """Whether a column is not the same in all rows of a group."""
    value, which = f'coalesce(CAST("{name}" AS VARCHAR), "t_{name}")', f"FILTER (WHERE {where})"
    return (
        f"(min({value}) {which} IS DISTINCT FROM max({value}) {which} "
        f"OR count({value}) {which} NOT IN (0, count(*) {which}))"
    )


@contextmanager
def opened(mapping: policy_schema.Mapping, cut_off: date, at: datetime) -> Iterator[Judge]:
    """A judge with a DuckDB of its own."""
    with duck.connect() as connection:
        yield Judge(mapping, connection, cut_off, at)


def judge_example(mapping: policy_schema.Mapping, rows: Sequence[Mapping[str, str]], cut_off: date) -> dict[str, str]:
    """What rows come to, in words of the examples: their fields, or ``refused <column>`` with the code."""
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    header = (*names, *(name for name in mapping.needed_columns if name not in names))
    at = datetime(cut_off.year, cut_off.month, cut_off.day, 23, 59, tzinfo=UTC)
    with duck.connect(small=True) as connection:
        judge = Judge(mapping, connection, cut_off, at)
        sink = judge.start(header)
        numbers = list(range(2, len(rows) + 2))
        sink(numbers, numbers, [[row.get(name, "") for row in rows] for name in header])
        judge.decide()
        if refused := judge.list_refused(Reading().unfit):
            found = [problem for row in reversed(refused) for problem in reversed(row.problems)]
            own = [problem for problem in found if problem.code != "other-row-refused"]
            return {f"refused {problem.field}": problem.code for problem in own or found}
        return _gives(judge)


def _gives(judge: Judge) -> dict[str, str]:
    names = [each.name for each in fields.fields_of(judge.mapping.kind)]
    listed = ", ".join(f'"{name}"' for name in names)
    run, context = judge.connection.execute, judge.context
    values = run(f"SELECT {listed} FROM folded").fetchall()[0]
    given = {name: _written(value) for name, value in zip(names, values, strict=True) if value is not None}
    if judge.mapping.kind not in OF_ACCOUNTS:
        return given
    for _, _, component, amount, _ in run(good_rows.balances(context)).fetchall():
        given[f"balance.{component}"] = _written(amount)
    if points := good_rows.points(context):
        given["contact_points"] = "; ".join(f"{row[2]} {row[4]}" for row in run(points).fetchall())
    if history := good_rows.history(context):
        given["payments"] = "; ".join(f"{row[4]} {_written(row[2])}" for row in run(history).fetchall())
    if instalments := good_rows.instalments(context):
        given["instalments"] = "; ".join(
            f"{row[2]} {row[3]} {'+'.join(_written(each) for each in row[4:7])} paid {_written(row[7])}"
            for row in run(f"{instalments} ORDER BY 3").fetchall()
        )
    if parties := good_rows.parties(context):
        given["parties"] = "; ".join(f"{row[2]} {row[3]}" for row in run(parties).fetchall())
    if documents := good_rows.documents(context):
        given["documents"] = "; ".join(
            " ".join(str(each) for each in (row[2], row[3], row[5], (row[4] or "")[:8]) if each)
            for row in run(documents).fetchall()
        )
    return {name: value for name, value in given.items() if value}


def _written(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
