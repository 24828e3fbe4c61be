"""Somebody calls us: a contact, on record without a permit, and no attempt of ours."""

from __future__ import annotations

from typing import Any

import pytest

from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.contact import operations as contact
from tideover.act.contact import queries as contact_queries
from tideover.act.contact.models import Call
from tideover.act.contact.types import AlreadyOnCall, CallRead, ForeignContactPoint, MayNotWork
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes.tests import test_recording as talks
from tideover.act.payments import operations as payments
from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.journal import queries as journal
from tideover.decide.gate import queries as gate_queries
from tideover.decide.gate.models import Attempt, Permit
from tideover.decide.gate.tests.circumstances import MONDAY
from tideover.decide.gate.tests.house import House, Owing, moment
from tideover.know.cases import operations as cases
from tideover.know.cases.models import Case, CaseAccount
from tideover.know.cases.types import ComplaintDraft, HoldReason, HoldScope
from tideover.know.customers import queries as customers_queries
from tideover.know.customers.models import ContactPoint
from tideover.know.customers.rules import digest_of, phone_forms

pytestmark = pytest.mark.django_db

house, client_id, lin, wang = talks.house, talks.client_id, talks.lin, talks.wang


@pytest.fixture
def mei(house: House, client_id: int) -> Actor:
    return house.collector("mei")


def receive(of: Owing, by: Actor, clock: str = "10:00", point: int | None = -1) -> CallRead:
    return contact.receive_call(
        case_id=of.case_id,
        contact_point_id=of.contact_point_id if point == -1 else point,
        at=moment(clock),
        actor=by,
    )


def left_today(of: Owing, by: Actor, clock: str) -> int:
    return gate_queries.look(
        case_id=of.case_id, account_id=of.account_id, channel="call", purpose="collection", at=moment(clock),
        user_id=by.user_id or 0,
    ).left_today  # fmt: skip


def test_it_is_on_record_without_a_permit_counts_as_a_contact_and_leaves_the_cap_alone(wang: Owing, lin: Actor) -> None:
    before = left_today(wang, lin, "09:00")
    call = receive(wang, lin)
    assert (call.direction, call.permit_id, call.was_answered, call.amounts_hidden) == ("inbound", None, True, True)
    assert not Permit.objects.filter(case_id=wang.case_id, granted=True).exists()
    attempt = Attempt.objects.get(person_id=wang.person_id)
    assert (attempt.direction, attempt.purpose, attempt.result, attempt.permit_id) == (
        "inbound", "service", "answered", None,
    )  # fmt: skip
    present = CaseAccount.objects.get(case_id=wang.case_id)
    assert (present.stage_attempts_count, present.stage_contacts_count, present.stage_right_party_count) == (0, 1, 0)
    assert left_today(wang, lin, "10:05") == before
    kinds = [fact.kind for fact in journal.list_facts(wang.customer_id)]
    assert kinds == ["call-received", "contact-recorded"]


def test_whoever_of_the_team_picks_up_may_take_it_at_night_too(wang: Owing, mei: Actor) -> None:
    call = receive(wang, mei, "23:30")
    assert contact_queries.get_open_call(mei.user_id or 0, wang.case_id) == call


def test_amounts_show_once_the_customer_is_known_and_never_to_a_third_person(wang: Owing, lin: Actor) -> None:
    call = receive(wang, lin)
    call = contact.note_third_person(call_id=call.id, at=moment("10:01"), actor=lin)
    assert call.amounts_hidden and call.is_third_person
    call = contact.note_right_person(call_id=call.id, at=moment("10:02"), actor=lin)
    assert not call.amounts_hidden
    assert CaseAccount.objects.get(case_id=wang.case_id).stage_right_party_count == 1


def record(call: CallRead, by: Actor, result: str, **more: Any) -> Any:
    return talks.record(call, by, result, **more)


def test_its_outcome_is_recorded_like_any_other_and_the_line_ends_it(wang: Owing, lin: Actor) -> None:
    call = receive(wang, lin)
    due = talks.promise("1250.00", MONDAY.day + 3)
    recorded = record(call, lin, "promise-to-pay", promise=due, arrears_reason=talks.a_reason())
    assert arrangements_queries.get_promise(recorded.promise_id).due_date == due.due_date
    ended = outcomes.record_line_event(
        call_id=call.id, event="ended", at=moment("10:06"), cause="answered", seconds=360
    )
    assert (ended.state, ended.seconds) == ("ended", 360)
    assert contact_queries.get_live_call(lin.user_id or 0, moment("10:07")) is None


def test_a_caller_from_a_number_that_is_not_on_file_is_taken_and_wrong_number_marks_nothing(
    wang: Owing, lin: Actor
) -> None:
    call = receive(wang, lin, point=None)
    record(call, lin, "wrong-number", spoke_to="third-person")
    assert ContactPoint.objects.get(pk=wang.contact_point_id).unusable_since is None


def test_a_closed_case_still_hears_its_customer(wang: Owing, lin: Actor) -> None:
    Case.objects.filter(pk=wang.case_id).update(closed_date=MONDAY, close_cause="paid")
    CaseAccount.objects.filter(case_id=wang.case_id).update(left_date=MONDAY, left_cause="paid")
    call = receive(wang, lin)
    assert call.account_id == wang.account_id
    assert record(call, lin, "says-paid").case_was_closed


def test_who_may_not_take_it(wang: Owing, lin: Actor, mei: Actor, house: House) -> None:
    receive(wang, lin)
    with pytest.raises(AlreadyOnCall):
        receive(wang, lin, "10:05")
    other = house.owing(house.client("other"), owned_by=None)
    with pytest.raises(AccessRefused):
        receive(other, mei)
    with pytest.raises(ForeignContactPoint):
        receive(wang, mei, point=other.contact_point_id)
    with pytest.raises(AccessRefused):
        receive(wang, Actor(user_id=1, name="x", roles=frozenset({Role.INTEGRATOR}), client_ids=mei.client_ids))
    cases.place_hold(
        case_id=wang.case_id, scope=HoldScope.CASE, reason=HoldReason.COMPLAINT, until_at=moment("10:00", 3),
        complaint=ComplaintDraft("conduct", against_user_id=mei.user_id), at=moment("09:00"), actor=lin,
    )  # fmt: skip
    with pytest.raises(MayNotWork):
        receive(wang, mei, "11:00")
    assert Call.objects.count() == 1 and payments is not None


@pytest.mark.parametrize("written", ["138 0000-0001", "+86 138 0000 0001", "0086-138-0000-0001", "13800000001"])
def test_a_number_is_found_however_it_is_written(wang: Owing, settings: Any, written: str) -> None:
    settings.PERSON_KEY = "k"
    digest = digest_of("k", "+8613800000001")
    ContactPoint.objects.filter(pk=wang.contact_point_id).update(value_digest=digest)
    found = customers_queries.find_by_phone(wang.client_id, written, 5)
    assert [point.customer_id for point in found] == [wang.customer_id]
    assert customers_queries.find_by_phone(wang.client_id + 1, written, 5) == []


@pytest.mark.parametrize("written", ["", "王芳", "12", "1" * 30, "+86 (none)"])
def test_what_is_no_number_finds_nothing(written: str) -> None:
    assert phone_forms(written) == ()
