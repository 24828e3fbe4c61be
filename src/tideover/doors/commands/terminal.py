"""What commands write on a terminal, in the language of whoever sits at it."""

from __future__ import annotations

import os
import sys
from typing import Any

from tideover.core import words


def language() -> str:
    """The terminal's language: TIDEOVER_LANGUAGE, else the locale."""
    for name in ("TIDEOVER_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if given := os.environ.get(name):
            return words.normal_language(given)
    return "en"


def say(code: str, **fields: Any) -> str:
    """The words for a code in the terminal's language."""
    return words.render(code, language(), **fields)


def tell(code: str, **fields: Any) -> None:
    """Write the words for a code on standard error, where progress goes."""
    print(say(code, **fields), file=sys.stderr, flush=True)
