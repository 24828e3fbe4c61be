"""Reading strategies, and saying in words why an account came to its step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tideover.core import words
from tideover.core.money import Money
from tideover.core.policy import queries as policy
from tideover.core.policy.types import PolicyFile
from tideover.decide.snapshot.columns import BY_NAME
from tideover.decide.strategy.types import StrategyRules


def list_strategies() -> list[PolicyFile]:
    """The strategies in force here, by id."""
    return policy.load("strategies")


def get_strategy(policy_id: str, version: str) -> PolicyFile:
    """A strategy as it was in this version, for an explanation or a replay."""
    return policy.get_version("strategies", policy_id, version)


def explain(file: PolicyFile, step_name: str, facts: Mapping[str, Any], language: str) -> str:
    """Why an account came to the step, in the words of the strategy filled from its snapshot row."""
    strategy: StrategyRules = file.data
    said = strategy.get(step_name).says[words.normal_language(language)]
    filled = {name: _shown(name, fact, facts, language) for name, fact in facts.items() if name in BY_NAME}
    return words.fill(said, language, filled)


def _shown(name: str, fact: Any, facts: Mapping[str, Any], language: str) -> Any:
    if fact is None:
        return words.render("strategy.unknown", language)
    if BY_NAME[name].unit == "money" and facts.get("currency"):
        return Money(fact, facts["currency"])
    if isinstance(fact, bool):
        return words.render(f"strategy.{'yes' if fact else 'no'}", language)
    return fact
