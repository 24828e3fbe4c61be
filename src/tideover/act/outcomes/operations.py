"""Recording what a contact came to: by the collector for a talk, by the line where nobody answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from tideover.act.contact import operations as contact
from tideover.act.contact import queries as contact_queries
from tideover.act.contact.types import ENDED, CallRead, NotYourCall
from tideover.act.outcomes import effects, queries
from tideover.act.outcomes.models import Outcome, OutcomeNote
from tideover.act.outcomes.policy_schema import Form, OutcomeRule, SpokeTo, judge
from tideover.act.outcomes.proving import file_proof as file_proof
from tideover.act.outcomes.types import (
    CallOfAnotherCase,
    FormRefused,
    Meanwhile,
    NotAnswered,
    OutcomeRead,
    PromiseDraft,
    RecordedAlready,
    UnknownArrearsReason,
)
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.clock import rules as clock
from tideover.core.journal import operations as journal
from tideover.core.journal import rules as journal_rules
from tideover.core.policy.types import PolicyFile
from tideover.decide.assignment import operations as assignment
from tideover.know.cases import operations as cases
from tideover.know.cases.types import CaseLocked, ComplaintDraft
from tideover.know.clients import queries as clients_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.ledger import queries as ledger_queries

ROOM = "outcomes"


def record(
    *,
    call_id: int,
    case_id: int,
    account_id: int,
    spoke_to: str,
    result: str,
    arrears_reason: str | None,
    promise: PromiseDraft | None,
    call_back_at: datetime | None,
    hold_until: datetime | None,
    note: str | None,
    once_key: str,
    complaint: ComplaintDraft | None = None,
    at: datetime,
    actor: Actor,
) -> OutcomeRead:
    """Record what a talk came to, and what follows from it, in one transaction.

    ``once_key`` makes a retry the same outcome. On a case that was closed meanwhile the outcome is on record, and
    nothing follows from it (``case_was_closed``) but what protects people: an opt-out, a number not to be used.
    Where somebody else recorded on the case during this call, both stand, and ``meanwhile`` says so. A complaint that
    was taken before, with nothing new in it, opens no hold: ``repeated_since`` says since when. The call may have been
    made or have come in. Raises
    FormRefused, UnknownResult, UnknownArrearsReason, RecordedAlready, NotAnswered, CallOfAnotherCase, and what
    contact and arrangements refuse.
    """
    require(actor, Role.COLLECTOR, Role.TEAM_LEADER)
    with transaction.atomic():
        case = cases.lock_case(case_id=case_id)
        require_client(actor, case.client_id)
        if (stood := Outcome.objects.filter(recorded_once_key=once_key, case_id=case_id).first()) is not None:
            return queries.read(stood)
        call = _recordable(call_id, case_id, actor)
        file = queries.get_result(result)
        said = replace(_said(case, promise, call_back_at, hold_until, at), complaint=complaint)
        _judge(file.data, spoke_to, account_id, said, arrears_reason, note, closed=not case.is_open)
        if spoke_to == SpokeTo.CUSTOMER and (call.right_person_at is None or call.is_third_person):
            contact.note_right_person(call_id=call_id, at=at, actor=actor)
        elif spoke_to != SpokeTo.CUSTOMER and not call.is_third_person:
            contact.note_third_person(call_id=call_id, at=at, actor=actor)
        outcome, followed = _write(
            case, call, account_id, file, spoke_to, arrears_reason, said, note, once_key, at, actor
        )
        meanwhile = _meanwhile(call, outcome)
    return replace(queries.read(outcome), meanwhile=meanwhile, repeated_since=followed.repeated_since)


def record_line_event(
    *, call_id: int, event: str, at: datetime, cause: str | None = None, seconds: int | None = None
) -> CallRead:
    """Take what the line reports of a call: ``dialled``, ``answered``, or ``ended`` with cause and seconds.

    A call that ends without an answer is recorded here, by the line: it costs the collector no key. The same event
    again changes nothing.
    """
    with transaction.atomic():
        case = cases.lock_case(case_id=contact_queries.get_case_id(call_id))
        call = contact.note_line_event(call_id=call_id, event=event, at=at, cause=cause, seconds=seconds)
        if call.state != ENDED or call.was_answered or call.outcome_id is not None or call.cause is None:
            return call
        _, file = queries.get_result_of_line(call.cause)
        line = Actor(user_id=call.user_id, name=f"line-{call.line}", roles=frozenset({Role.SYSTEM}))
        said = _said(case, None, None, None, at)
        account_id, key = call.account_id, f"line-{call.id}"
        outcome, _ = _write(case, call, account_id, file, SpokeTo.NOBODY, None, said, None, key, at, line)
    return replace(call, outcome_id=outcome.pk)


def _recordable(call_id: int, case_id: int, actor: Actor) -> CallRead:
    call = contact_queries.get_call(call_id)
    if call.case_id != case_id:
        raise CallOfAnotherCase(call_id=str(call_id), case_id=str(case_id))
    if call.outcome_id is not None:
        stood = Outcome.objects.get(pk=call.outcome_id)
        raise RecordedAlready(call_id=str(call_id), at=stood.at)
    if not call.was_answered:
        raise NotAnswered(call_id=str(call_id))
    if call.user_id != actor.user_id:
        raise NotYourCall(call_id=str(call_id))
    return call


def _said(
    case: CaseLocked,
    promise: PromiseDraft | None,
    call_back_at: datetime | None,
    hold_until: datetime | None,
    at: datetime,
) -> effects.Said:
    customer = customers_queries.get_customer(case.customer_id)
    zone = customer.zone or clients_queries.get_client_by_id(case.client_id).zone
    return effects.Said(promise, call_back_at, hold_until, zone, clock.local_date(at, zone))


def _judge(
    rule: OutcomeRule,
    spoke_to: str,
    account_id: int,
    said: effects.Said,
    arrears_reason: str | None,
    note: str | None,
    *,
    closed: bool,
) -> None:
    """Refuse a form that the result's rule does not accept; on a closed case nothing is asked but who spoke."""
    if arrears_reason is not None and arrears_reason not in {each.name for each in queries.list_arrears_reasons()}:
        raise UnknownArrearsReason(reason=arrears_reason)
    promise = said.promise
    form = Form(
        promise_amount=None if promise is None else promise.amount.amount,
        promise_date=None if promise is None else promise.due_date,
        call_back_date=None if said.call_back_at is None else clock.local_date(said.call_back_at, said.zone),
        hold_until_date=None if said.hold_until is None else clock.local_date(said.hold_until, said.zone),
        complaint_subject=None if said.complaint is None else said.complaint.subject,
        arrears_reason=arrears_reason,
        note=note,
        owed_amount=None if promise is None else ledger_queries.get_owed(account_id, _end_of(said)).amount,
    )
    wrong = judge(rule, spoke_to, form, said.today)
    if closed:
        wrong = [code for code in wrong if code == "wrong-party"]
    if wrong:
        raise FormRefused(wrong)


def _end_of(said: effects.Said) -> datetime:
    return clock.end_of_day(said.today, said.zone)


def _write(
    case: CaseLocked,
    call: CallRead,
    account_id: int,
    file: PolicyFile,
    spoke_to: str,
    arrears_reason: str | None,
    said: effects.Said,
    note: str | None,
    once_key: str,
    at: datetime,
    actor: Actor,
) -> tuple[Outcome, effects.Followed]:
    """The outcome with its effects, its fact, its note, and the work that it ends."""
    closed = not case.is_open
    by_line = spoke_to == SpokeTo.NOBODY
    followed = effects.Followed()
    if closed:
        effects.protect(file.data, call, at, actor)
    elif not by_line:
        followed = effects.apply(file.data, call, account_id, said, at, actor)
    result = file.id.removeprefix(queries.PREFIX)
    salt = journal_rules.new_salt()
    fact_id = journal.append(
        chain=call.customer_id,
        kind="outcome-recorded",
        room=ROOM,
        at=at,
        actor=actor,
        body={
            "case_id": case.id,
            "call_id": call.id,
            "account_id": account_id,
            "user_id": call.user_id,
            "spoke_to": str(spoke_to),
            "result": result,
            "result_version": file.version,
            "arrears_reason": arrears_reason,
            "promise_id": followed.promise_id,
            "hold_id": followed.hold_id,
            "repeated_since": followed.repeated_since,
            "next_step_at": followed.next_step_at,
            "case_was_closed": closed,
            "note_digest": journal_rules.content_digest(salt, note) if note else None,
        },
    )
    outcome = Outcome.objects.create(
        call_id=call.id,
        case_id=case.id,
        customer_id=call.customer_id,
        client_id=case.client_id,
        account_id=account_id,
        user_id=call.user_id,
        at=at,
        local_date=said.today,
        spoke_to=spoke_to,
        result=result,
        result_version=file.version,
        arrears_reason=arrears_reason,
        next_step_at=followed.next_step_at,
        promise_id=followed.promise_id,
        hold_id=followed.hold_id,
        case_was_closed=closed,
        recorded_once_key=once_key,
        fact_id=fact_id,
    )
    _conclude(case, call, outcome, note, salt, at)
    return outcome, followed


def _conclude(case: CaseLocked, call: CallRead, outcome: Outcome, note: str | None, salt: bytes, at: datetime) -> None:
    """Keep the note, and end the call and the day's work that it was."""
    if note:
        OutcomeNote.objects.create(outcome=outcome, customer_id=call.customer_id, text=note, salt=salt)
    contact.note_outcome(call_id=call.id, outcome_id=outcome.pk)
    if call.customer_id == case.customer_id:
        work = call.work_item_id
        day = None if work is not None else clients_queries.get_client_by_id(case.client_id).local_date(at)
        assignment.mark_done(case_id=case.id, day=day, work_item_id=work, cause=outcome.result, at=at)


def _meanwhile(call: CallRead, outcome: Outcome) -> Meanwhile | None:
    other = (
        Outcome.objects.filter(case_id=outcome.case_id, at__gte=call.asked_at)
        .exclude(pk=outcome.pk)
        .exclude(user_id=outcome.user_id)
        .order_by("-at")
        .first()
    )
    return None if other is None else Meanwhile(other.user_id, other.at, other.result)
