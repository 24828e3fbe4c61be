"""Good rows wait aside, unseen, under a run's number; a run whose process is dead is swept by the next one.

A run holds a session lock for as long as its process lives, so that being dead is known and not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from tideover.act.intake import good_rows, judging
from tideover.act.intake.models import Run
from tideover.act.intake.types import OF_ACCOUNTS, PAYMENTS, PLACEMENT, RECALL, RowProblem
from tideover.core.sql import duck
from tideover.core.sql import files as sql_files

TABLES = (
    "intake_staged_account",
    "intake_staged_balance",
    "intake_staged_point",
    "intake_staged_history",
    "intake_staged_payment",
    "intake_staged_instalment",
    "intake_staged_party",
    "intake_staged_recall",
    "intake_staged_document",
    "intake_staged_state",
)
_LOCK = "SELECT {function}(hashtextextended('intake-run:' || %s::text, 0))"


@contextmanager
def opened(*, client_id: int, kind: str, at: datetime) -> Iterator[int]:
    """A run of one's own, cleared away at the end; dead runs of others are swept first."""
    sweep()
    run = Run(client_id=client_id, kind=kind, started_at=at)
    run.pk = _value("SELECT nextval(pg_get_serial_sequence('intake_run', 'id'))")
    _value(_LOCK.format(function="pg_advisory_lock"), [run.pk])
    try:
        run.save(force_insert=True)
        yield run.pk
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            _clear(run.pk)
            _value(_LOCK.format(function="pg_advisory_unlock"), [run.pk])


def sweep() -> int:
    """Clear away what dead runs left; return how many there were."""
    count = 0
    for run_id in Run.objects.order_by("pk").values_list("pk", flat=True):
        if _value(_LOCK.format(function="pg_try_advisory_lock"), [run_id]):
            try:
                _clear(run_id)
                count += 1
            finally:
                _value(_LOCK.format(function="pg_advisory_unlock"), [run_id])
    return count


def _clear(run_id: int) -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE run_id = %s", [run_id])
    Run.objects.filter(pk=run_id).delete()


def stage(*, run_id: int, judge: judging.Judge) -> None:
    """Copy the good rows that a judge found into the run's tables."""
    kind, context = judge.mapping.kind, judge.context
    if kind == PAYMENTS:
        _copy(judge, run_id, "intake_staged_payment", good_rows.payments())
        return
    if kind == RECALL:
        _copy(judge, run_id, "intake_staged_recall", good_rows.recalls())
        return
    _copy(judge, run_id, "intake_staged_account", good_rows.accounts(context))
    _copy(judge, run_id, "intake_staged_balance", good_rows.balances(context))
    for table, select in (
        ("intake_staged_point", good_rows.points(context)),
        ("intake_staged_history", good_rows.history(context)),
        ("intake_staged_instalment", good_rows.instalments(context)),
        ("intake_staged_party", good_rows.parties(context)),
        ("intake_staged_document", good_rows.documents(context)),
    ):
        if select:
            _copy(judge, run_id, table, select)


def _copy(judge: judging.Judge, run_id: int, table: str, select: str) -> None:
    numbered = f"SELECT {int(run_id)} AS run_id, good.* FROM ({select}) AS good"
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
        for chunk in duck.csv_chunks(judge.connection, numbered):
            copy.write(chunk)


def judge_against_the_book(*, run_id: int, kind: str, params: Mapping[str, Any]) -> dict[int, list[RowProblem]]:
    """What is wrong with staged rows in the light of what is known already; those rows leave the run.

    The good ones are marked new, changed or same. Must be inside the transaction that publishes them.
    """
    problems: dict[int, list[RowProblem]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, f"judge_{_sql_of(kind)}").text, params)
        for record, code, name, value, told in cursor.fetchall():
            problems.setdefault(record, []).append(RowProblem(code, name, value, {"told": told}))
        if problems:
            for table in TABLES[:-1]:
                cursor.execute(f"DELETE FROM {table} WHERE run_id = %s AND record = ANY(%s)", [run_id, list(problems)])
        cursor.execute(sql_files.load(__package__, f"mark_{_sql_of(kind)}").text, params)
    return problems


def count_states(*, run_id: int) -> dict[str, int]:
    """How many good rows are new, changed, or the same."""
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "count_states").text, {"run_id": run_id})
        return dict(cursor.fetchall())


def list_sums(*, kind: str, params: Mapping[str, Any]) -> list[tuple[str, str | None, int, Any]]:
    """Totals of the good rows: currency, bucket, count, sum."""
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, f"sum_{_sql_of(kind)}").text, params)
        return cursor.fetchall()


def _sql_of(kind: str) -> str:
    """Files of accounts are held against the book alike, whatever their kind."""
    return PLACEMENT if kind in OF_ACCOUNTS else kind


def _value(text: str, params: Sequence[Any] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(text, list(params))
        row = cursor.fetchone()
        return row[0] if row else None
