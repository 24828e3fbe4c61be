"""Assigning a day's work, filing it, and marking it done. The night's part works on files alone, in sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection, transaction
from django.db.models import QuerySet, Subquery

from tideover.core.access.types import Actor
from tideover.core.sql import duck
from tideover.core.sql import files as sql_files
from tideover.decide.assignment.covering import cover_absent as cover_absent
from tideover.decide.assignment.covering import return_cover as return_cover
from tideover.decide.assignment.models import WorkItem
from tideover.decide.assignment.reassigning import reassign as reassign
from tideover.decide.assignment.reassigning import undo_reassignment as undo_reassignment
from tideover.decide.assignment.types import Assigned, OrderReason, Share
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import ReviewDecision
from tideover.know.clients import queries as clients

SUPERSEDED = "superseded"
UNREACHABLE = "find-contact-point"
RISES_DAYS = 5
"""So many days without an attempt lift an item one rank in the day's order, so that nothing waits for ever."""

FILED_COLUMNS = (
    "team_id", "case_id", "collector_id", "cover_for_id", "assigned_cause", "uncovered_cause", "position",
    "order_reason", "lead_account_id", "stage", "step", "action", "channel", "skill", "strategy_id",
    "strategy_version", "due_at", "owed_amount", "currency",
)  # fmt: skip
ACCOUNT_COLUMNS = (
    "account_id", "case_id", "customer_id", "collector_id", "language", "product", "stage", "stage_age_days",
    "stage_late", "stage_deadline_date", "dpd", "owed_amount", "currency", "call_back_at", "promise_broken",
    "promise_due_date", "last_attempt_days_ago",
)  # fmt: skip
"""All that assigning looks at of an account, beside whose it is."""


def assign(*, shares: Sequence[Share], collector_day: Path, day: date, output: Path) -> Assigned:
    """Decide who does which case's work, and in what order, from the shares' files and the collectors alone.

    The shares are those of all clients whose collectors are the same. The same files give the same bytes.
    """
    with duck.connect() as night:
        _lay_out(night, shares, collector_day)
        salt = f":{day.isoformat()}"
        night.execute("CREATE TABLE work AS " + _text("work"), {"day": day, "salt": salt, "rises": RISES_DAYS})
        night.execute("CREATE TABLE held AS " + _text("held"))
        night.execute("CREATE TABLE absent AS " + _text("absent"))
        _spread(night, salt)
        night.execute("CREATE TABLE assigned AS " + _text("ordered"))
        duck.write_parquet(night, "SELECT * FROM assigned ORDER BY case_id", output)
        counts = night.execute(
            f"SELECT count(*) FILTER (action <> '{UNREACHABLE}'), count(collector_id),"
            " count(uncovered_cause) FILTER (uncovered_cause NOT IN ('not-reached', 'owner-absent')),"
            " count(*) FILTER (uncovered_cause IN ('not-reached', 'owner-absent')),"
            " count(*) FILTER (assigned_cause <> 'kept' AND cover_for_id IS NULL)"
            " FROM assigned"
        ).fetchone()
    assert counts is not None
    return Assigned(output, *counts)


def _lay_out(night: duckdb.DuckDBPyConnection, shares: Sequence[Share], collector_day: Path) -> None:
    """The inputs under their names, each account with its client."""
    night.execute("CREATE TABLE client (client_id BIGINT, ends_at TIMESTAMPTZ)")
    night.executemany("INSERT INTO client VALUES (?, ?)", [[each.client_id, each.ends_at] for each in shares])
    accounts = " UNION ALL ".join(
        f"SELECT CAST({each.client_id:d} AS BIGINT) AS client_id, {_account_columns(night, each.account_day)}"
        f" FROM read_parquet({duck.literal(each.account_day)})"
        for each in shares
    )
    night.execute(f"CREATE VIEW account_day AS {accounts}")
    for name, paths in (
        ("proposals", [each.proposals for each in shares]),
        ("struck", [each.struck for each in shares]),
    ):
        listed = ", ".join(duck.literal(path) for path in paths)
        night.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}], union_by_name = true)")
    night.execute(
        "CREATE TABLE ladder"
        " (client_id BIGINT, product VARCHAR, stage VARCHAR, position INTEGER, skill VARCHAR, owner VARCHAR)"
    )
    night.executemany(
        "INSERT INTO ladder VALUES (?, ?, ?, ?, ?, ?)",
        [
            [share.client_id, each.product, each.stage, each.position, each.skill, each.owner]
            for share in shares
            for each in share.ladder
        ],
    )
    duck.view_parquet(night, "collector_file", collector_day)
    held = {row[0] for row in night.execute("DESCRIBE collector_file").fetchall()}
    # Files of version 0.1.0 were one client's, and knew of nobody's absence.
    added = {"client_ids": "(SELECT list(client.client_id) FROM client)", "is_present": "TRUE"}
    more = "".join(f", {text} AS {name}" for name, text in added.items() if name not in held)
    night.execute(f"CREATE VIEW collector_day AS SELECT *{more} FROM collector_file")


def _account_columns(night: duckdb.DuckDBPyConnection, path: Path) -> str:
    """What is read of a snapshot; earlier ones knew of no complaint."""
    held = {row[0] for row in night.execute(f"DESCRIBE SELECT * FROM read_parquet({duck.literal(path)})").fetchall()}
    complained = "collector_complained_of"
    return ", ".join((*ACCOUNT_COLUMNS, complained if complained in held else f"FALSE AS {complained}"))


def _spread(night: duckdb.DuckDBPyConnection, salt: str) -> None:
    """Give what waits to those who may do it, need by need, until nobody who waits is more urgent than who sits.

    A need that only few can meet comes first; should a later one displace it by urgency, it is tried again. What a
    list gains is always more urgent than what it loses, so this ends. A portfolio has a few dozen needs, whatever
    its size, and hardly ever a second round.
    """
    night.execute("CREATE TABLE waiting AS " + _text("waiting"))
    while needs := night.execute(_text("needs")).fetchall():
        for client_id, skill, language, is_cover in needs:
            given = {"client_id": client_id, "skill": skill, "language": language, "is_cover": is_cover, "salt": salt}
            night.execute("INSERT INTO held " + _text("spread"), given)
        night.execute("CREATE OR REPLACE TABLE displaced AS " + _text("displaced"))
        night.execute("DELETE FROM held WHERE case_id IN (SELECT case_id FROM displaced)")
        night.execute(
            "CREATE OR REPLACE TABLE waiting AS SELECT * FROM (" + _text("waiting") + ")"
            " WHERE case_id IN (SELECT case_id FROM displaced)"
        )


def _text(name: str) -> str:
    return sql_files.load(__package__, name).text


def file_work(*, assigned: Path, client_id: int, day: date, at: datetime) -> dict[str, int]:
    """Write the day's work items and close what is left of earlier days; must be inside a transaction.

    Work that was not done is closed as superseded, not deleted. A case that nobody can reach is no work: it is listed
    for the lender to be asked. Filing the same day again changes nothing.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("work is filed inside the day's transaction")
    if WorkItem.objects.filter(client_id=client_id, day=day).exists():
        return {"items": 0, "superseded": 0, "unreachable": 0}
    superseded = WorkItem.objects.filter(client_id=client_id, day__lt=day, done_at=None).update(
        done_at=at, done_cause=SUPERSEDED
    )
    columns = ", ".join(FILED_COLUMNS)
    with duck.connect() as night, connection.cursor() as cursor:
        duck.view_parquet(night, "assigned", assigned)
        select = f"SELECT $day, $client_id, {columns} FROM assigned"
        select += f" WHERE client_id = $client_id AND action <> '{UNREACHABLE}' ORDER BY case_id"
        with cursor.copy(f"COPY assignment_workitem (day, client_id, {columns}) FROM STDIN (FORMAT csv)") as copy:
            for chunk in duck.csv_chunks(night, select, {"day": day, "client_id": client_id}):
                copy.write(chunk)
        cursor.execute("SELECT count(*) FROM assignment_workitem WHERE client_id = %s AND day = %s", [client_id, day])
        items = cursor.fetchone()[0]
        unreachable = _file_unreachable(night, cursor, client_id, day)
    return {"items": items, "superseded": superseded, "unreachable": unreachable}


def _file_unreachable(night: duckdb.DuckDBPyConnection, cursor: Any, client_id: int, day: date) -> int:
    """Keep since when nobody can reach a case; how many there are."""
    listed = night.execute(
        "SELECT coalesce(list(case_id ORDER BY case_id), []), coalesce(list(lead_account_id ORDER BY case_id), [])"
        f" FROM assigned WHERE client_id = $client_id AND action = '{UNREACHABLE}'",
        {"client_id": client_id},
    ).fetchone()
    assert listed is not None
    given = {"case_ids": listed[0], "account_ids": listed[1], "client_id": client_id, "day": day}
    cursor.execute(_text("file_unreachable"), given)
    return len(listed[0])


def new_owners(*, client_id: int, day: date) -> tuple[str, dict[str, Any]]:
    """The relation of cases that the day gives to somebody: (case_id, collector_id, cause), with its parameters.

    Made for ``cases.assign_collectors``, which takes a relation and so need not know whose tables it reads.
    """
    return sql_files.load(__package__, "new_owners").text, {"client_id": client_id, "day": day}


def mark_done(*, case_id: int, day: date | None, work_item_id: int | None, cause: str, at: datetime) -> bool:
    """Close the case's work item of the day, or of the day of the work item; says whether it was still open.

    Where the customer asked to be called once more on that very day, it is not over: it waits on the list for that
    time. Must be inside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("work is marked done with what was done")
    of_item = Subquery(WorkItem.objects.filter(pk=work_item_id).values("day"))
    open_work = WorkItem.objects.filter(case_id=case_id, day=of_item if day is None else day, done_at=None)
    if (again := _again_today(case_id, open_work, at)) is not None:
        open_work.update(**again)
        return True
    return bool(open_work.update(done_at=at, done_cause=cause))


def _again_today(case_id: int, open_work: QuerySet[WorkItem], at: datetime) -> dict[str, Any] | None:
    """What the open work item becomes where the customer asked for one more call on its day: due then, somebody's."""
    again_at, owner_id = cases_queries.get_call_back(case_id)
    if again_at is None or again_at <= at:
        return None
    item = open_work.filter(action="contact").first()
    if item is None or clients.get_client_by_id(item.client_id).local_date(again_at) != item.day:
        return None
    taken = {} if item.collector_id else {"collector_id": owner_id, "uncovered_cause": None}
    return {"due_at": again_at, "order_reason": OrderReason.CALL_BACK, **taken}


def decide_review(*, case_id: int, account_id: int, decision: ReviewDecision, at: datetime, actor: Actor) -> int:
    """Record a leader's decision on a case, and close the case's review of the day with it; the review's id."""
    with transaction.atomic():
        review_id = cases.review(case_id=case_id, account_id=account_id, decision=decision, at=at, actor=actor)
        WorkItem.objects.filter(case_id=case_id, action="review", done_at=None).update(
            done_at=at, done_cause="reviewed"
        )
    return review_id
