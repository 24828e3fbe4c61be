"""The port to a telephone line, which lines are connected, and the manual one.

A line is asked to dial; everything else it reports by itself, through ``doors/callbacks``: dialled, answered,
ended. It is asked only when permit and call are on record. What it raises decides what is believed:
``NotDialled`` proves that nothing left, and gives the count back; anything else leaves the call unknown.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from tideover.act.contact.types import LineUnknown


class NotDialled(Exception):
    """The line is sure that nothing left. ``cause`` says why."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@runtime_checkable
class Line(Protocol):
    """Something that can dial. A line with ``shows_number = True`` leaves the dialling to the person."""

    def dial(self, call_id: int, number: str) -> None:
        """Begin the call. Returning means that the line has taken it."""
        ...


class ManualLine:
    """No telephony: the number is shown to the collector, who dials by hand and says what came of it."""

    shows_number = True

    def dial(self, call_id: int, number: str) -> None:
        """Nothing is sent; the number goes to the screen of whoever asked."""


MANUAL = "manual"
_lines: dict[str, Line] = {MANUAL: ManualLine()}


def register(name: str, line: Line) -> None:
    """Connect a line under a name; the same name again replaces it."""
    _lines[name] = line


def get(name: str) -> Line:
    """The line of the name; raises LineUnknown."""
    if name not in _lines:
        raise LineUnknown(line=name, known=", ".join(sorted(_lines)))
    return _lines[name]


def shows_number(name: str) -> bool:
    """Whether a person dials by hand on this line."""
    return bool(getattr(get(name), "shows_number", False))


def list_names() -> list[str]:
    """The lines that are connected."""
    return sorted(_lines)
