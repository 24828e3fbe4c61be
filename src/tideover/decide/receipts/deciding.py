"""Deciding a day from files and policies alone: what the night does step by step, and what a replay does at once.

Nothing here reaches a database, a clock or a stored answer: what a function needs, it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tideover.core.policy.types import PolicyFile
from tideover.core.sql import duck
from tideover.core.sql import files as sql_files
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment import types as assignment_types
from tideover.decide.gate import operations as gate
from tideover.decide.receipts.types import DecisionIncomplete, Difference, Part, Proposed
from tideover.decide.strategy import operations as strategy

KINDS = ("strategies", "jurisdictions", "coverage", "stages", "products", "outcomes", "calendars")
"""Every kind that decides, or that shaped what the decision looks at: each version goes on the receipt."""

_DIFFERENCES_SHOWN = 20


def rungs_of(ladders: Sequence[PolicyFile]) -> list[assignment_types.Rung]:
    """What assigning must know of the ladders."""
    return [
        assignment_types.Rung(product, stage.name, position, stage.skill, stage.owner)
        for file in sorted(ladders, key=lambda file: file.id)
        for product in file.data.products
        for position, stage in enumerate(file.data.stages)
    ]


def decide(*, client_id: int, day: date, parts: Sequence[Part], collector_day: Path, folder: Path) -> Path:
    """Decide a client's day, in a folder that holds nothing but the inputs, and return the decision's file.

    The parts are those of all clients that were assigned together: who does this client's work depends on theirs.
    """
    proposed = [_propose(part, day, folder) for part in parts]
    assigned, decision_day = folder / "assigned.parquet", folder / "decision_day.parquet"
    assign(proposed=proposed, collector_day=collector_day, day=day, output=assigned)
    own = next(each for each in proposed if each.part.client_id == client_id)
    put_together(
        account_day=own.part.account_day,
        proposals=own.proposals,
        struck=own.struck,
        assigned=assigned,
        output=decision_day,
    )
    return decision_day


def _propose(part: Part, day: date, folder: Path) -> Proposed:
    proposals = folder / f"proposals-{part.client_id}.parquet"
    struck = folder / f"struck-{part.client_id}.parquet"
    strategy.propose(
        day=day,
        client_id=part.client_id,
        account_day=part.account_day,
        strategies=part.policies.of("strategies"),
        out=proposals,
    )
    gate.strike_out(
        day=day,
        account_day=part.account_day,
        proposals=proposals,
        output=struck,
        rules=part.policies.of("jurisdictions", "coverage"),
    )
    return Proposed(part, proposals, struck)


def assign(*, proposed: Sequence[Proposed], collector_day: Path, day: date, output: Path) -> assignment_types.Assigned:
    """Decide who does which case's work, over all the clients whose collectors are the same."""
    shares = [
        assignment_types.Share(
            client_id=each.part.client_id,
            ends_at=each.part.ends_at,
            account_day=each.part.account_day,
            proposals=each.proposals,
            struck=each.struck,
            ladder=rungs_of(each.part.policies.of("stages")),
        )
        for each in proposed
    ]
    return assignment.assign(shares=shares, collector_day=collector_day, day=day, output=output)


def put_together(*, account_day: Path, proposals: Path, struck: Path, assigned: Path, output: Path) -> int:
    """Write the decision about every account; raises DecisionIncomplete unless each has exactly one step."""
    with duck.connect() as night:
        duck.view_parquet(night, "account_day", account_day)
        duck.view_parquet(night, "proposals", proposals)
        duck.view_parquet(night, "struck", struck)
        duck.view_parquet(night, "assigned", assigned)
        rows = duck.write_parquet(night, sql_files.load(__package__, "decision_day").text, output)
        counted = night.execute(
            "SELECT (SELECT count(*) FROM account_day), count(*), count(step), count(DISTINCT account_id)"
            f" FROM read_parquet({duck.literal(output)})"
        ).fetchone()
    if counted is None or len(set(counted)) != 1:
        raise DecisionIncomplete(accounts=str(counted))
    return rows


def summarise(decision_day: Path) -> dict[str, Any]:
    """How many accounts came to each step of each stage, and what became of them."""
    with duck.connect() as night:
        duck.view_parquet(night, "decision_day", decision_day)
        found = night.execute(sql_files.load(__package__, "summary").text)
        names = [column[0] for column in found.description]
        steps = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {
        "steps": steps,
        "accounts": sum(row["accounts_count"] for row in steps),
        "work": sum(row["work_count"] for row in steps),
        "uncovered": sum(row["uncovered_count"] for row in steps),
        "not_reached": sum(row["not_reached_count"] for row in steps),
        "struck": sum(row["accounts_count"] for row in steps if row["struck_clause"]),
        "no_strategy": sum(row["accounts_count"] for row in steps if row["action"] == "uncovered"),
    }


def compare(stored: Path, again: Path) -> tuple[int, list[Difference]]:
    """Every cell in which two decisions differ: how many there are, and the first of them by account.

    A column that was not yet kept then is not compared.
    """
    with duck.connect() as night:
        duck.view_parquet(night, "stored", stored)
        duck.view_parquet(night, "again", again)
        columns = [row[0] for row in night.execute("DESCRIBE stored").fetchall()]
        theirs = [row[0] for row in night.execute("DESCRIBE again").fetchall()]
        if not set(columns) <= set(theirs):
            return 1, [Difference(None, "columns", ", ".join(columns), ", ".join(theirs))]
        parts = [
            f"SELECT coalesce(stored.account_id, again.account_id) AS account_id, {duck.literal(name)} AS name,"
            f' CAST(stored."{name}" AS VARCHAR) AS then_was, CAST(again."{name}" AS VARCHAR) AS now_is'
            " FROM stored FULL JOIN again ON again.account_id = stored.account_id"
            f' WHERE stored."{name}" IS DISTINCT FROM again."{name}"'
            for name in columns
        ]
        night.execute("CREATE TABLE differing AS " + " UNION ALL ".join(parts))
        counted = night.execute("SELECT count(*) FROM differing").fetchone()
        shown = night.execute(
            f"SELECT * FROM differing ORDER BY account_id, name LIMIT {_DIFFERENCES_SHOWN}"
        ).fetchall()
    return (counted[0] if counted else 0), [Difference(*row) for row in shown]
