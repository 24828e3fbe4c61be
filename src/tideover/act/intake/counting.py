"""Counting a file: all its records and what they add up to, good or not. No Django; DuckDB over whole columns.

A record whose amount or currency cannot be read, or whose amount is more exact than its currency, is counted apart:
it may explain a difference, in one direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa

from tideover.act.intake import expressions, fields
from tideover.act.intake.judging import Judge
from tideover.act.intake.types import OF_ACCOUNTS, PAYMENTS, Counted, Stated


def count_all(judge: Judge, rows_count: int, unfit_count: int) -> Counted:
    """Every record of a judged file. What had no place in the table is unreadable too."""
    return _count(judge, "judged", rows_count, unfit_count)


def stated_by(judge: Judge, records: Sequence[int]) -> dict[int, Stated]:
    """What some records state: the amount and its currency where both can be read."""
    total = _total(judge)
    if total is None or not records:
        return {}
    once = "record = coalesce(first_record, record)" if judge.context.folds else "true"
    rows = judge.connection.execute(
        f"""
        SELECT record, CASE WHEN {once} THEN {total} END, "t_currency"
        FROM judged WHERE record IN (SELECT unnest($1::BIGINT[]))
        """,
        [list(records)],
    ).fetchall()
    return {record: Stated(amount, currency) for record, amount, currency in rows if amount is not None and currency}


def keys_of(judge: Judge, records: Sequence[int]) -> dict[int, str]:
    """By what some records are found again: the account number, of a payment its reference; where it can be read."""
    key = f"t_{fields.key_of(judge.mapping.kind)}"
    rows = judge.connection.execute(
        f'SELECT record, left("{key}", 120) FROM judged WHERE record IN (SELECT unnest($1::BIGINT[]))'
        f' AND "{key}" IS NOT NULL',
        [list(records)],
    ).fetchall()
    return dict(rows)


def count_new(judge: Judge, keys_before: Sequence[str], unfit_count: int) -> Counted:
    """The records of a mending but those whose key was taken before: these are counted already."""
    key = f"t_{fields.key_of(judge.mapping.kind)}"
    judge.connection.register("batch", pa.table({"key": pa.array(keys_before, pa.string())}))
    judge.connection.execute("CREATE OR REPLACE TEMP TABLE taken_before AS SELECT DISTINCT key FROM batch")
    judge.connection.unregister("batch")
    judge.connection.execute(
        f'CREATE OR REPLACE TEMP VIEW added AS SELECT *, "{key}" AS added_key FROM judged'
        f' WHERE "{key}" IS NULL OR "{key}" NOT IN (SELECT key FROM taken_before)'
    )
    rows = judge.connection.execute("SELECT count(*) FROM added").fetchone()
    assert rows is not None
    return _count(judge, "added", rows[0] + unfit_count, unfit_count)


def new_keys(judge: Judge) -> dict[str, int]:
    """The keys of the records that ``count_new`` counted, and how many records have each."""
    rows = judge.connection.execute(
        "SELECT left(added_key, 120), count(*) FROM added WHERE added_key IS NOT NULL GROUP BY 1"
    )
    return dict(rows.fetchall())


def _count(judge: Judge, relation: str, rows_count: int, unfit_count: int) -> Counted:
    total = _total(judge)
    if total is None:
        return Counted(rows_count, {}, 0)
    rows = judge.connection.execute(f"""
        WITH stated AS (SELECT {total} AS amount, "t_currency" AS currency FROM {relation} {_once(judge)})
        SELECT CASE WHEN amount IS NOT NULL THEN currency END, sum(amount), count(*) FROM stated GROUP BY 1
    """).fetchall()
    totals = {currency: Decimal(amount) for currency, amount, _ in rows if currency is not None}
    unreadable = sum(count for currency, _, count in rows if currency is None)
    return Counted(rows_count, totals, unreadable + unfit_count)


def _total(judge: Judge) -> str | None:
    """What a record states, null where any of it cannot be read; None of a kind that states no amount."""
    mapping = judge.mapping
    if mapping.kind == PAYMENTS:
        return _exact('"amount"')
    if mapping.kind not in OF_ACCOUNTS:
        return None
    present = [f"b{place}" for place, each in enumerate(mapping.balances) if judge.context.has(each.amount)]
    unread = " OR ".join(f"{name} IS NULL" for name in present)
    return f"CASE WHEN NOT ({unread}) THEN {_exact(expressions.total_of(mapping, judge.header))} END"


def _exact(total: str) -> str:
    """The amount where its currency has so many places."""
    rounded = {places: f"CAST(round({total}, {places}) AS DECIMAL(38, 4))" for places in (0, 2, 3)}
    kept = f"CASE {fields.PLACES} WHEN 0 THEN {rounded[0]} WHEN 3 THEN {rounded[3]} ELSE {rounded[2]} END"
    return f"CASE WHEN {kept} = {total} THEN {total} END"


def _once(judge: Judge) -> str:
    """Where several rows are one account, its balance stands in each of them and is counted once."""
    return "WHERE record = coalesce(first_record, record)" if judge.context.folds else ""
