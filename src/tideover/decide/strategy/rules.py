"""A strategy in two renderings: one SQL statement over ``account_day``, and one account's facts at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tideover.core.policy import condition_tree as tree
from tideover.core.policy.types import PolicyFile
from tideover.decide.strategy.types import UNCOVERED, Action, Step, StrategyRules

_UNCOVERED_ROW = (0, UNCOVERED, None, None, Action.UNCOVERED.value, None, None, None)


@dataclass(frozen=True)
class Compiled:
    """Several strategies as SQL over the relation ``account_day``.

    ``overlaps`` gives the accounts in more than one population; ``proposals`` one row an account, ordered.
    """

    overlaps: str
    proposals: str


def choose(strategy: StrategyRules, facts: Mapping[str, Any]) -> Step | None:
    """The step for one account, or None when it is outside the population."""
    if strategy.population.evaluate(facts) is not True:
        return None
    for step in strategy.steps:
        if step.when is not None and step.when.evaluate(facts) is True:
            return step
    return strategy.otherwise


def compile_strategies(strategies: Sequence[PolicyFile]) -> Compiled:
    """One CASE for all strategies: population by population, step by step, first match wins."""
    rows: list[tuple[Any, ...]] = [_UNCOVERED_ROW]
    branches: list[str] = []
    for file in strategies:
        strategy: StrategyRules = file.data
        arms: list[str] = []
        for step in strategy.every_step:
            number = len(rows)
            do = step.do
            rows.append((number, step.name, file.id, file.version, do.action.value, do.channel, do.detail, do.skill))
            if step.when is None:
                arms.append(f"ELSE {number}")
            else:
                arms.append(f"WHEN {step.when.to_duckdb()} THEN {number}")
        inner = "\n            ".join(arms)
        branches.append(f"WHEN {strategy.population.to_duckdb()} THEN CASE\n            {inner}\n        END")
    decided = "CASE\n        " + "\n        ".join([*branches, "ELSE 0"]) + "\n    END" if branches else "0"
    matched = " + ".join(f"CAST(coalesce({file.data.population.to_duckdb()}, FALSE) AS INTEGER)" for file in strategies)
    return Compiled(_overlaps(strategies, matched or "0"), _proposals(decided, rows))


def _overlaps(strategies: Sequence[PolicyFile], matched: str) -> str:
    names = ", ".join(f"CASE WHEN {file.data.population.to_duckdb()} THEN {_text(file.id)} END" for file in strategies)
    which = f"concat_ws(', ', {names})" if names else "''"
    return f"SELECT count(*), min(account_id), min({which})\nFROM account_day\nWHERE {matched} > 1"


def _proposals(decided: str, rows: Sequence[tuple[Any, ...]]) -> str:
    listed = ",\n    ".join("(" + ", ".join(_literal(value) for value in row) + ")" for row in rows)
    return f"""WITH step (number, step, strategy_id, strategy_version, action, channel, detail, skill) AS (
    VALUES
    {listed}
), decided AS (
    SELECT account_id, {decided} AS number
    FROM account_day
)
SELECT
    decided.account_id, step.step, step.strategy_id, step.strategy_version, step.action,
    CAST(step.channel AS VARCHAR) AS channel, CAST(step.detail AS VARCHAR) AS detail,
    CAST(step.skill AS VARCHAR) AS skill, step.step AS reason_code
FROM decided JOIN step ON step.number = decided.number
ORDER BY decided.account_id"""


def _literal(value: Any) -> str:
    if value is None:
        return "CAST(NULL AS VARCHAR)"
    return str(value) if isinstance(value, int) else _text(value)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Boundary:
    """A place where a condition turns: a column and the literal it is compared with."""

    column: str
    literal: Any
    unit: str


def boundaries(strategy: StrategyRules) -> Iterator[Boundary]:
    """Each column that is compared by size with a literal, once."""
    seen: set[Boundary] = set()
    for condition in strategy.conditions:
        for boundary in _boundaries(condition.root):
            if boundary not in seen:
                seen.add(boundary)
                yield boundary


def _boundaries(node: tree.Node) -> Iterator[Boundary]:
    if isinstance(node, tree.Compare) and node.sign not in ("=", "<>"):
        pair = (node.left, node.right)
        for one, other in (pair, pair[::-1]):
            if isinstance(one, tree.Name) and isinstance(other, tree.Literal):
                yield Boundary(one.name, other.literal, one.unit)
    for child in node.children():
        yield from _boundaries(child)
