"""The room's SQL, by name; ``over`` puts the caller's relation ``given`` before it."""

from __future__ import annotations

from tideover.core.sql import files as sql_files


def text(name: str) -> str:
    """One of the room's statements."""
    return sql_files.load(__package__, name).text


def over(given: str, name: str) -> str:
    """The same, reading the relation that a caller hands in."""
    return f"WITH given AS ({given})\n{text(name)}"
