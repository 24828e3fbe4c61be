"""On the simulated line: what the invented person says, so that there is somebody to listen to."""

from __future__ import annotations

from datetime import datetime

from tideover.act.contact import types as contact_types
from tideover.core import words
from tideover.rehearsal import simulated_line


def read(call: contact_types.CallRead | None, at: datetime, language: str) -> list[str]:
    """What was heard so far in the call, in the reader's language; nothing on any other line."""
    if call is None or call.line != simulated_line.NAME or not call.was_answered:
        return []
    return [words.render(each.code, language, **each.fields) for each in simulated_line.says(call)]
