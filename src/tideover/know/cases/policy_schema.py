"""The kind ``stages``: the ladder of a product, as a policy file. No Django here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tideover.core.policy import schema
from tideover.core.policy.conditions import Column
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.types import Fault, PolicyFile
from tideover.know.cases import rules
from tideover.know.cases.types import LadderRules, Minimum, MoveRule, ReviewDecision, StageRule

OWNERS = ("system", "collector", "team-leader")

COLUMNS = (
    Column("dpd", "days", {"en": "days past due", "zh-Hans": "逾期天数"}),
    Column("days_in_stage", "days", {"en": "days in the stage, held or promised days apart", "zh-Hans": "停留天数"}),
    Column("attempts_count", "count", {"en": "attempts in the stage", "zh-Hans": "本阶段联系次数"}),
    Column("contacts_count", "count", {"en": "attempts that reached somebody", "zh-Hans": "本阶段接通次数"}),
    Column("right_party_count", "count", {"en": "talks with the customer", "zh-Hans": "本阶段本人接通次数"}),
    Column(
        "broken_promises_count",
        "count",
        {"en": "promises broken since the last review", "zh-Hans": "上次审核以来跳票次数"},
    ),
    Column("filing_gaps_count", "count", {"en": "items missing in the file", "zh-Hans": "资料缺失项数"}),
    Column(
        "review_decision",
        "text",
        {"en": "the leader's decision in the stage", "zh-Hans": "本阶段主管审核结论"},
        tuple(ReviewDecision),
    ),
)
"""What a move's condition may look at. A row that was accepted is filed, so filing needs no column yet."""

_MINIMUM = schema.Record(
    Minimum,
    {
        "attempts_count": schema.Optional(schema.Integer(0, 50), 0),
        "reviews_count": schema.Optional(schema.Integer(0, 1), 0),
    },
)
_MOVE = schema.Record(
    MoveRule,
    {
        "name": schema.Name(),
        "to": schema.Name(),
        "when": schema.ConditionText(COLUMNS),
        "says": schema.Bilingual(longest=300),
    },
)
_STAGE = schema.Record(
    StageRule,
    {
        "name": schema.Name(),
        "title": schema.Bilingual(longest=60),
        "explanation": schema.Bilingual(),
        "owner": schema.Choice(OWNERS),
        "skill": schema.Optional(schema.Name()),
        "deadline_calendar_days": schema.Optional(schema.Integer(0, 365)),
        "minimum": schema.Optional(_MINIMUM, Minimum()),
        "moves": schema.Optional(schema.ListOf(_MOVE), ()),
    },
)
_LADDER = schema.Record(
    LadderRules,
    {
        "products": schema.ListOf(schema.Name(), least=1),
        "former_collector_days": schema.Integer(0, 3650),
        "stages": schema.ListOf(_STAGE, least=2),
    },
)


@dataclass(frozen=True)
class Example:
    """One moment of an account on the ladder, and where it goes from there; ``stays`` where it does not move."""

    stage: str
    facts: dict[str, Any]
    goes_to: str
    line: int


_EXAMPLE = schema.Record(
    Example,
    {"stage": schema.Name(), "facts": schema.FactsOf(COLUMNS), "goes_to": schema.Name()},
)


def _finish(ladder: LadderRules, reading: schema.Reading) -> LadderRules:
    """Every move leads to a stage of the ladder, every stage can be reached, and only the last is the end."""
    names = [stage.name for stage in ladder.stages]
    for stage in ladder.stages:
        if names.count(stage.name) > 1:
            reading.fault("stages-twice", stage.line, stage=stage.name)
        for move in stage.moves:
            if move.to not in names or move.to == stage.name:
                reading.fault("stages-unknown-target", move.line, to=move.to, known=", ".join(names))
        if stage.is_end != (stage is ladder.stages[-1]):
            reading.fault("stages-end", stage.line, stage=stage.name)
        if not stage.is_end and stage.owner != "system" and stage.skill is None:
            reading.fault("stages-no-skill", stage.line, stage=stage.name)
    for name in sorted(set(names) - rules.reachable(ladder)):
        reading.fault("stages-unreachable", ladder.stages[names.index(name)].line, stage=name)
    return ladder


def _run_example(file: PolicyFile, example: Example) -> tuple[str, dict[str, Any]] | None:
    ladder: LadderRules = file.data
    if example.stage not in [stage.name for stage in ladder.stages]:
        return "stages-unknown-target", {"to": example.stage, "known": ", ".join(s.name for s in ladder.stages)}
    move = rules.next_move(ladder.get(example.stage), example.facts)
    found = move.to if move else "stays"
    if found != example.goes_to:
        return "stages-example-differs", {"stage": example.stage, "expected": example.goes_to, "found": found}
    return None


def _check_examples(file: PolicyFile, examples: Sequence[Example], reading: schema.Reading) -> None:
    """Each move of each stage is shown at work at least once."""
    ladder: LadderRules = file.data
    shown = {
        (example.stage, move.name)
        for example in examples
        if (move := rules.next_move(ladder.get(example.stage), example.facts)) is not None
    }
    for stage in ladder.stages:
        for move in stage.moves:
            if (stage.name, move.name) not in shown:
                reading.fault("stages-move-without-example", 1, stage=stage.name, move=move.name)


def _check_all(found: Sequence[PolicyFile]) -> list[Fault]:
    """A product has one ladder."""
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    for file in found:
        for product in file.data.products:
            if product in seen:
                faults.append(Fault("stages-product-twice", str(file.path), 1, product=product, other=seen[product]))
            seen[product] = file.id
    return faults


KIND = PolicyKind(
    name="stages",
    pattern="stages/*.yaml",
    record=_LADDER,
    finish=_finish,
    example=_EXAMPLE,
    run_example=_run_example,
    check_examples=_check_examples,
    check_all=_check_all,
)
