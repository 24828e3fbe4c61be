"""What commands write on a terminal, in the language of whoever sits at it."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Sequence
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


def progress(code: str, **fields: Any) -> None:
    """Say how far something is: over the line before on a terminal, on a line of its own elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{say(code, **fields)}", end="", file=sys.stderr, flush=True)
    else:
        tell(code, **fields)


def end_progress() -> None:
    """Leave the line that progress was told on."""
    if sys.stderr.isatty():
        print(file=sys.stderr, flush=True)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Write rows in columns on standard error; a Chinese character takes two places."""
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        print("  " + "  ".join(cells).rstrip(), file=sys.stderr, flush=True)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
