"""The call as the page shows it: ringing, answered, over, recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tideover.act.contact import lines
from tideover.act.contact import queries as contact_queries
from tideover.act.contact import types as contact_types
from tideover.core import words
from tideover.core.access.types import Actor
from tideover.know.customers import queries as customers_queries

_SIGNALS = {"unknown": "", "dialled": "info", "answered": "go", "ended": ""}


@dataclass(frozen=True)
class Button:
    """What the collector says of a line that does not say it by itself."""

    value: str
    label: str
    key: str
    key_shown: str


@dataclass(frozen=True)
class Call:
    """The person's latest call in this case."""

    id: int
    state: str
    state_text: str
    signal: str
    number: str
    seconds: int
    is_open: bool
    is_answered: bool
    is_party_known: bool
    is_third_person: bool
    party_text: str
    is_recorded: bool
    recorded: str
    buttons: list[Button] = field(default_factory=list)


def read(call: contact_types.CallRead | None, actor: Actor, at: datetime, language: str) -> Call | None:
    """The call in words; None when the person has not called in this case."""
    if call is None:
        return None
    third = call.is_third_person
    known = call.right_person_at is not None or call.third_person_at is not None
    over = call.state in (contact_types.ENDED, contact_types.NOT_DIALLED)
    begun = call.answered_at or call.dialled_at or call.asked_at
    return Call(
        id=call.id,
        state=call.state,
        state_text=words.render(f"desk.case.line.{'came-in' if _is_talking_in(call) else call.state}", language),
        signal=_SIGNALS.get(call.state, ""),
        number=_number(call, actor),
        seconds=call.seconds if over and call.seconds is not None else max(0, int((at - begun).total_seconds())),
        is_open=not over and call.outcome_id is None,
        is_answered=call.was_answered,
        is_party_known=known,
        is_third_person=third,
        party_text=words.render(f"desk.case.party.is-{'third' if third else 'customer'}", language) if known else "",
        is_recorded=call.outcome_id is not None or (over and not call.was_answered),
        recorded=words.render(f"desk.case.recorded.{_what_came(call)}", language),
        buttons=_buttons(call, language),
    )


def _is_talking_in(call: contact_types.CallRead) -> bool:
    return call.came_in and call.state == contact_types.ANSWERED


def _what_came(call: contact_types.CallRead) -> str:
    if call.state == contact_types.NOT_DIALLED:
        return contact_types.NOT_DIALLED
    return call.cause or "answered"


def _number(call: contact_types.CallRead, actor: Actor) -> str:
    """The number itself where the person must dial it by hand, else masked."""
    if call.user_id == actor.user_id and (number := contact_queries.get_number_to_dial(call.id, actor)):
        return number
    if call.contact_point_id is None:
        return "—"
    return customers_queries.get_contact_point(call.contact_point_id).masked_value or "—"


def _buttons(call: contact_types.CallRead, language: str) -> list[Button]:
    if not lines.shows_number(call.line) or call.outcome_id is not None:
        return []
    offered = {
        contact_types.UNKNOWN: (("answered", "y"), ("no-answer", "x"), ("busy", "b")),
        contact_types.DIALLED: (("answered", "y"), ("no-answer", "x"), ("busy", "b")),
        contact_types.ANSWERED: (("hang-up", "l"),),
    }.get(call.state, ())
    return [
        Button(value, words.render(f"desk.case.line.button.{value}", language), key, key.upper())
        for value, key in offered
    ]
