"""Pure rules of filing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from tideover.know.filing.policy_schema import Checklist

_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(text: str) -> bool:
    """Whether the text is a SHA-256 in lower-case hexadecimal."""
    return _DIGEST.fullmatch(text) is not None


def as_relation(checklists: Iterable[Checklist]) -> str:
    """The items of all checklists as the set statements take them: a JSON list of product, item, asks, of_role."""
    return json.dumps(
        [
            {"product": each.product, "item": item.name, "asks": item.asks, "of_role": item.of_role}
            for each in checklists
            for item in each.items
        ]
    )
