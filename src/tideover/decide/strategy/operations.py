"""Proposing: every account of a day's snapshot gets exactly one named step. Pure over its inputs: it replays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tideover.core.policy.types import PolicyFile
from tideover.core.sql import duck
from tideover.decide.strategy import rules
from tideover.decide.strategy.types import Action, PopulationsOverlap, Proposed, StepCount

_COUNTS = "SELECT strategy_id, step, action, count(*) FROM proposals GROUP BY ALL ORDER BY ALL"


def propose(*, day: date, client_id: int, account_day: Path, strategies: Sequence[PolicyFile], out: Path) -> Proposed:
    """Write one row an account to ``out`` (Parquet, by account id): its step and what that asks for.

    Columns: account_id, step, strategy_id, strategy_version, action, channel, detail, skill, reason_code.
    An account in no population is ``uncovered``; one in two raises PopulationsOverlap and nothing is written.
    Reads ``account_day`` and the strategies alone, so that the same inputs give the same file. Its fact is
    written with the day's by ``receipts``.
    """
    ordered = sorted(strategies, key=lambda file: file.id)
    compiled = rules.compile_strategies(ordered)
    with duck.connect() as connection:
        duck.view_parquet(connection, "account_day", account_day)
        double = connection.execute(compiled.overlaps).fetchone()
        if double and double[0]:
            count, account_id, names = double
            raise PopulationsOverlap(
                day=day, client_id=str(client_id), count=count, account_id=str(account_id), strategies=names
            )
        duck.write_parquet(connection, compiled.proposals, out)
        duck.view_parquet(connection, "proposals", out)
        rows = connection.execute(_COUNTS).fetchall()
    counts = tuple(StepCount(policy, step, Action(action), count) for policy, step, action, count in rows)
    return Proposed(
        path=out,
        accounts_count=sum(count.accounts_count for count in counts),
        uncovered_count=sum(c.accounts_count for c in counts if c.action is Action.UNCOVERED),
        counts=counts,
        versions={file.id: file.version for file in ordered},
    )
