"""The words of an answer, in both languages: the rule file's own, or ours where no file has any."""

from __future__ import annotations

from tideover.core import words
from tideover.decide.gate.rulebook import Rulebook
from tideover.decide.gate.types import Verdict

ALLOWED = "gate.allowed"
NOT_KNOWN = "gate.not-known"


def says(book: Rulebook, verdict: Verdict) -> dict[str, str]:
    """What to tell the person who asked."""
    return {language: _says(book, verdict, language) for language in words.LANGUAGES}


def _says(book: Rulebook, verdict: Verdict, language: str) -> str:
    if verdict.clause is None:
        return words.render(ALLOWED, language, left_today=verdict.left_today, left_week=verdict.left_week)
    rule = next((file for file in book.files if file.id == verdict.clause), None)
    if rule is None:
        return words.render(verdict.clause, language)
    if verdict.unknown:
        return words.render(NOT_KNOWN, language, rule=rule.title[language])
    return words.fill(rule.data.says[language], language, verdict.fields)


def title(book: Rulebook, clause: str, language: str) -> str:
    """A clause's short name: the rule's title, or the words of the code."""
    found = book.title(clause)
    return found[language] if found else words.render(clause, language)
