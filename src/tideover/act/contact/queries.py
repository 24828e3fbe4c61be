"""Public reads of calls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from tideover.act.contact import lines, rules
from tideover.act.contact.models import Call
from tideover.act.contact.types import (
    ANSWERED,
    DIALLED,
    NOT_DIALLED,
    OUTBOUND,
    UNKNOWN,
    CallRead,
    CallUnknown,
    NotYourCall,
)
from tideover.core.access.types import Actor
from tideover.know.customers import queries as customers


def get_call(call_id: int) -> CallRead:
    """One call; raises CallUnknown."""
    call = Call.objects.filter(pk=call_id).first()
    if call is None:
        raise CallUnknown(call_id=str(call_id))
    return read(call)


def get_case_id(call_id: int) -> int:
    """The case that a call is about; raises CallUnknown."""
    found = Call.objects.filter(pk=call_id).values_list("case_id", flat=True).first()
    if found is None:
        raise CallUnknown(call_id=str(call_id))
    return found


def get_live_call(user_id: int, at: datetime | None = None) -> CallRead | None:
    """The call that the user is on. With an instant, one on which the line fell silent long ago is left out."""
    found = Call.objects.filter(user_id=user_id, state__in=(UNKNOWN, DIALLED, ANSWERED)).order_by("-asked_at", "-pk")
    for call in found:
        if at is None or rules.is_live(call.state, call.asked_at, at):
            return read(call)
    return None


def list_live_calls_of(user_id: int, case_id: int, at: datetime) -> list[CallRead]:
    """The call that the user is on, then that of anybody else with the case's customer.

    One on which the line fell silent long ago is left out.
    """
    running = Call.objects.filter(Q(user_id=user_id) | Q(case_id=case_id), state__in=(UNKNOWN, DIALLED, ANSWERED))
    found = [
        read(call) for call in running.order_by("-asked_at", "-pk") if rules.is_live(call.state, call.asked_at, at)
    ]
    return sorted(found, key=lambda call: call.user_id != user_id)


def list_live_calls(case_ids: Iterable[int], at: datetime) -> list[CallRead]:
    """The calls that are running in any of these cases, by case."""
    found = Call.objects.filter(case_id__in=set(case_ids), state__in=(UNKNOWN, DIALLED, ANSWERED))
    rows = found.order_by("case_id", "-asked_at", "-pk")
    return [read(call) for call in rows if rules.is_live(call.state, call.asked_at, at)]


def get_open_call(user_id: int, case_id: int) -> CallRead | None:
    """The user's latest call in the case, while its outcome is not recorded; amounts follow it.

    A call of which nothing left has no outcome to record.
    """
    call = Call.objects.filter(user_id=user_id, case_id=case_id).order_by("-asked_at", "-pk").first()
    return read(call) if call is not None and call.outcome_id is None and call.state != NOT_DIALLED else None


def list_calls(case_id: int) -> list[CallRead]:
    """The calls made in a case, newest first."""
    return [read(call) for call in Call.objects.filter(case_id=case_id).order_by("-asked_at", "-pk")]


def list_calls_without_outcome(user_id: int) -> list[CallRead]:
    """The user's calls that were answered and of which nothing was recorded yet, oldest first."""
    found = Call.objects.filter(user_id=user_id, outcome_id=None, answered_at__isnull=False)
    return [read(call) for call in found.order_by("asked_at", "pk")]


def count_calls(contact_point_id: int, before: datetime) -> int:
    """How often a number was dialled before the instant."""
    dialled = Call.objects.filter(direction=OUTBOUND, contact_point_id=contact_point_id, asked_at__lt=before)
    return dialled.count()


def count_talks(customer_id: int, before: datetime) -> int:
    """In how many calls before the instant the customer was on the line."""
    return Call.objects.filter(customer_id=customer_id, asked_at__lt=before, right_person_at__isnull=False).count()


def get_number_to_dial(call_id: int, actor: Actor) -> str | None:
    """The number of a call that its user dials by hand, while it lasts; None on every other line and call."""
    call = get_call(call_id)
    if call.user_id != actor.user_id:
        raise NotYourCall(call_id=str(call_id))
    if call.state not in (UNKNOWN, DIALLED) or not lines.shows_number(call.line):
        return None
    if call.contact_point_id is None or call.permit_id is None:
        return None
    return customers.reveal_contact_point(call.contact_point_id, call.permit_id)


def read(call: Call) -> CallRead:
    """A row as others see it."""
    return CallRead(
        id=call.pk,
        permit_id=call.permit_id,
        case_id=call.case_id,
        account_id=call.account_id,
        customer_id=call.customer_id,
        person_id=call.person_id,
        client_id=call.client_id,
        contact_point_id=call.contact_point_id,
        user_id=call.user_id,
        work_item_id=call.work_item_id,
        line=call.line,
        state=call.state,
        asked_at=call.asked_at,
        dialled_at=call.dialled_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        cause=call.cause,
        seconds=call.seconds,
        right_person_at=call.right_person_at,
        third_person_at=call.third_person_at,
        outcome_id=call.outcome_id,
        direction=call.direction,
    )
