"""The rules that bind a contact in a place: the folders that coverage names, in one book. Pure; no Django."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tideover.core.policy.types import PolicyFile
from tideover.decide.gate.policy_schema import Coverage, GateRule, Place

COVERAGE_ID = "jurisdictions.coverage"


@dataclass(frozen=True)
class BoundRule:
    """A rule with its id and the values that are in force."""

    id: str
    title: dict[str, str]
    rule: GateRule
    values: dict[str, Any]


@dataclass(frozen=True)
class Rulebook:
    """Coverage and every rule, with one digest over all their versions."""

    coverage: Coverage
    files: tuple[PolicyFile, ...]
    version: str

    def place(self, country: str | None) -> Place | None:
        """What is covered in the country; None when nothing is."""
        return None if country is None else self.coverage.places.get(country)

    def binding(self, country: str, channel: str, purpose: str, day: date) -> tuple[BoundRule, ...]:
        """The rules that bind such a contact on the day, by id. Each must permit: the strictest wins."""
        place = self.coverage.places[country]
        bound: list[BoundRule] = []
        for file in self.files:
            folder, rule = file.id.split(".")[1], file.data
            if folder not in place.rules or not rule.binds(channel, purpose):
                continue
            if (dated := rule.in_force(day)) is not None:
                bound.append(BoundRule(file.id, dict(file.title), rule, dict(dated.values)))
        return tuple(bound)

    def title(self, clause: str) -> dict[str, str] | None:
        """A clause's title in both languages; None when it is none of the rule files."""
        return next((dict(file.title) for file in self.files if file.id == clause), None)


def make(given: Iterable[PolicyFile]) -> Rulebook:
    """The book of these policy files: all rules of jurisdictions, and coverage. Others are left aside."""
    files = sorted((file for file in given if file.kind in ("jurisdictions", "coverage")), key=lambda file: file.id)
    coverage = [file.data for file in files if file.id == COVERAGE_ID]
    if len(coverage) != 1:
        raise LookupError("a rulebook needs exactly one coverage file")
    version = hashlib.sha256("\n".join(f"{file.id} {file.version}" for file in files).encode()).hexdigest()
    rules = tuple(file for file in files if file.kind == "jurisdictions")
    return Rulebook(coverage[0], rules, version)
