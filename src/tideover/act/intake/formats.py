"""In which written forms dates, amounts, shares and digits may come. No Django.

A mapping declares the forms that its client uses; each is turned, exactly, into the one form that is judged. A form
that is not declared is left as it is and refused: 1.234 is never taken for 1234.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tideover.act.intake.fields import AMOUNT, CHOICE, DATE, SHARE, TEXT, Field
from tideover.core.sql.duck import literal

DATES: Mapping[str, tuple[str, str]] = {
    "dashed": (r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$", "2026-09-30"),
    "slashed": (r"^([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})$", "2026/9/30"),
    "compact": (r"^([0-9]{4})([0-9]{2})([0-9]{2})$", "20260930"),
    "chinese": (r"^([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日$", "2026年9月30日"),
}
AMOUNTS: Mapping[str, tuple[str, str]] = {
    "plain": (r"^[+-]?[0-9]+(\.[0-9]+)?$", "1286.40"),
    "thousands": (r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$", "1,286.40"),
}
SHARES: Mapping[str, tuple[str, str]] = {
    "fraction": (r"^[0-9](\.[0-9]+)?$", "0.18"),
    "percent": (r"^[0-9]{1,3}(\.[0-9]{1,4})?%$", "18%"),
}
DIGITS = ("ascii", "full-width")
_FULL = "０１２３４５６７８９．，－＋／：％ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
_HALF = "0123456789.,-+/:%ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UNREADABLE = "≠"
"""In front of the form that is judged where nobody declared it, so that it is refused like any other text."""


@dataclass(frozen=True)
class Formats:
    """The forms that a mapping declares."""

    dates: tuple[str, ...] = ("dashed",)
    amounts: tuple[str, ...] = ("plain",)
    shares: tuple[str, ...] = ("fraction",)
    digits: str = "ascii"


def normalised(field: Field, text: str, formats: Formats) -> str:
    """The expression that turns a column's text into the one form that is judged."""
    if field.form in (TEXT, CHOICE):
        return text
    if formats.digits == "full-width":
        text = f"translate({text}, {literal(_FULL)}, {literal(_HALF)})"
    if field.form == DATE:
        return _cases(text, DATES, formats.dates, _date)
    if field.form == AMOUNT:
        return _cases(text, AMOUNTS, formats.amounts, _amount)
    if field.form == SHARE:
        return _cases(text, SHARES, formats.shares, _share)
    return text


def shown(field: Field, formats: Formats) -> str:
    """The declared forms, as a remedy shows them."""
    known = {DATE: (DATES, formats.dates), AMOUNT: (AMOUNTS, formats.amounts), SHARE: (SHARES, formats.shares)}
    if field.form not in known:
        return "–"
    forms, declared = known[field.form]
    return " / ".join(forms[name][1] for name in declared)


def _cases(text: str, forms: Mapping[str, tuple[str, str]], declared: tuple[str, ...], build) -> str:  # type: ignore[no-untyped-def]
    """The first form is the one that is judged; another that nobody declared does not read as it, and so is refused."""
    judged, *others = forms
    cases = []
    if judged not in declared:
        cases.append(f"WHEN regexp_matches({text}, {literal(forms[judged][0])}) THEN {literal(_UNREADABLE)} || {text}")
    for name in others:
        if name in declared:
            pattern = forms[name][0]
            cases.append(f"WHEN regexp_matches({text}, {literal(pattern)}) THEN {build(name, text, pattern)}")
    return f"CASE {' '.join(cases)} ELSE {text} END" if cases else text


def _date(name: str, text: str, pattern: str) -> str:
    if name == "compact":
        return f"regexp_replace({text}, {literal(pattern)}, '\\1-\\2-\\3')"
    year, month, day = (f"regexp_extract({text}, {literal(pattern)}, {place})" for place in (1, 2, 3))
    return f"{year} || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0')"


def _amount(name: str, text: str, pattern: str) -> str:
    return f"replace({text}, ',', '')"


def _share(name: str, text: str, pattern: str) -> str:
    return f"CAST(CAST(CAST(replace({text}, '%', '') AS DECIMAL(9, 4)) * 0.01 AS DECIMAL(9, 6)) AS VARCHAR)"
