"""Words: what people read, in both languages, looked up by code and filled at the door.

The words stand in ``words.yaml`` beside the code that uses them: ``code: {en: "...", zh-Hans: "..."}``.
An English entry may be ``{one: "...", other: "..."}``, chosen by the field ``count``. Amounts, dates and
instants among the fields are written the way the language writes them.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal

from tideover.core.money import Money, exponent
from tideover.core.problem import Problem

LANGUAGES = ("zh-Hans", "en")
_PACKAGE = Path(__file__).resolve().parent.parent
_LOCALES = {"en": Locale("en"), "zh-Hans": Locale("zh", script="Hans")}

Entry = Mapping[str, Any]


class WordsBroken(Problem):
    """A words file cannot be used: a code twice, a language missing, or not a mapping."""

    code = "core.words.broken"


def _strict_pairs(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in pairs:
            raise WordsBroken(code=key, line=key_node.start_mark.line + 1, why="repeated key")
        pairs[key] = loader.construct_object(value_node, deep=True)
    return pairs


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Text stays text; a repeated key is an error with its line. Read by libyaml where the wheel has it: every start
    of every process reads all words."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_constructor("tag:yaml.org,2002:map", _strict_pairs)


def read_file(path: Path) -> dict[str, Entry]:
    """The entries of one words file; raises WordsBroken unless each has both languages."""
    entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}  # nosec B506: a SafeLoader without resolvers
    if not isinstance(entries, dict):
        raise WordsBroken(file=str(path), why="not a mapping")
    for code, entry in entries.items():
        if not isinstance(entry, dict) or set(entry) != set(LANGUAGES) or not all(entry.values()):
            raise WordsBroken(file=str(path), code=code, why="needs exactly en and zh-Hans")
    return entries


def list_files() -> list[Path]:
    """Every words file of the package, in a fixed order."""
    return sorted(_PACKAGE.rglob("words.yaml"))


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Entry]:
    """All entries of all words files; raises WordsBroken when a code stands in two of them."""
    found: dict[str, Entry] = {}
    for path in list_files():
        for code, entry in read_file(path).items():
            if code in found:
                raise WordsBroken(file=str(path), code=code, why="stands in two files")
            found[code] = entry
    return found


def has(code: str) -> bool:
    """Whether there are words for the code."""
    return code in catalogue()


def render(what: Problem | str, language: str, /, **fields: Any) -> str:
    """The words for a problem or a code in the language; an unknown code is shown as it is."""
    if isinstance(what, Problem):
        code, fields = what.code, {**what.fields, **fields}
    else:
        code = what
    entry = catalogue().get(code)
    if entry is None:
        return code
    pattern = entry[normal_language(language)]
    if isinstance(pattern, Mapping):
        pattern = pattern["one" if str(fields.get("count")) == "1" else "other"]
    return fill(pattern, language, fields)


def fill(pattern: str, language: str, fields: Mapping[str, Any]) -> str:
    """The pattern with its fields written in the language; a field that is not given stays visible."""
    written = {name: say(value, language) for name, value in fields.items()}
    return _Lenient().vformat(pattern, (), written)


class _Lenient(string.Formatter):
    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        return kwargs.get(field_name, "{" + field_name + "}"), field_name


def normal_language(tag: str | None) -> str:
    """The one of our languages that a tag stands for: every Chinese is zh-Hans, anything else English."""
    return "zh-Hans" if (tag or "").lower().startswith("zh") else "en"


def say(value: Any, language: str) -> str:
    """A value as the language writes it; of a text in both languages, the language's own."""
    if isinstance(value, Money):
        return money(value, language)
    if isinstance(value, datetime):
        return moment(value, language)
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value, language)
    if isinstance(value, Mapping) and normal_language(language) in value:
        return str(value[normal_language(language)])
    return str(value)


def money(value: Money, language: str) -> str:
    """``¥1,286.40`` in Chinese, ``CN¥1,286.40`` in English; the amount is already exact in its minor unit."""
    places = exponent(value.currency)
    return format_currency(
        value.amount.quantize(Decimal(1).scaleb(-places)),
        value.currency,
        locale=_LOCALES[normal_language(language)],
    )


def number(value: Any, language: str) -> str:
    """A number with the language's separators."""
    return format_decimal(value, locale=_LOCALES[normal_language(language)])


def day(value: date, language: str, style: str = "medium") -> str:
    """``2026年3月24日`` or ``24 March 2026``; style ``short`` leaves the year out, ``week`` adds the weekday."""
    chinese = normal_language(language) == "zh-Hans"
    patterns = {
        "medium": "y年M月d日" if chinese else "d MMMM y",
        "short": "M月d日" if chinese else "d MMM",
        "week": "M月d日 EEE" if chinese else "EEE d MMM",
        "long": "y年M月d日 EEEE" if chinese else "EEEE d MMMM y",
    }
    return format_date(value, patterns[style], locale=_LOCALES[normal_language(language)])


def moment(value: datetime, language: str, zone: str | None = None, style: str = "medium") -> str:
    """An instant where the person it concerns lives; without a zone, as the instant itself is placed."""
    chinese = normal_language(language) == "zh-Hans"
    patterns = {
        "medium": "y年M月d日 HH:mm" if chinese else "d MMM y, HH:mm",
        "short": "M月d日 HH:mm" if chinese else "d MMM, HH:mm",
    }
    tzinfo = ZoneInfo(zone) if zone else value.tzinfo
    locale = _LOCALES[normal_language(language)]
    if style == "time":
        return format_time(value, "HH:mm", tzinfo=tzinfo, locale=locale)
    return format_datetime(value, patterns[style], tzinfo=tzinfo, locale=locale)
