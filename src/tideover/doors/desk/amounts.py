"""An amount as people write or paste it: with separators between the thousands, or without; never guessed."""

from __future__ import annotations

import re
from decimal import Decimal

_PLAIN = str.maketrans("０１２３４５６７８９，．－＋", "0123456789,.-+")
_WRITTEN = re.compile(r"[+-]?([0-9]{1,14}|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,4})?")


def read(text: str) -> Decimal | None:
    """The amount, or None: ``12,00`` is not twelve hundred, and ``1e5`` not a hundred thousand."""
    text = text.strip().translate(_PLAIN)
    return Decimal(text.replace(",", "")) if _WRITTEN.fullmatch(text) else None
