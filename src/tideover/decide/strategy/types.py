"""What crosses the threshold of strategy: a strategy's rules, what a night's proposing came to, refusals."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tideover.core.policy.conditions import Condition
from tideover.core.problem import Problem

UNCOVERED = "uncovered"


class Action(enum.StrEnum):
    """What a step asks for."""

    CONTACT = "contact"
    FIND_CONTACT_POINT = "find-contact-point"
    REVIEW = "review"
    HOLD = "hold"
    LEAVE_ALONE = "leave-alone"
    UNCOVERED = "uncovered"


@dataclass(frozen=True)
class Do:
    """What a step does. ``detail`` says more: why it is held or left alone, or who reviews.

    Without a ``skill`` the stage's own skill is needed.
    """

    action: Action
    channel: str | None
    detail: str | None
    skill: str | None


@dataclass(frozen=True)
class Step:
    """One named step; its reason stands in both languages. ``otherwise`` has no condition."""

    name: str
    when: Condition | None
    do: Do
    says: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class StrategyRules:
    """Who a strategy is for, and its steps: the first that holds wins, else ``otherwise``."""

    population: Condition
    steps: tuple[Step, ...]
    otherwise: Step
    line: int

    @property
    def every_step(self) -> tuple[Step, ...]:
        """The steps in order, ``otherwise`` last."""
        return (*self.steps, self.otherwise)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The population's condition and those of the steps."""
        return (self.population, *(step.when for step in self.steps if step.when is not None))

    def get(self, name: str) -> Step:
        """The step of this name; raises UnknownStep."""
        for step in self.every_step:
            if step.name == name:
                return step
        raise UnknownStep(step=name)


@dataclass(frozen=True)
class StepCount:
    """How many accounts came to a step."""

    strategy_id: str | None
    step: str
    action: Action
    accounts_count: int


@dataclass(frozen=True)
class Proposed:
    """A night's proposals: where they lie, and how many accounts came to each step."""

    path: Path
    accounts_count: int
    uncovered_count: int
    counts: tuple[StepCount, ...]
    versions: Mapping[str, str]


class PopulationsOverlap(Problem):
    """Accounts belong to the populations of two strategies: the day fails until that is mended."""

    code = "strategy.populations-overlap"


class UnknownStep(Problem):
    """The strategy has no step of this name."""

    code = "strategy.unknown-step"
