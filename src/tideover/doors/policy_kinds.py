"""Every kind of policy file. Core knows none of them: here the rooms' kinds are handed over.

Add a line when a room declares a kind in its ``policy_schema.py``. No Django may be imported on the way:
``tideover check`` runs without it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tideover.act.intake import policy_schema as intake
from tideover.act.outcomes import policy_schema as outcomes
from tideover.core.policy import calendars, kinds, witness
from tideover.core.policy.types import Fault, PolicyFile
from tideover.decide.gate import policy_schema as gate
from tideover.decide.snapshot import policy_schema as snapshot
from tideover.decide.strategy import policy_schema as strategy
from tideover.know.cases import policy_schema as cases
from tideover.know.clients import policy_schema as clients
from tideover.know.filing import policy_schema as filing
from tideover.know.ledger import policy_schema as ledger

ALL = (
    calendars.KIND,
    cases.KIND,
    filing.KIND,
    *gate.KINDS,
    strategy.KIND,
    snapshot.KIND,
    *outcomes.KINDS,
    ledger.KIND,
    clients.KIND,
    intake.KIND,
)


def register_all() -> None:
    """Make every kind known to core/policy."""
    for kind in ALL:
        kinds.register(kind)


def list_overlaps(files: Sequence[PolicyFile]) -> list[Fault]:
    """Steps of a strategy that can hold for one account, with both lines and the one that wins."""
    found: list[Fault] = []
    for file in files:
        if file.kind != strategy.KIND.name:
            continue
        for earlier, later, facts in strategy.overlapping_steps(file.data):
            fault = Fault(
                "strategy-steps-overlap",
                file.shown_path,
                earlier.line,
                earlier=earlier.name,
                later=later.name,
                later_line=str(later.line),
                facts=witness.in_words(facts),
            )
            found.append(fault)
    return found
