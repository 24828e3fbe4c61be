"""What has happened, from the journal: the one log that everything writes. Steps within one call are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tideover.act.outcomes import queries as outcomes_queries
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.clock import rules as clock
from tideover.core.journal import queries as journal_queries
from tideover.core.journal.types import FactRead
from tideover.core.money import Money
from tideover.decide.gate import queries as gate_queries
from tideover.know.cases import queries as cases_queries

LATEST = 200

# Said by the outcome that follows them, or of no use to the reader.
LEFT_OUT = frozenset(
    {
        "permit-granted",
        "call-dialled",
        "call-answered",
        "call-ended",
        "right-person-reached",
        "third-person-reached",
        "contact-recorded",
        "account-joined",
        "identity-received",
        "note-written",
        "stage-skipped",
    }
)
GROUPS: Mapping[str, tuple[str, ...]] = {
    "contact": ("permit-", "call-", "contact-", "outcome-", "opted-"),
    "money": ("payment-", "debit-", "posting-", "promise-", "balance-"),
    "decision": ("case-", "stage-", "hold-", "review", "collector-", "account-"),
}
SIGNALS: Mapping[str, str] = {
    "permit-refused": "stop",
    "contact-without-permit": "stop",
    "promise-made": "go",
    "promise-kept": "go",
    "promise-partly-kept": "wait",
    "promise-broken": "stop",
    "payment-received": "go",
    "payment-reversed": "stop",
    "debit-failed": "stop",
    "promise-judged-again": "stop",
    "case-reopened": "wait",
    "stage-moved": "info",
    "stage-late": "stop",
    "hold-placed": "wait",
    "hold-placed-against": "wait",
    "complaint-escalated": "stop",
    "claim-unproved": "stop",
    "case-opened": "info",
    "case-closed": "go",
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    when: str
    signal: str
    text: str
    small: str
    note: str = ""


def read(
    customer_id: int, others: Iterable[int], case_id: int, group: str, at: datetime, zone: str, language: str
) -> list[Entry]:
    """The case's latest facts, newest first; ``group`` is all, contact, money or decision.

    ``others`` are the co-borrowers and guarantors: of their chains only what belongs to the case is told.
    """
    facts = [
        fact
        for told in journal_queries.list_facts(customer_id, latest=LATEST)
        for fact in _each_change(told)
        if fact.kind not in LEFT_OUT and fact.body.get("case_id", case_id) == case_id and _is_in(group, fact.kind)
    ]
    notes = outcomes_queries.list_notes(customer_id)
    for other in others:
        notes |= outcomes_queries.list_notes(other)
        facts.extend(
            fact
            for fact in journal_queries.list_facts(other, latest=LATEST)
            if fact.kind not in LEFT_OUT and fact.body.get("case_id") == case_id and _is_in(group, fact.kind)
        )
    facts.sort(key=lambda fact: (fact.at, fact.id), reverse=True)
    facts = _promises_for_talks(facts, notes)
    speak = _Speaker(facts, zone, language)
    today = clock.local_date(at, zone)
    return [
        Entry(
            at=fact.at,
            when=_when(fact.at, today, zone, language),
            signal=_signal(fact),
            text=speak.text(fact),
            small=speak.who(fact),
            note=notes.get(fact.id, ""),
        )
        for fact in facts
    ]


def _promises_for_talks(facts: list[FactRead], notes: dict[int, str]) -> list[FactRead]:
    """Leave out the talk that came to a promise where the promise itself is told; its note goes to the promise."""
    promises = {fact.at: fact for fact in facts if fact.kind == "promise-made"}
    told = []
    for fact in facts:
        promise = promises.get(fact.at) if fact.kind == "outcome-recorded" else None
        if promise is None:
            told.append(fact)
        elif fact.id in notes:
            notes[promise.id] = notes[fact.id]
    return told


def _each_change(fact: FactRead) -> list[FactRead]:
    """What a night told in one fact of several accounts or payments, one by one."""
    changes = fact.body.get("changes")
    return [replace(fact, body=body) for body in reversed(changes)] if changes else [fact]


def _is_in(group: str, kind: str) -> bool:
    return group == "all" or kind.startswith(GROUPS.get(group, ()))


def _signal(fact: FactRead) -> str:
    if fact.kind == "outcome-recorded":
        return "wait" if fact.body.get("spoke_to") == "nobody" else "go"
    return SIGNALS.get(fact.kind, "quiet")


def _when(at: datetime, today: date, zone: str, language: str) -> str:
    day = clock.local_date(at, zone)
    time = words.moment(at, language, zone, "time")
    if day == today:
        return words.render("desk.case.today", language, time=time)
    if (today - day).days == 1:
        return words.render("desk.case.yesterday", language, time=time)
    return words.moment(at, language, zone, "short")


class _Speaker:
    """Puts facts into words; what it must look up it looks up once for all of them."""

    def __init__(self, facts: list[FactRead], zone: str, language: str) -> None:
        self.zone, self.language = zone, language
        self.stages = cases_queries.get_stage_titles()
        ids = {
            value
            for fact in facts
            for name, value in fact.body.items()
            if isinstance(value, int) and name in ("collector_id", "former_id", "user_id", "against_user_id")
        }
        self.people = access_queries.get_display_names(ids)
        self.by_username = access_queries.get_display_names_by_username({fact.actor for fact in facts})

    def text(self, fact: FactRead) -> str:
        """The fact in a sentence."""
        body = fact.body
        code = f"fact.{fact.kind}"
        if fact.kind == "outcome-recorded" and words.has(f"desk.case.told.{body.get('spoke_to')}"):
            code = f"desk.case.told.{body['spoke_to']}"
        fields = {name: self._say(name, value, body) for name, value in body.items()}
        said = words.render(code, self.language, **fields)
        return " ".join(said.replace(" ,", ",").split()) if self.language == "en" else said

    def who(self, fact: FactRead) -> str:
        """Who did it, where that was a person."""
        return self.by_username.get(fact.actor, "")

    def _say(self, name: str, value: Any, body: Mapping[str, Any]) -> Any:
        if name in ("collector_id", "former_id", "user_id", "against_user_id"):
            return self.people.get(value, "") if value else ""
        if not isinstance(value, str):
            return value
        if name == "currency":
            return ""
        if name.endswith("amount") and isinstance(body.get("currency"), str):
            return _money(value, body["currency"])
        if name.endswith("_at"):
            return words.moment(datetime.fromisoformat(value), self.language, self.zone, "short")
        if name.endswith("_date") or name == "day":
            return words.day(date.fromisoformat(value[:10]), self.language, "short")
        return self._code(name, value)

    def _code(self, name: str, value: str) -> str:
        if name in ("stage", "stage_from", "stage_to"):
            return self.stages.get(value, {}).get(self.language, value)
        if name == "result":
            return outcomes_queries.get_title(value)[self.language]
        if name == "clause":
            return gate_queries.get_clause_title(value, self.language)
        for prefix in _PREFIXES.get(name, ()):
            if words.has(f"{prefix}.{value}"):
                return words.render(f"{prefix}.{value}", self.language)
        return value


_PREFIXES: Mapping[str, tuple[str, ...]] = {
    "channel": ("gate.channel",),
    "followed": ("payments.followed",),
    "state_from": ("arrangements.state",),
    "state_to": ("arrangements.state",),
    "cause": (
        "contact.cause",
        "payments.cause",
        "payments.debit-cause",
        "cases.cause",
        "cases.close",
        "arrangements.cause",
        "desk.cause",
    ),
    "reason": ("cases.hold", "desk.hold.reason"),
    "scope": ("desk.hold.scope",),
    "subject": ("cases.subject",),
    "arrears_reason": ("outcomes.reason",),
    "spoke_to": ("outcomes.spoke-to",),
    "decision": ("cases.decision", "desk.decision"),
    "state": ("arrangements.state",),
}


def _money(value: str, currency: str) -> Any:
    try:
        return Money(Decimal(value), currency)
    except (InvalidOperation, ValueError):
        return value
