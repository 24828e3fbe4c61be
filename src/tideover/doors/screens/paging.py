"""Long lists: filters stay in the address, and a page begins after a row, not at a number.

A list asks its query for ``SIZE + 1`` rows from after a place, and hands them to ``cut``. The place of a row is a tuple
of texts, numbers and instants that the query orders by; in the address it is one word, ``after``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.http import HttpRequest

Row = TypeVar("Row")

SIZE = 50
AFTER = "after"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the addresses that lead on, or back to its beginning; empty where there is nothing."""

    rows: Sequence[Row]
    next_url: str
    first_url: str


def filters(request: HttpRequest, *names: str) -> dict[str, str]:
    """What the address narrows the list to, by name; a name that is not there, or empty, is empty."""
    return {name: request.GET.get(name, "").replace("\0", "").strip()[:120] for name in names}


def read_date(text: str) -> date | None:
    """A day as it stands in the address; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def place(request: HttpRequest, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """Where the page begins, its parts read by ``kinds``; None at the beginning, or where nobody wrote it."""
    told = request.GET.get(AFTER, "")
    parts = told.split("~")
    if len(parts) != len(kinds) or "\0" in told:
        return None
    try:
        return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, OverflowError):
        return None


def instant(text: str) -> datetime:
    """An instant as a place holds it; one without a zone is none."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def row_id(text: str) -> int:
    """A row's number, no longer than the database keeps."""
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise ValueError(text)
    return int(text)


def cut(request: HttpRequest, rows: Sequence[Row], place_of: Callable[[Row], Sequence[Any]]) -> Page[Row]:
    """The page out of one row too many: its rows, and where the next one begins, the filters kept."""
    kept = request.GET.copy()
    kept.pop(AFTER, None)
    first_url = f"?{kept.urlencode()}" if AFTER in request.GET else ""
    if len(rows) <= SIZE:
        return Page(rows, "", first_url)
    kept[AFTER] = "~".join(_text(part) for part in place_of(rows[SIZE - 1]))
    return Page(rows[:SIZE], f"?{kept.urlencode()}", first_url)


def _text(part: Any) -> str:
    return part.isoformat() if isinstance(part, date) else str(part)
