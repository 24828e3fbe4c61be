"""Problem: an error as a fact. It carries a code and fields; the words are rendered at the door."""

from __future__ import annotations

from typing import Any, ClassVar


class Problem(Exception):
    """The base of every error that a person or a machine outside may be told about.

    A subclass names its ``code``; the words for it stand in the room's ``words.yaml`` in both languages.
    """

    code: ClassVar[str] = "core.problem"

    def __init__(self, **fields: Any) -> None:
        super().__init__(self.code, fields)
        self.fields = fields

    def __str__(self) -> str:
        return f"{self.code}: " + ", ".join(f"{name}={value}" for name, value in self.fields.items())
