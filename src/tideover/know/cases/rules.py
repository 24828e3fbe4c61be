"""The ladder's logic, pure: where an account goes next, by when, and which of a case's accounts leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from tideover.know.cases.types import ASSIST_CAUSES as ASSIST_CAUSES
from tideover.know.cases.types import CHANGE_CAUSES as CHANGE_CAUSES
from tideover.know.cases.types import CaseAccountRead, LadderRules, Minimum, MoveRule, StageRule

ASSIGN_CAUSES = ("first-assignment", "returning-customer")
LIFT_CAUSES = ("resolved", "rejected", "withdrawn", "entered-in-error")


def next_move(stage: StageRule, facts: Mapping[str, Any]) -> MoveRule | None:
    """The first move whose condition holds. What is unknown does not move an account."""
    return next((move for move in stage.moves if move.when.evaluate(facts) is True), None)


def deadline(stage: StageRule, since: date) -> date | None:
    """The last date on which the stage's minimum of work may be done; None where it has no deadline."""
    if stage.deadline_calendar_days is None:
        return None
    return since + timedelta(days=stage.deadline_calendar_days)


def is_minimum_done(minimum: Minimum, attempts_count: int, reviews_count: int) -> bool:
    """Whether the least work of a stage has been done."""
    return attempts_count >= minimum.attempts_count and reviews_count >= minimum.reviews_count


def reachable(ladder: LadderRules) -> set[str]:
    """The stages to which some chain of moves leads from the first one."""
    targets = {stage.name: [move.to for move in stage.moves] for stage in ladder.stages}
    seen: set[str] = set()
    waiting = [ladder.first.name]
    while waiting:
        stage = waiting.pop()
        if stage not in seen:
            seen.add(stage)
            waiting.extend(targets.get(stage, []))
    return seen


def lead(accounts: Iterable[CaseAccountRead], positions: Mapping[str, int]) -> CaseAccountRead | None:
    """The open account that leads the case: the furthest up the ladder, then the longest there, then by id."""
    still_in = [each for each in accounts if each.left_date is None]
    return min(
        still_in,
        key=lambda each: (-positions.get(each.stage, -1), each.stage_since_date, each.account_id),
        default=None,
    )
