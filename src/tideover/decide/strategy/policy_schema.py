"""The kind ``strategies``: its file, its examples, and what ``tideover check`` asks of them. No Django here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tideover.core.policy import schema, witness
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import Fault, PolicyFile
from tideover.core.policy.yaml_nodes import Mapping as MappingNode
from tideover.core.policy.yaml_nodes import Node, Scalar
from tideover.decide.snapshot.columns import BY_NAME, COLUMNS
from tideover.decide.strategy import rules
from tideover.decide.strategy.types import UNCOVERED, Action, Do, Step, StrategyRules

CHANNELS = ("call",)
OUTSIDE = "not-in-population"


@dataclass(frozen=True)
class _WrittenDo:
    contact: str | None
    find_contact_point: str | None
    review: str | None
    hold: str | None
    leave_alone: str | None
    skill: str | None
    line: int


_DO = schema.Record(
    _WrittenDo,
    {
        "contact": schema.Optional(schema.Choice(CHANNELS)),
        "find-contact-point": schema.Optional(schema.Choice(CHANNELS)),
        "review": schema.Optional(schema.Choice(("team-leader",))),
        "hold": schema.Optional(schema.Name()),
        "leave-alone": schema.Optional(schema.Name()),
        "skill": schema.Optional(schema.Name()),
    },
)
_SHOWN = [column.name for column in COLUMNS]


@dataclass(frozen=True)
class _WrittenStep:
    name: str
    do: _WrittenDo
    says: Mapping[str, str]
    line: int
    when: Any = None


_STEP: dict[str, schema.Type] = {
    "name": schema.Name(),
    "do": _DO,
    "says": schema.Bilingual(placeholders=_SHOWN, longest=300),
}
_WHEN = schema.ConditionText(COLUMNS)


@dataclass(frozen=True)
class _Written:
    population: Any
    steps: tuple[_WrittenStep, ...]
    otherwise: _WrittenStep
    line: int


RECORD = schema.Record(
    _Written,
    {
        "population": _WHEN,
        "steps": schema.ListOf(schema.Record(_WrittenStep, {**_STEP, "when": _WHEN}), least=1, most=60),
        "otherwise": schema.Record(_WrittenStep, _STEP),
    },
)


def finish(written: _Written, reading: Reading) -> Any:
    """Each step does exactly one thing, names differ, and each step can be reached."""
    names: dict[str, int] = {}
    for step in (*written.steps, written.otherwise):
        if step.name in (OUTSIDE, UNCOVERED):
            reading.fault("strategy-name-reserved", step.line, step=step.name)
        if step.name in names:
            reading.fault("strategy-step-twice", step.line, step=step.name, first_line=str(names[step.name]))
        names.setdefault(step.name, step.line)
    steps = [_step(step, reading) for step in (*written.steps, written.otherwise)]
    if schema.INVALID in steps:
        return schema.INVALID
    strategy = StrategyRules(written.population, tuple(steps[:-1]), steps[-1], written.line)
    for earlier, step in unreachable(strategy):
        if earlier is None:
            reading.fault("strategy-never-holds", step.line, step=step.name)
        else:
            line = str(earlier.line)
            reading.fault("strategy-unreachable", step.line, step=step.name, earlier=earlier.name, earlier_line=line)
    return strategy


def _step(written: _WrittenStep, reading: Reading) -> Any:
    do = written.do
    made = {
        Action.CONTACT: do.contact,
        Action.FIND_CONTACT_POINT: do.find_contact_point,
        Action.REVIEW: do.review,
        Action.HOLD: do.hold,
        Action.LEAVE_ALONE: do.leave_alone,
    }
    given = [action for action, value in made.items() if value is not None]
    if len(given) != 1:
        known = ", ".join(action.value for action in made)
        return reading.fault("schema-one-key", do.line, known=known)
    action = given[0]
    if do.skill is not None and action in (Action.HOLD, Action.LEAVE_ALONE):
        return reading.fault("strategy-skill-for-nothing", do.line, action=action.value)
    to_somebody = action in (Action.CONTACT, Action.FIND_CONTACT_POINT)
    what = Do(
        action=action,
        channel=made[action] if to_somebody else None,
        detail=None if to_somebody else made[action],
        skill=do.skill,
    )
    return Step(written.name, written.when, what, written.says, written.line)


def unreachable(strategy: StrategyRules) -> list[tuple[Step | None, Step]]:
    """Steps that no account can come to, with the one earlier step that is in the way (else the one before)."""
    found: list[tuple[Step | None, Step]] = []
    for index, step in enumerate(strategy.steps):
        assert step.when is not None
        holds = [strategy.population, step.when]
        before = strategy.steps[:index]
        if witness.find(holds, BY_NAME) is witness.Answer.NONE:
            found.append((None, step))
        elif witness.find(holds, BY_NAME, [s.when for s in before if s.when]) is witness.Answer.NONE:
            alone = [s for s in before if s.when and _is_covered(holds, s)]
            found.append((alone[0] if alone else before[-1], step))
    return found


def _is_covered(holds: list[Any], earlier: Step) -> bool:
    assert earlier.when is not None
    return witness.find(holds, BY_NAME, [earlier.when]) is witness.Answer.NONE


def overlapping_steps(strategy: StrategyRules) -> list[tuple[Step, Step, dict[str, Any]]]:
    """Pairs of steps that can hold for one account, the winner first, with facts for which they do."""
    found: list[tuple[Step, Step, dict[str, Any]]] = []
    for index, later in enumerate(strategy.steps):
        for earlier in strategy.steps[:index]:
            assert earlier.when is not None
            assert later.when is not None
            facts = witness.find([strategy.population, earlier.when, later.when], BY_NAME)
            if isinstance(facts, dict):
                found.append((earlier, later, facts))
    return found


def check_all(files: Sequence[PolicyFile]) -> list[Fault]:
    """No account may belong to two populations."""
    faults: list[Fault] = []
    for index, file in enumerate(files):
        for other in files[:index]:
            facts = witness.find([file.data.population, other.data.population], BY_NAME)
            if isinstance(facts, dict):
                faults.append(
                    Fault(
                        "strategy-populations-overlap",
                        file.shown_path,
                        line_of_population(file),
                        other=other.id,
                        other_line=str(line_of_population(other)),
                        facts=witness.in_words(facts),
                    )
                )
    return faults


def line_of_population(file: PolicyFile) -> int:
    """The line on which a strategy says whom it is for."""
    lines = file.text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith("population:")), 1)


def ordinary() -> dict[str, Any]:
    """An ordinary late card account: what an example does not say is as here."""
    yes = {"placed", "has_case", "has_collector", "contact_point_callable"}
    facts: dict[str, Any] = {}
    for column in COLUMNS:
        if column.unit == "boolean":
            facts[column.name] = column.name in yes
        elif column.unit == "count":
            facts[column.name] = 0
    return facts | {
        "product": "credit-card",
        "currency": "CNY",
        "mandate": "first-party",
        "owed_amount": Decimal("1250.00"),
        "dpd": 10,
        "stage": "first-contact",
        "stage_age_days": 0,
        "contact_points_callable_count": 1,
        "grade": "unknown",
        "language": "zh-Hans",
        "country": "CN",
    }


@dataclass(frozen=True)
class StrategyExample:
    """Facts, and the step they lead to. ``vary`` names a column that takes each key of ``expect`` in turn."""

    case: Mapping[str, str]
    given: dict[str, Any]
    vary: str | None
    expect: Mapping[Any, str]
    line: int

    def runs(self) -> list[tuple[dict[str, Any], str]]:
        """Each set of facts with the step expected."""
        if self.vary is None:
            return [(self.given, step) for step in self.expect.values()]
        return [({**self.given, self.vary: value}, step) for value, step in self.expect.items()]


class _Expect:
    """A step's name, or a mapping from values of the varied column to names."""

    def read(self, node: Node, reading: Reading) -> Any:
        """The node itself where it is a mapping: its keys are typed when the column is known."""
        return node if isinstance(node, MappingNode) else schema.Name().read(node, reading)


class _ExampleType:
    _record = schema.Record(
        StrategyExample,
        {
            "case": schema.Bilingual(),
            "given": schema.Optional(schema.FactsOf(COLUMNS, ordinary), None),
            "vary": schema.Optional(schema.Choice(tuple(_SHOWN))),
            "expect": _Expect(),
        },
    )

    def read(self, node: Node, reading: Reading) -> Any:
        """The example with the keys of ``expect`` typed by the varied column."""
        example = self._record.read(node, reading)
        if example is schema.INVALID:
            return example
        given = ordinary() if example.given is None else example.given
        given = {column.name: given.get(column.name) for column in COLUMNS}
        if (example.vary is None) is isinstance(example.expect, MappingNode):
            return reading.fault("strategy-example-vary", node.line)
        if example.vary is None:
            return dataclasses.replace(example, given=given, expect={None: example.expect})
        kind = schema.FactOf(BY_NAME[example.vary])
        expect: dict[Any, str] = {}
        for text, entry in example.expect.entries.items():
            value = kind.read(Scalar(text, example.expect.lines[text], False, False), reading)
            step = schema.Name().read(entry, reading)
            if value is schema.INVALID or step is schema.INVALID:
                return schema.INVALID
            expect[value] = step
        return dataclasses.replace(example, given=given, expect=expect)


def run_example(file: PolicyFile, example: StrategyExample) -> tuple[str, dict[str, Any]] | None:
    """None when every set of facts leads to the step expected."""
    for facts, expected in example.runs():
        step = rules.choose(file.data, facts)
        got = step.name if step else OUTSIDE
        if got != expected:
            where = example.case["en"] if example.vary is None else f"{example.vary} = {facts[example.vary]}"
            return "example-differs", {"expected": expected, "got": got, "where": where}
    return None


_NEAR: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "money": lambda value: (value - Decimal("0.01"), value + Decimal("0.01")),
    "share": lambda value: (value - Decimal("0.01"), value + Decimal("0.01")),
    "date": lambda value: (value - timedelta(days=1), value + timedelta(days=1)),
}


def check_examples(file: PolicyFile, examples: Sequence[StrategyExample], reading: Reading) -> None:
    """Each step is shown at work, and each boundary just below, at and just above."""
    strategy: StrategyRules = file.data
    runs = [run for example in examples for run in example.runs()]
    shown = {step for _, step in runs}
    for step in strategy.every_step:
        if step.name not in shown:
            reading.fault("strategy-step-without-example", 1, step=step.name, step_line=str(step.line))
    for boundary in rules.boundaries(strategy):
        below, above = _NEAR.get(boundary.unit, lambda value: (value - 1, value + 1))(boundary.literal)
        tried = {facts[boundary.column] for facts, _ in runs}
        missing = [str(value) for value in (below, boundary.literal, above) if value not in tried]
        if missing and boundary.unit != "time":
            reading.fault("strategy-boundary-missing", 1, column=boundary.column, values=", ".join(missing))


KIND = PolicyKind(
    name="strategies",
    pattern="strategies/*.yaml",
    record=RECORD,
    finish=finish,
    example=_ExampleType(),
    run_example=run_example,
    check_examples=check_examples,
    check_all=check_all,
)
