"""Every kind of policy file. Core knows none of them: here the rooms' kinds are handed over.

Add a line when a room declares a kind in its ``policy_schema.py``. No Django may be imported on the way:
``tideover check`` runs without it.
"""

from __future__ import annotations

from tideover.act.intake import policy_schema as intake
from tideover.act.outcomes import policy_schema as outcomes
from tideover.core.policy import calendars, kinds
from tideover.decide.gate import policy_schema as gate
from tideover.decide.strategy import policy_schema as strategy
from tideover.know.cases import policy_schema as cases
from tideover.know.ledger import policy_schema as ledger

ALL = (calendars.KIND, cases.KIND, *gate.KINDS, strategy.KIND, *outcomes.KINDS, ledger.KIND, intake.KIND)


def register_all() -> None:
    """Make every kind known to core/policy."""
    for kind in ALL:
        kinds.register(kind)
