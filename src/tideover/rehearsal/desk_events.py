"""What is declared to happen at the team's desks: somebody calls us, somebody complains, a guarantor is reached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

from tideover.act.contact import operations as contact
from tideover.act.contact import queries as contact_queries
from tideover.act.contact.types import INBOUND
from tideover.act.outcomes import operations as outcomes
from tideover.core import words
from tideover.core.access.types import Actor, Role
from tideover.core.clock import rules as clock
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment.types import NothingReassigned
from tideover.decide.gate.types import ContactRefused
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import CaseRead, ComplaintDraft
from tideover.know.clients import queries as clients_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.customers.types import ContactPointRead
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import events, simulated_line
from tideover.rehearsal.calendar import Event
from tideover.rehearsal.events import Scene

TALKED = timedelta(seconds=95)
BETWEEN = timedelta(minutes=4)
COMPLAINT_DAYS = 15
CALLS_AGAIN_DAYS = 3
AT_ONCE = 200
AGAINST_US = "conduct"
GUARANTOR = "guarantor"


def _inbound(scene: Scene, event: Event) -> None:
    """Customers call us: whoever has their case takes the call, and they agree on another time."""
    later = clock.instant(scene.day + timedelta(days=CALLS_AGAIN_DAYS), time(14), scene.client.zone)
    for place, case in enumerate(_chosen(scene, "calls-us", event.more["most"])):
        said = {"result": "asks-for-later", "call_back_at": later}
        _receive(scene, case, scene.at(event) + place * BETWEEN, said)


def _complaint(scene: Scene, event: Event) -> None:
    """A customer calls and complains: about one of us, who is then kept off the case, or about something else."""
    for case in _chosen(scene, "complains", 1):
        subject = event.more["subject"]
        against = case.collector_id if subject == AGAINST_US else None
        until = clock.start_of_day(scene.day + timedelta(days=COMPLAINT_DAYS), scene.client.zone)
        said = {
            "result": "complains",
            "hold_until": until,
            "complaint": ComplaintDraft(subject, against_user_id=against),
            "note": words.render(f"rehearsal.note.complains.{subject}", "zh-Hans"),
        }
        _receive(scene, case, scene.at(event), said)


def _receive(scene: Scene, case: CaseRead, at: datetime, said: dict[str, Any]) -> None:
    """Take a call that comes in, and record what it came to."""
    if any(call.direction == INBOUND for call in contact_queries.list_calls(case.id)):
        return
    actor = _owner(case)
    points = _points(case.customer_id, at)
    call = contact.receive_call(case_id=case.id, contact_point_id=points[0].id, at=at, actor=actor)
    _record(scene, case, call.id, at, actor, said)


def _guarantor(scene: Scene, event: Event) -> None:
    """The owner reaches a guarantor within the case; each is a person of their own, with their own place and caps."""
    reached = 0
    with simulated_line.told_by_hand():
        for case in _chosen(scene, "guarantor-called", None):
            at = scene.at(event) + reached * BETWEEN
            if reached == event.more["most"] or (point := _guarantor_point(case, at)) is None:
                continue
            with suppress(ContactRefused):
                call = contact.dial(
                    case_id=case.id,
                    contact_point_id=point.id,
                    work_item_id=None,
                    line=simulated_line.NAME,
                    at=at,
                    actor=_owner(case),
                )
                reached += 1
                outcomes.record_line_event(call_id=call.id, event="answered", at=at + timedelta(seconds=12))
                said = {"result": "no-arrangement", "note": words.render("rehearsal.note.guarantor", "zh-Hans")}
                _record(scene, case, call.id, at, _owner(case), said)


def _guarantor_point(case: CaseRead, at: datetime) -> ContactPointRead | None:
    """The first number of a guarantor of the case's leading account, who was not called before."""
    if case.lead_account_id is None or case.customer_id is None:
        return None
    called = {call.contact_point_id for call in contact_queries.list_calls(case.id)}
    for party in portfolio_queries.list_parties([case.lead_account_id]):
        if party.role == GUARANTOR:
            return next((point for point in _points(party.customer_id, at) if point.id not in called), None)
    return None


def _record(scene: Scene, case: CaseRead, call_id: int, at: datetime, actor: Actor, said: dict[str, Any]) -> None:
    contact.note_right_person(call_id=call_id, at=at + timedelta(seconds=25), actor=actor)
    nothing: dict[str, Any] = {
        "arrears_reason": None,
        "promise": None,
        "call_back_at": None,
        "hold_until": None,
        "note": None,
    }
    outcomes.record(
        call_id=call_id,
        case_id=case.id,
        account_id=contact_queries.get_call(call_id).account_id,
        spoke_to="customer",
        once_key=f"rehearsal-{call_id}",
        at=at + TALKED,
        actor=actor,
        **{**nothing, **said},
    )
    outcomes.record_line_event(
        call_id=call_id, event="ended", at=at + TALKED, cause="answered", seconds=int(TALKED.total_seconds())
    )


def _chosen(scene: Scene, what: str, most: int | None) -> list[CaseRead]:
    """Open cases of somebody who is there, and whose customer can be reached, in the order of a digest."""
    there = set(_list_there(scene))
    found = [
        case
        for case in cases_queries.list_open_cases(scene.client.id)
        if case.collector_id in there and case.lead_account_id is not None
    ]
    at = clock.instant(scene.day, time(12), scene.client.zone)
    ranked = (case for case in scene.ranked(found, what) if _points(case.customer_id, at))
    return list(ranked) if most is None else [case for case, _ in zip(ranked, range(most), strict=False)]


def _list_there(scene: Scene) -> list[int]:
    """The team's collectors who work on the day."""
    members = [member.user_id for member in staff_queries.list_collectors(events.team_id())]
    return [each.user_id for each in staff_queries.list_presence(members, scene.day) if each.is_there]


def _points(customer_id: int, at: datetime) -> list[ContactPointRead]:
    return [point for point in customers_queries.list_contact_points(customer_id) if point.is_usable(at)]


def _owner(case: CaseRead) -> Actor:
    assert case.collector_id is not None
    return staff_queries.get_actor(case.collector_id)


def _share_out(scene: Scene, event: Event) -> None:
    """The leader gives what a colleague who left still has to those who are there, so that no case waits for nobody."""
    if (left := events.user_named(event.more["who"])) is None:
        return
    there = [each for each in _list_there(scene) if each != left]
    owned = [
        case.id
        for client in clients_queries.list_clients()
        for case in cases_queries.list_open_cases(client.id, collector_id=left)
    ]
    for place in range(0, len(owned), AT_ONCE):
        with suppress(NothingReassigned):
            assignment.reassign(
                case_ids=owned[place : place + AT_ONCE],
                to_ids=there,
                cause="collector-left",
                once_key=f"rehearsal-{scene.day}-{owned[place]}",
                at=scene.at(event),
                actor=events.first_member(Role.TEAM_LEADER),
            )


HAPPENS: dict[str, Callable[[Scene, Event], None]] = {
    "inbound": _inbound,
    "complaint": _complaint,
    "guarantor": _guarantor,
    "share-out": _share_out,
}
