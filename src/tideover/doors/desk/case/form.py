"""The outcome form: reads what was typed; whether it may be recorded is judged by the outcome's rule, not here."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.http import QueryDict

from tideover.act.contact import types as contact_types
from tideover.act.outcomes import queries as outcomes_queries
from tideover.act.outcomes import types as outcomes_types
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.clock import rules as clock
from tideover.core.money import Money
from tideover.core.problem import Problem
from tideover.doors.desk import amounts
from tideover.doors.desk.case.pages import Seen
from tideover.know.cases.types import COMPLAINT_SUBJECTS, ComplaintDraft
from tideover.know.ledger import queries as ledger_queries

LONGEST_NOTE = 2000
FURTHEST_DAYS = 3660
SUBJECT_KEYS = "qwrtyu"
AHEAD = {"s": 1, "d": 3, "f": 5, "g": 7, "h": 10}
CALL_BACK_AHEAD = {"a": 0, "s": 1, "d": 2, "f": 3}
FEW = 5
TIMES = {"z": "09:00", "x": "10:30", "c": "14:00", "v": "16:00", "b": "19:00"}


@dataclass(frozen=True)
class Choice:
    """A result or a reason: one key, one word."""

    id: str
    label: str
    key: str
    key_shown: str
    hold_until: str = ""


@dataclass(frozen=True)
class DateChoice:
    """A day to choose with one press."""

    value: str
    label: str
    key: str

    @property
    def key_shown(self) -> str:
        """The key as it is printed on keyboards."""
        return self.key.upper()


@dataclass
class RecordForm:
    """What the form offers, what was filled in, and what is wrong with it."""

    language: str
    call_id: int
    account_id: int
    spoke_to: str
    zone: str
    today: date
    currency: str
    results: list[Choice]
    reasons: list[Choice]
    needs: dict[str, str]
    once_key: str
    result: str = ""
    amount: str = ""
    promise_date: str = ""
    call_back_date: str = ""
    call_back_time: str = ""
    hold_until: str = ""
    arrears_reason: str = ""
    complaint_subject: str = ""
    complaint_against: str = ""
    complaint_is_new: bool = False
    subjects: list[Choice] = field(default_factory=list)
    people: list[Choice] = field(default_factory=list)
    note: str = ""
    problems: list[str] = field(default_factory=list)
    _values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def empty(cls, seen: Seen, call: contact_types.CallRead) -> RecordForm:
        """The form as it opens: the whole amount is filled in, everything else is to be said."""
        spoke_to = "third-person" if call.is_third_person else "customer"
        rules = outcomes_queries.list_results(spoke_to)
        owed = ledger_queries.get_owed(call.account_id, seen.at)
        return cls(
            language=seen.language,
            call_id=call.id,
            account_id=call.account_id,
            spoke_to=spoke_to,
            zone=seen.zone,
            today=seen.today,
            currency=owed.currency,
            results=[_result(rule, seen) for rule in rules],
            reasons=[
                Choice(each.name, each.title[seen.language], each.key, each.key.upper())
                for each in outcomes_queries.list_arrears_reasons()
            ],
            needs={
                need: " ".join(rule.name for rule in rules if need in rule.needs)
                for need in ("promise", "call-back-at", "hold-until", "arrears-reason", "complaint")
            },
            subjects=[
                Choice(each, words.render(f"cases.subject.{each}", seen.language), key, key.upper())
                for each, key in zip(COMPLAINT_SUBJECTS, SUBJECT_KEYS, strict=True)
            ],
            people=_people(seen, call),
            once_key=secrets.token_hex(16),
            amount=str(owed.amount),
        )

    @classmethod
    def read(cls, seen: Seen, call: contact_types.CallRead, posted: QueryDict) -> RecordForm:
        """The form as it was sent; ``problems`` says what could not be read."""
        form = cls.empty(seen, call)
        for name in ("result", "amount", "promise_date", "call_back_date", "call_back_time", "hold_until"):
            setattr(form, name, _sent(posted, name).strip())
        form.arrears_reason = _sent(posted, "arrears_reason")
        form.complaint_subject = _sent(posted, "complaint_subject")
        form.complaint_against = _sent(posted, "complaint_against")
        form.complaint_is_new = bool(_sent(posted, "complaint_is_new"))
        form.note = _sent(posted, "note")[:LONGEST_NOTE]
        form.once_key = _sent(posted, "once_key")[:64] or form.once_key
        form._parse()
        return form

    @property
    def date_example(self) -> str:
        """How a date is written."""
        return (self.today + timedelta(days=3)).isoformat()

    @property
    def date_choices(self) -> list[DateChoice]:
        """Near days, each one press away."""
        return [self._day(key, self.today + timedelta(days=ahead)) for key, ahead in AHEAD.items()]

    @property
    def call_back_choices(self) -> list[DateChoice]:
        """Days to call back, from today on."""
        return [self._day(key, self.today + timedelta(days=ahead)) for key, ahead in CALL_BACK_AHEAD.items()]

    @property
    def is_short(self) -> bool:
        """Whether the results are few enough to stand below each other, each on one line."""
        return len(self.results) <= FEW

    @property
    def time_choices(self) -> list[DateChoice]:
        """Times of day, likewise."""
        return [DateChoice(value, value, key) for key, value in TIMES.items()]

    def _day(self, key: str, day: date) -> DateChoice:
        near = {0: "desk.case.today.day", 1: "desk.case.tomorrow"}.get((day - self.today).days)
        label = words.render(near, self.language) if near else words.day(day, self.language, "week")
        return DateChoice(day.isoformat(), label, key)

    def arguments(self) -> dict[str, Any]:
        """What the operation is told."""
        return {
            "account_id": self.account_id,
            "spoke_to": self.spoke_to,
            "result": self.result,
            "arrears_reason": self.arrears_reason or None,
            "note": self.note.strip() or None,
            "once_key": self.once_key,
            "promise": self._values.get("promise"),
            "call_back_at": self._values.get("call_back_at"),
            "hold_until": self._values.get("hold_until"),
            "complaint": self._values.get("complaint"),
        }

    def said(self) -> str:
        """What was recorded, for the word on the next page."""
        promise = self._values.get("promise")
        if promise is not None:
            return words.render("desk.case.saved.promise", self.language, amount=promise.amount, date=promise.due_date)
        label = next((each.label for each in self.results if each.id == self.result), self.result)
        return words.render("desk.case.saved", self.language, result=label)

    def _parse(self) -> None:
        if self.result not in {each.id for each in self.results}:
            self._wrong("desk.case.error.result")
            return
        if self.result in self.needs["promise"].split():
            amount, due = self._amount(), self._date(self.promise_date)
            if amount is not None and due is not None:
                self._values["promise"] = outcomes_types.PromiseDraft(amount=amount, due_date=due)
        if self.result in self.needs["call-back-at"].split():
            day, at_time = self._date(self.call_back_date), self._time()
            if day is not None and at_time is not None:
                self._values["call_back_at"] = clock.instant(day, at_time, self.zone)
        if self.result in self.needs["hold-until"].split() and self.hold_until:  # else as long as the result says
            until = self._date(self.hold_until)
            if until is not None:
                self._values["hold_until"] = clock.start_of_day(until, self.zone)
        if self.result in self.needs["complaint"].split():
            self._values["complaint"] = self._complaint()
        if self.result not in self.needs["arrears-reason"].split():
            self.arrears_reason = ""

    def _complaint(self) -> ComplaintDraft | None:
        """The complaint as it was taken; None where nothing says what it is about, which the outcome's rule refuses."""
        if self.complaint_subject not in COMPLAINT_SUBJECTS:
            return None
        against = next((int(each.id) for each in self.people if each.id == self.complaint_against), None)
        return ComplaintDraft(self.complaint_subject, against, self.complaint_is_new)

    def _amount(self) -> Money | None:
        amount = amounts.read(self.amount)
        if amount is not None:
            with suppress(Problem):
                return Money(amount, self.currency)
        self._wrong("desk.case.error.amount")
        return None

    def _date(self, text: str) -> date | None:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or abs((day - self.today).days) > FURTHEST_DAYS:
            self._wrong("desk.case.error.date")
            return None
        return day

    def _time(self) -> time | None:
        try:
            return time.fromisoformat(self.call_back_time.replace("：", ":").zfill(5))
        except ValueError:
            self._wrong("desk.case.error.time")
            return None

    def _wrong(self, code: str) -> None:
        self.problems.append(words.render(code, self.language, example=self.date_example))


def _sent(posted: QueryDict, name: str) -> str:
    """A field as it was sent, without the NUL that no keyboard types and no database keeps."""
    return posted.get(name, "").replace("\0", "")


def _people(seen: Seen, call: contact_types.CallRead) -> list[Choice]:
    """Of whom the customer may complain: who has the case, who had it, and who speaks now."""
    ids = {call.user_id, *(each.collector_id for each in seen.case.tenures)}
    if seen.case.collector_id is not None:
        ids.add(seen.case.collector_id)
    names = access_queries.get_display_names(ids)
    return [Choice(str(each), names[each], "", "") for each in sorted(ids) if each in names]


def _result(rule: outcomes_types.ResultRead, seen: Seen) -> Choice:
    until = (seen.today + timedelta(days=rule.hold_days)).isoformat() if rule.hold_days else ""
    return Choice(rule.name, rule.title[seen.language], rule.key or "", (rule.key or "").upper(), until)
