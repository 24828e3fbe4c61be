"""The kind ``grade``: how many accounts a grade needs behind it, and which share that got worse makes which grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tideover.core.policy import schema
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import PolicyFile

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Grade:
    """A grade, and the share of accounts that got worse from which it holds."""

    name: str
    from_share: Decimal
    title: Mapping[str, str]


@dataclass(frozen=True)
class Grades:
    """Grades by share, the lowest first."""

    accounts_count_min: int
    grades: tuple[Grade, ...]
    line: int

    def of(self, accounts_count: int, share: Decimal | None) -> str:
        """The grade of an account on a path on which so many were seen and such a share got worse."""
        if share is None or accounts_count < self.accounts_count_min:
            return UNKNOWN
        return next(each.name for each in reversed(self.grades) if share >= each.from_share)


@dataclass(frozen=True)
class GradeExample:
    """How many were on the path, the share of them that got worse, and the grade."""

    case: Mapping[str, str]
    accounts_count: int
    share: Decimal
    expect: str


def _finish(grades: Grades, reading: Reading) -> Any:
    if not grades.grades or grades.grades[0].from_share != 0:
        return reading.fault("grade-from-zero", grades.line)
    for lower, higher in pairwise(grades.grades):
        if higher.from_share <= lower.from_share:
            return reading.fault("grade-out-of-order", grades.line, grade=higher.name)
    return grades


def _run(file: PolicyFile, example: GradeExample) -> tuple[str, dict[str, Any]] | None:
    got = file.data.of(example.accounts_count, example.share)
    if got == example.expect:
        return None
    return "example-differs", {"expected": example.expect, "got": got, "where": example.case["en"]}


_SHARE = schema.Number(Decimal(0), Decimal(1))

KIND = PolicyKind(
    name="grade",
    pattern="grades/*.yaml",
    record=schema.Record(
        Grades,
        {
            "accounts_count_min": schema.Integer(1, 1_000_000),
            "grades": schema.ListOf(
                schema.Record(Grade, {"name": schema.Name(), "from_share": _SHARE, "title": schema.Bilingual()}),
                most=9,
            ),
        },
    ),
    finish=_finish,
    example=schema.Record(
        GradeExample,
        {
            "case": schema.Bilingual(),
            "accounts_count": schema.Integer(0, 10_000_000),
            "share": _SHARE,
            "expect": schema.Name(),
        },
    ),
    run_example=_run,
)
