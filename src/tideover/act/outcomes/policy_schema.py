"""The kinds ``outcomes`` and ``arrears-reasons``: what a contact may end in, and what follows. No Django here.

The effects are a closed list: a file chooses among them and cannot invent one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tideover.core.policy import schema
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import Fault, PolicyFile


class SpokeTo(enum.StrEnum):
    """Who was on the line."""

    CUSTOMER = "customer"
    THIRD_PERSON = "third-person"
    NOBODY = "nobody"


class CountsAs(enum.StrEnum):
    """What the contact counts as, the least first: each kind is also the ones before it."""

    ATTEMPT = "attempt"
    CONTACT = "contact"
    RIGHT_PARTY = "right-party"


class Need(enum.StrEnum):
    """What the form must hold."""

    PROMISE = "promise"
    CALL_BACK_AT = "call-back-at"
    HOLD_UNTIL = "hold-until"
    COMPLAINT = "complaint"
    ARREARS_REASON = "arrears-reason"
    NOTE = "note"


@dataclass(frozen=True)
class OpenPromise:
    """A promise is opened; its date lies at most so many days ahead."""

    days_ahead_max: int
    need = Need.PROMISE


@dataclass(frozen=True)
class PlaceHold:
    """A hold is placed, for ``days`` unless the form says otherwise, never longer than ``days_max``."""

    reason: str
    scope: str
    days: int
    days_max: int
    need = Need.HOLD_UNTIL


@dataclass(frozen=True)
class AskLater:
    """The customer is called again when they asked for it, at most so many days ahead."""

    days_ahead_max: int
    need = Need.CALL_BACK_AT


@dataclass(frozen=True)
class FollowUpAfter:
    """Nobody calls before so many days have passed."""

    days: int
    need = None


@dataclass(frozen=True)
class MarkContactPoint:
    """The number is not used again, for this cause."""

    cause: str
    need = None


@dataclass(frozen=True)
class OptOut:
    """The customer is no longer contacted for collection on these channels."""

    channels: tuple[str, ...]
    need = None


Effect = OpenPromise | PlaceHold | AskLater | FollowUpAfter | MarkContactPoint | OptOut


@dataclass(frozen=True)
class OutcomeRule:
    """One result that a contact may have."""

    spoke_to: SpokeTo
    counts_as: CountsAs
    recorded_by: str
    line_causes: tuple[str, ...]
    key: str | None
    position: int
    needs: tuple[Need, ...]
    effects: tuple[Effect, ...]
    next_step: Mapping[str, str]
    line: int

    def effect(self, kind: type[Effect]) -> Any:
        """The effect of this kind, or None."""
        return next((effect for effect in self.effects if isinstance(effect, kind)), None)


@dataclass(frozen=True)
class Form:
    """What was filled in, as far as a rule judges it; dates are the customer's local ones."""

    promise_amount: Decimal | None = None
    promise_date: date | None = None
    call_back_date: date | None = None
    hold_until_date: date | None = None
    complaint_subject: str | None = None
    arrears_reason: str | None = None
    note: str | None = None
    owed_amount: Decimal | None = None


def judge(rule: OutcomeRule, spoke_to: str, form: Form, today: date) -> list[str]:
    """What is wrong with the form for this result, as codes; empty where it can be recorded."""
    if spoke_to != rule.spoke_to:
        return ["wrong-party"]
    found: list[str] = []
    given: dict[Need, Any] = {
        Need.PROMISE: form.promise_amount is not None and form.promise_date is not None,
        Need.CALL_BACK_AT: form.call_back_date,
        Need.HOLD_UNTIL: True,
        Need.COMPLAINT: form.complaint_subject,
        Need.ARREARS_REASON: form.arrears_reason,
        Need.NOTE: form.note,
    }
    found.extend(f"{need.value}-missing" for need in rule.needs if not given[need])
    for effect in rule.effects:
        found.extend(_judge_effect(effect, form, today))
    return found


def _judge_effect(effect: Effect, form: Form, today: date) -> Iterator[str]:
    if isinstance(effect, OpenPromise) and form.promise_amount is not None:
        if form.promise_amount <= 0:
            yield "promise-not-positive"
        if form.owed_amount is not None and form.promise_amount > form.owed_amount:
            yield "promise-above-owed"
    if isinstance(effect, OpenPromise):
        yield from _judge_date("promise-date", form.promise_date, effect.days_ahead_max, today, least=0)
    if isinstance(effect, AskLater):
        yield from _judge_date("call-back", form.call_back_date, effect.days_ahead_max, today, least=0)
    if isinstance(effect, PlaceHold):
        yield from _judge_date("hold", form.hold_until_date, effect.days_max, today, least=1)


def _judge_date(name: str, day: date | None, days_max: int, today: date, *, least: int) -> Iterator[str]:
    if day is None:
        return
    ahead = (day - today).days
    if ahead < least:
        yield f"{name}-past"
    if ahead > days_max:
        yield f"{name}-too-far"


_DAYS = schema.Integer(0, 90)
_EFFECT = schema.OneKey(
    {
        "open-promise": schema.Record(OpenPromise, {"days_ahead_max": _DAYS}),
        "place-hold": schema.Record(
            PlaceHold,
            {
                "reason": schema.Choice(("dispute", "hardship", "complaint", "payment-claimed")),
                "scope": schema.Choice(("account", "case")),
                "days": _DAYS,
                "days_max": _DAYS,
            },
        ),
        "ask-later": schema.Record(AskLater, {"days_ahead_max": _DAYS}),
        "follow-up-after": schema.Record(FollowUpAfter, {"days": _DAYS}),
        "mark-contact-point": schema.Record(
            MarkContactPoint, {"cause": schema.Choice(("wrong-number", "third-person-says-stop"))}
        ),
        "opt-out": schema.Record(OptOut, {"channels": schema.ListOf(schema.Choice(("call",)), least=1)}),
    },
    build=lambda key, value: value,
)


@dataclass(frozen=True)
class _As:
    """A closed list of texts, read as members of an enumeration."""

    kind: type[enum.StrEnum]

    def read(self, node: Any, reading: Reading) -> Any:
        """The member."""
        found = schema.Choice(tuple(self.kind)).read(node, reading)
        return found if found is schema.INVALID else self.kind(found)


RECORD = schema.Record(
    OutcomeRule,
    {
        "spoke_to": _As(SpokeTo),
        "counts_as": _As(CountsAs),
        "recorded_by": schema.Choice(("collector", "line")),
        "line_causes": schema.Optional(
            schema.ListOf(schema.Choice(("no-answer", "busy", "unreachable", "failed"))), ()
        ),
        "key": schema.Optional(schema.Text(1, pattern="[1-9]")),
        "position": schema.Integer(1, 99),
        "needs": schema.Optional(schema.ListOf(_As(Need)), ()),
        "effects": schema.Optional(schema.ListOf(_EFFECT), ()),
        "next_step": schema.Bilingual(longest=300),
    },
)

_COUNTS = {
    SpokeTo.CUSTOMER: CountsAs.RIGHT_PARTY,
    SpokeTo.THIRD_PERSON: CountsAs.CONTACT,
    SpokeTo.NOBODY: CountsAs.ATTEMPT,
}


def finish(rule: OutcomeRule, reading: Reading) -> Any:
    """An outcome counts as what it was, needs what its effects ask for, and has a key where a person records it."""
    if rule.counts_as is not _COUNTS[rule.spoke_to]:
        reading.fault("outcome-counts", rule.line, spoke_to=rule.spoke_to.value, wanted=_COUNTS[rule.spoke_to].value)
    needed = {effect.need for effect in rule.effects if effect.need is not None}
    hold = rule.effect(PlaceHold)
    if hold is not None and hold.reason == "complaint":
        needed.add(Need.COMPLAINT)
    asked = set(rule.needs) & {Need.PROMISE, Need.CALL_BACK_AT, Need.HOLD_UNTIL, Need.COMPLAINT}
    if needed != asked:
        reading.fault("outcome-needs", rule.line, wanted=", ".join(sorted(need.value for need in needed)) or "–")
    if len({type(effect) for effect in rule.effects}) < len(rule.effects):
        reading.fault("outcome-effect-twice", rule.line)
    if hold is not None and not 1 <= hold.days <= hold.days_max:
        reading.fault("schema-range", rule.line, found=hold.days, least=1, most=hold.days_max)
    by_line = rule.recorded_by == "line"
    if by_line is not bool(rule.line_causes) or by_line is not (rule.key is None):
        reading.fault("outcome-recorded-by", rule.line)
    if rule.spoke_to is not SpokeTo.CUSTOMER and rule.effect(OpenPromise):
        reading.fault("outcome-promise-of-other", rule.line)
    return rule


def check_all(files: Sequence[PolicyFile]) -> list[Fault]:
    """Within a party each key and place occurs once, and each cause of the line has one outcome."""
    faults: list[Fault] = []
    seen: dict[tuple[str, str], PolicyFile] = {}
    for file in files:
        rule: OutcomeRule = file.data
        marks = [("position", f"{rule.spoke_to.value} {rule.position}")]
        marks += [("key", f"{rule.spoke_to.value} {rule.key}")] if rule.key else []
        marks += [("line_causes", cause) for cause in rule.line_causes]
        for mark in marks:
            if mark in seen:
                path = file.shown_path
                what, value = mark
                faults.append(Fault("outcome-twice", path, 1, what=what, value=value, other=seen[mark].id))
            seen[mark] = file
    return faults


@dataclass(frozen=True)
class OutcomeExample:
    """A form on a day, and whether it is ``accepted`` or what is wrong with it."""

    case: Mapping[str, str]
    today: date
    spoke_to: str
    form: Form
    expect: tuple[str, ...]


EXAMPLE = schema.Record(
    OutcomeExample,
    {
        "case": schema.Bilingual(),
        "today": schema.Date(),
        "spoke_to": schema.Choice(tuple(SpokeTo)),
        "form": schema.Optional(
            schema.Record(
                Form,
                {
                    "promise_amount": schema.Optional(schema.Number(least=Decimal(-1000))),
                    "promise_date": schema.Optional(schema.Date()),
                    "call_back_date": schema.Optional(schema.Date()),
                    "hold_until_date": schema.Optional(schema.Date()),
                    "complaint_subject": schema.Optional(schema.Name()),
                    "arrears_reason": schema.Optional(schema.Name()),
                    "note": schema.Optional(schema.Text()),
                    "owed_amount": schema.Optional(schema.Number()),
                },
            ),
            Form(),
        ),
        "expect": schema.ListOf(schema.Name(), least=1),
    },
)


def run_example(file: PolicyFile, example: OutcomeExample) -> tuple[str, dict[str, Any]] | None:
    """None when the form is judged as the example expects."""
    found = judge(file.data, example.spoke_to, example.form, example.today) or ["accepted"]
    if sorted(found) == sorted(example.expect):
        return None
    expected = ", ".join(example.expect)
    return "example-differs", {"expected": expected, "got": ", ".join(found), "where": example.case["en"]}


OUTCOMES = PolicyKind(
    name="outcomes",
    pattern="outcomes/*.yaml",
    record=RECORD,
    finish=finish,
    example=EXAMPLE,
    run_example=run_example,
    check_all=check_all,
)


@dataclass(frozen=True)
class ArrearsReason:
    """Why a customer has not paid, as they say it."""

    name: str
    title: Mapping[str, str]
    key: str
    line: int


@dataclass(frozen=True)
class ArrearsReasons:
    """The closed list of reasons, in the order of the form."""

    reasons: tuple[ArrearsReason, ...]
    line: int

    def get(self, name: str) -> ArrearsReason | None:
        """The reason of this name, or None."""
        return next((reason for reason in self.reasons if reason.name == name), None)


def finish_reasons(reasons: ArrearsReasons, reading: Reading) -> Any:
    """Names and keys occur once."""
    for field in ("name", "key"):
        seen: set[str] = set()
        for reason in reasons.reasons:
            value = getattr(reason, field)
            if value in seen:
                reading.fault("outcome-reason-twice", reason.line, what=field, value=value)
            seen.add(value)
    return reasons


@dataclass(frozen=True)
class ReasonExample:
    """What a customer says, and the reason that is recorded for it."""

    says: Mapping[str, str]
    reason: str


def run_reason_example(file: PolicyFile, example: ReasonExample) -> tuple[str, dict[str, Any]] | None:
    """None when the reason is on the list."""
    if file.data.get(example.reason):
        return None
    known = ", ".join(reason.name for reason in file.data.reasons)
    return "example-differs", {"expected": example.reason, "got": known, "where": example.says["en"]}


ARREARS_REASONS = PolicyKind(
    name="arrears-reasons",
    pattern="reasons/arrears.yaml",
    record=schema.Record(
        ArrearsReasons,
        {
            "reasons": schema.ListOf(
                schema.Record(
                    ArrearsReason,
                    {
                        "name": schema.Name(),
                        "title": schema.Bilingual(longest=60),
                        "key": schema.Text(1, pattern="[a-z]"),
                    },
                ),
                least=1,
                most=20,
            )
        },
    ),
    finish=finish_reasons,
    example=schema.Record(ReasonExample, {"says": schema.Bilingual(), "reason": schema.Name()}),
    run_example=run_reason_example,
)

KINDS = (OUTCOMES, ARREARS_REASONS)
