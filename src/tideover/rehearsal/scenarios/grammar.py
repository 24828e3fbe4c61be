"""The scenario grammar: text in, plain data out. It refuses what it does not know, with the line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from tideover.core.policy import yaml_nodes
from tideover.core.problem import Problem

DATE = r"(?P<date>\d{4}-\d{2}-\d{2})"
AMOUNT = r"(?P<amount>\d+(?:\.\d+)?)"

# What can be done: the kind, and how it is written.
ACTIONS = {
    "unanswered": r"call → (?P<cause>no answer|busy|unreachable)",
    "promises": rf"call → promises {AMOUNT} by {DATE}",
    "asks-for-later": rf"call → asks for later at {DATE} (?P<hour>\d{{2}}:\d{{2}})",
    "disputes": rf"call → disputes until {DATE}",
    "in-hardship": rf"call → in hardship until {DATE}",
    "refuses": r"call → refuses",
    "says-paid": r"call → says paid",
    "wants-no-calls": r"call → wants no calls",
    "third-person": r"call → third person",
    "wrong-number": r"call → wrong number",
    "complains": r"call → complains of (?P<subject>[a-z-]+)(?P<against> against the collector)?(?P<anew> anew)?",
    "calls-in-promises": rf"calls in → promises {AMOUNT} by {DATE}",
    "calls-in": r"calls in → (?P<said>says paid|third person)",
    "takes-back": rf"takes back {AMOUNT}",
    "debit-fails": rf"direct debit of {AMOUNT} fails",
    "shows-proof": r"shows a proof",
    "refused": r"call → refused: (?P<clause>[a-z0-9.-]+)",
    "pays": rf"pays {AMOUNT}(?P<by_file> by file)?",
    "file": rf"file: status (?P<status>-?\d), owes {AMOUNT}",
    "full": r"full file(?:: (?P<rows>[1-9]\d*) of (?P<of>[1-9]\d*) rows)?",
    "mends": r"mended full file",
    "recalled": r"recalled",
    "acknowledges": r"compliance officer acknowledges",
    "second": rf"second account: status (?P<status>-?\d), owes {AMOUNT}",
    "leader": r"leader: (?P<decision>go-on|stay)",
    "leader-refused": r"leader: go-on → refused",
    "documents-come": r"documents come",
    "asks-to-keep": rf"collector asks to keep it until {DATE}",
    "lets-keep": r"leader (?P<answer>lets it stay|lets it go)",
    "calls-guarantor": r"call to the guarantor → no arrangement",
    "is-away": rf"collector is away until {DATE}",
    "is-back": r"collector is back",
    "leaves": r"collector leaves",
    "loses-certificate": r"collector loses the certificate",
}

# What can be expected at the end of a day.
STATEMENTS = {
    "case-open": r"case open",
    "case-closed": r"case closed(?:: (?P<cause>[a-z-]+))?",
    "accounts": r"accounts (?P<of>[1-9])",
    "stage": r"stage (?P<stage>[a-z-]+)",
    "promise": r"promise (?P<state>open|kept|partly-kept|broken|released)",
    "promise-was": r"promise was (?P<state>kept|partly-kept|broken)",
    "told": r"told: (?P<fact>[a-z-]+)",
    "not-told": r"not told: (?P<fact>[a-z-]+)",
    "no-promise": r"no promise",
    "hold": r"hold (?P<reason>[a-z-]+)",
    "no-hold": r"no hold",
    "owes": rf"owes {AMOUNT}",
    "collection-stopped": r"collection stopped",
    "collection-goes-on": r"collection goes on",
    "stop-explained": r"stop explained",
    "gone": r"gone",
    "not-gone": r"not gone",
    "same-collector": r"same collector",
    "covered": r"covered",
    "waits": r"waits: (?P<cause>[a-z-]+)",
    "collector-changed": r"collector changed: (?P<cause>[a-z-]+)",
    "no-further-contact": r"no further contact",
}

SCHEDULED = {
    "call": r"call (?P<stage>[a-z-]+)",
    "review": r"review",
    "find-contact-point": r"find-contact-point",
    "nothing": r"nothing",
}


class ScenarioNotUnderstood(Problem):
    """A scenario holds something that the grammar does not know."""

    code = "rehearsal.scenario-not-understood"


@dataclass(frozen=True)
class Phrase:
    """A piece of the grammar that was recognised: what it is, its values, and how it was written."""

    kind: str
    values: dict[str, Any]
    written: str
    line: int


@dataclass(frozen=True)
class GivenLoan:
    """An instalment loan, placed in a batch that is over on a day; ``retain`` is the share that may be kept."""

    until: date
    unpaid: int = 2
    retain: Decimal = Decimal(0)
    guarantor: str = ""


@dataclass(frozen=True)
class Given:
    """What stands before the first day."""

    name: str = "王芳"
    language: str = "zh-Hans"
    zone: str = "Asia/Shanghai"
    region: str = "CN-SH"
    phones: int = 1
    status: int = 1
    owes: Decimal = Decimal(12500)
    loan: GivenLoan | None = None


@dataclass(frozen=True)
class ScenarioDay:
    """One day of the timeline."""

    day: date
    line: int
    scheduled: Phrase | None
    because: str | None
    stage: str | None
    done: tuple[tuple[time, Phrase], ...]
    then: tuple[Phrase, ...]


@dataclass(frozen=True)
class Scenario:
    """A case told over days."""

    path: Path
    title: dict[str, str]
    given: Given
    days: tuple[ScenarioDay, ...]


@dataclass
class _Reading:
    """Where a refusal lies."""

    path: Path

    def refuse(self, line: int, found: str, known: str) -> ScenarioNotUnderstood:
        return ScenarioNotUnderstood(file=self.path.name, line=line, found=found, known=known)

    def mapping(self, node: yaml_nodes.Node, known: set[str] | None = None) -> yaml_nodes.Mapping:
        if not isinstance(node, yaml_nodes.Mapping):
            raise self.refuse(node.line, "…", "a mapping")
        for key, line in node.lines.items():
            if known is not None and key not in known:
                raise self.refuse(line, key, ", ".join(sorted(known)))
        return node

    def text(self, node: yaml_nodes.Node) -> str:
        if not isinstance(node, yaml_nodes.Scalar) or not node.text.strip():
            raise self.refuse(node.line, "…", "a text")
        return node.text.strip()

    def typed(self, node: yaml_nodes.Node, kind: Any) -> Any:
        text = self.text(node)
        try:
            return kind(text)
        except (ValueError, ArithmeticError):
            raise self.refuse(node.line, text, kind.__name__) from None

    def phrase(self, written: str, line: int, known: dict[str, str]) -> Phrase:
        for kind, pattern in known.items():
            if found := re.fullmatch(pattern, written):
                return Phrase(kind, self._values(found.groupdict(), line), written, line)
        raise self.refuse(line, written, "; ".join(known))

    def _values(self, values: dict[str, str | None], line: int) -> dict[str, Any]:
        kinds = {
            "date": date.fromisoformat,
            "amount": Decimal,
            "hour": time.fromisoformat,
            "status": int,
            "rows": int,
            "of": int,
            "by_file": bool,
            "against": bool,
            "anew": bool,
        }
        try:
            return {name: kinds.get(name, str)(text) for name, text in values.items() if text is not None}
        except ValueError as error:
            raise self.refuse(line, str(error), "YYYY-MM-DD") from None


def read(path: Path) -> Scenario:
    """One scenario; raises ScenarioNotUnderstood, or PolicyRefused where the YAML itself is not strict."""
    reading = _Reading(path)
    root = reading.mapping(yaml_nodes.read(path.read_bytes(), path.name), {"scenario", "given", "days"})
    for key in ("scenario", "days"):
        if key not in root.entries:
            raise reading.refuse(root.line, "–", key)
    title = reading.mapping(root.entries["scenario"], {"en", "zh-Hans"})
    if set(title.entries) != {"en", "zh-Hans"}:
        raise reading.refuse(title.line, ", ".join(title.entries), "en, zh-Hans")
    days = _days(root.entries["days"], reading)
    return Scenario(
        path=path,
        title={language: reading.text(node) for language, node in title.entries.items()},
        given=_given(root.entries.get("given"), reading),
        days=days,
    )


_GIVEN = {
    "customer": {"name": str, "language": str, "zone": str, "region": str, "phones": int},
    "account": {"status": int, "owes": Decimal},
    "loan": {"unpaid": int, "until": date.fromisoformat, "retain": Decimal, "guarantor": str},
}


def _given(node: yaml_nodes.Node | None, reading: _Reading) -> Given:
    values: dict[str, Any] = {}
    if node is not None:
        for name, part in reading.mapping(node, set(_GIVEN)).entries.items():
            entries = reading.mapping(part, set(_GIVEN[name])).entries
            typed = {key: reading.typed(value, _GIVEN[name][key]) for key, value in entries.items()}
            if name == "loan" and "until" not in typed:
                raise reading.refuse(part.line, "–", "until")
            values |= {"loan": GivenLoan(**typed)} if name == "loan" else typed
    return Given(**values)


def _days(node: yaml_nodes.Node, reading: _Reading) -> tuple[ScenarioDay, ...]:
    if not isinstance(node, yaml_nodes.Listing) or not node.items:
        raise reading.refuse(node.line, "…", "a list of days")
    days = tuple(_day(reading.mapping(item), reading) for item in node.items)
    for before, after in zip(days, days[1:], strict=False):
        if after.day <= before.day:
            raise reading.refuse(after.line, after.day.isoformat(), f"a day after {before.day.isoformat()}")
    return days


@dataclass
class _Drawn:
    """A day while it is read."""

    done: list[tuple[time, Phrase]] = field(default_factory=list)
    then: list[Phrase] = field(default_factory=list)


def _day(node: yaml_nodes.Mapping, reading: _Reading) -> ScenarioDay:
    named = {"day", "scheduled", "because", "stage", "then"}
    if "day" not in node.entries:
        raise reading.refuse(node.line, "–", "day")
    drawn = _Drawn()
    for key, value in node.entries.items():
        line = node.lines[key]
        if key == "then":
            drawn.then = [reading.phrase(text, line, STATEMENTS) for text in _several(value, reading, split=True)]
        elif key not in named:
            at = _hour(key, line, reading)
            drawn.done += [(at, reading.phrase(text, line, ACTIONS)) for text in _several(value, reading)]
    if [at for at, _ in drawn.done] != sorted(at for at, _ in drawn.done):
        raise reading.refuse(node.line, "…", "hours in order")
    scheduled = node.entries.get("scheduled")
    return ScenarioDay(
        day=reading.typed(node.entries["day"], date.fromisoformat),
        line=node.line,
        scheduled=reading.phrase(reading.text(scheduled), scheduled.line, SCHEDULED) if scheduled else None,
        because=reading.text(node.entries["because"]) if "because" in node.entries else None,
        stage=reading.text(node.entries["stage"]) if "stage" in node.entries else None,
        done=tuple(drawn.done),
        then=tuple(drawn.then),
    )


def _hour(key: str, line: int, reading: _Reading) -> time:
    try:
        return datetime.strptime(key, "%H:%M").time()  # noqa: DTZ007 (a wall-clock time of the client's day)
    except ValueError:
        raise reading.refuse(line, key, 'day, scheduled, because, stage, then, "HH:MM"') from None


def _several(node: yaml_nodes.Node, reading: _Reading, *, split: bool = False) -> list[str]:
    if isinstance(node, yaml_nodes.Listing):
        return [reading.text(item) for item in node.items]
    text = reading.text(node)
    return [part.strip() for part in text.split(",")] if split else [text]
