"""Template tags of every page: words, amounts, dates, keys. The language is the one that is active."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tideover.core import words as words_core
from tideover.core.money import Money
from tideover.core.problem import Problem

register = template.Library()


def active_language() -> str:
    """The language of the page being made."""
    return words_core.normal_language(translation.get_language())


@register.simple_tag(name="words")
def say_words(code: str | Problem, /, **fields: Any) -> str:
    """``{% words "desk.case.owed" count=3 %}``: the words for a code, filled."""
    return words_core.render(code, active_language(), **fields)


@register.filter
def bilingual(text: Any) -> str:
    """The active language's half of a policy's ``{en:, zh-Hans:}`` text."""
    if isinstance(text, dict):
        return str(text.get(active_language(), ""))
    return "" if text is None else str(text)


@register.filter
def money(value: Money | None) -> str:
    """An amount with its currency; nothing for None."""
    return "" if value is None else words_core.money(value, active_language())


@register.filter
def number(value: Any) -> str:
    """A number with separators; nothing for None."""
    return "" if value is None else words_core.number(value, active_language())


@register.filter
def day(value: date | None, style: str = "medium") -> str:
    """A date; styles ``medium``, ``short``, ``week``, ``long``."""
    return "" if value is None else words_core.day(value, active_language(), style)


@register.filter
def moment(value: datetime | None, zone: str = "UTC") -> str:
    """An instant, with year, in the zone named."""
    return "" if value is None else words_core.moment(value, active_language(), zone)


@register.filter
def moment_short(value: datetime | None, zone: str = "UTC") -> str:
    """An instant without its year, in the zone named."""
    return "" if value is None else words_core.moment(value, active_language(), zone, "short")


@register.filter
def clock_time(value: datetime | None, zone: str = "UTC") -> str:
    """Only hours and minutes of an instant, in the zone named."""
    return "" if value is None else words_core.moment(value, active_language(), zone, "time")


@register.simple_tag
def key(label: str) -> SafeString:
    """The key that works here, as shown to the eye; screen readers get it from aria-keyshortcuts."""
    return format_html('<kbd aria-hidden="true">{}</kbd>', label)


@register.simple_tag
def refused(form: Any, name: str) -> SafeString:
    """The attributes of a field that was refused: told to screen readers, with the words that stand under ``problem``.

    The first of them takes the cursor.
    """
    if not form.is_bound or name not in form.errors:
        return SafeString("")
    is_first = next(iter(form.errors)) == name
    if is_first:
        return SafeString(' aria-invalid="true" aria-describedby="problem" autofocus')
    return SafeString(' aria-invalid="true" aria-describedby="problem"')


@register.filter
def local_day(value: datetime | None, zone: str = "UTC") -> str:
    """The date of an instant, with its weekday, in the zone named."""
    return "" if value is None else words_core.day(value.astimezone(ZoneInfo(zone)).date(), active_language(), "week")


@register.simple_tag
def words_of(prefix: str, code: Any) -> str:
    """``{% words_of "desk.hold.reason." reason %}``: the words for a code out of a closed list."""
    return words_core.render(f"{prefix}{code}", active_language())


@register.simple_tag
def dict_get(mapping: dict[str, Any], name: str) -> Any:
    """``{% dict_get form.needs "call-back-at" %}``: a value under a name that is no identifier."""
    return mapping.get(name, "")
