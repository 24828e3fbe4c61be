"""Public writes: what a contact ended in, and what the line reports.

Everything that happened is recorded, and nothing twice. On a case that was closed meanwhile the outcome of a call
is still written, with what protects the customer (an opt-out, a wrong number); nothing else follows from it. Two
people on one case come one after the other; the second is told, and keeps what they wrote.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from tideover.act.contact import operations as contact
from tideover.act.contact import queries as contact_queries
from tideover.act.contact.types import CallRead
from tideover.act.outcomes import policy_schema as schema
from tideover.act.outcomes import queries, recording
from tideover.act.outcomes.models import Outcome
from tideover.act.outcomes.recording import COLLECTION, Said
from tideover.act.outcomes.types import (
    JustRecorded,
    OnceKeyTaken,
    OutcomeRead,
    OutcomeRefused,
    PromiseDraft,
    UnknownReason,
    UnknownResult,
    WrongCall,
)
from tideover.core.access import queries as access_queries
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.clock import rules as clock
from tideover.decide.assignment import operations as assignment
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.gate import operations as gate
from tideover.decide.gate.types import CALL
from tideover.know.cases import operations as cases
from tideover.know.cases.types import CaseClosed
from tideover.know.clients import queries as clients_queries
from tideover.know.ledger import queries as ledger_queries
from tideover.know.ledger.types import BalanceUnknown

JUST = timedelta(minutes=15)
"""Within this time a second outcome without a call of its own is taken for the same one, told twice."""


def record(
    *,
    call_id: int | None,
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
    at: datetime,
    actor: Actor,
) -> OutcomeRead:
    """Record what a contact ended in, with all that follows from it; a retry with the same key is the same one.

    With no call it is a contact that needed no permit of ours, such as an inbound one: it counts all the same.
    Raises OutcomeRefused, UnknownResult, UnknownReason, JustRecorded, WrongCall; CaseClosed where no call took place.
    """
    require(actor, Role.COLLECTOR, Role.TEAM_LEADER)
    file = queries.get_result_file(result)
    if file.data.recorded_by != "collector":
        raise UnknownResult(result=result)
    with transaction.atomic():
        case = cases.lock_case(case_id=case_id)
        require_client(actor, case.client_id)
        if (kept := _find_kept(once_key, case_id, call_id)) is not None:
            return queries.read(kept)
        call = _take_call(call_id, case_id)
        said = Said(
            file=file,
            case=case,
            call=call,
            account_id=account_id,
            spoke_to=spoke_to,
            arrears_reason=arrears_reason,
            promise=promise,
            call_back_at=call_back_at,
            hold_until=hold_until,
            note=(note or "").strip() or None,
            once_key=once_key,
            user_id=actor.user_id,
            zone=recording.zone_of(case),
            at=at,
            actor=actor,
        )
        _refuse_second(said)
        _judge(said)
        _say_who_spoke(said)
        outcome = recording.write(said)
        _close_work(said, outcome)
        return queries.read(outcome)


def record_line_event(
    *, call_id: int, event: str, at: datetime, cause: str | None = None, seconds: int | None = None
) -> None:
    """Take what a line reports; a call that ended unanswered records its own outcome, and costs nobody a key."""
    with transaction.atomic():
        case_id = contact_queries.get_call(call_id).case_id
        case = cases.lock_case(case_id=case_id)
        call = contact.note_line_event(call_id=call_id, event=event, at=at, cause=cause, seconds=seconds)
        if call.ended_at is None or call.was_answered or call.outcome_id is not None:
            return
        result = queries.find_line_result(call.cause or "")
        if result is None:
            return
        said = Said(
            file=queries.get_result_file(result),
            case=case,
            call=call,
            account_id=call.account_id,
            spoke_to=schema.SpokeTo.NOBODY,
            arrears_reason=None,
            promise=None,
            call_back_at=None,
            hold_until=None,
            note=None,
            once_key=f"line-{call_id}",
            user_id=call.user_id,
            zone=recording.zone_of(case),
            at=at,
            actor=Actor(user_id=None, name=f"line-{call.line}", roles=frozenset({Role.SYSTEM})),
        )
        _close_work(said, recording.write(said))


def _find_kept(once_key: str, case_id: int, call_id: int | None) -> Outcome | None:
    """The outcome that this very form recorded before; raises OnceKeyTaken where it was another form's."""
    kept = Outcome.objects.filter(recorded_once_key=once_key).first()
    if kept is not None and (kept.case_id, kept.call_id) != (case_id, call_id):
        raise OnceKeyTaken(case_id=case_id)
    return kept


def _take_call(call_id: int | None, case_id: int) -> CallRead | None:
    if call_id is None:
        return None
    call = contact_queries.get_call(call_id)
    if call.case_id != case_id:
        raise WrongCall(call_id=call_id, case_id=case_id)
    return call


def _refuse_second(said: Said) -> None:
    """One call has one outcome; without a call, what somebody else recorded just now is told instead."""
    if said.call is not None:
        other = Outcome.objects.filter(call_id=said.call.id).first()
    else:
        recent = Outcome.objects.filter(case_id=said.case.id, at__gt=said.at - JUST, at__lte=said.at)
        other = recent.exclude(user_id=said.user_id).order_by("-at").first()
    if other is not None:
        names = access_queries.get_display_names([other.user_id] if other.user_id else [])
        by = names.get(other.user_id or 0, "")
        raise JustRecorded(
            note=said.note, by=by, recorded_at=other.at.astimezone(clock.zone_of(said.zone)), case_id=said.case.id
        )
    if said.call is None and not said.case.is_open:
        raise CaseClosed(case_id=said.case.id, closed_date=said.case.closed_date, cause=said.case.close_cause)


def _judge(said: Said) -> None:
    """Refuse a form that does not hold what its result needs, by the policy's own rule."""
    reasons = {each.name for each in queries.list_arrears_reasons()}
    if said.arrears_reason is not None and said.arrears_reason not in reasons:
        raise UnknownReason(reason=said.arrears_reason)
    form = schema.Form(
        promise_amount=said.promise.amount.amount if said.promise else None,
        promise_date=said.promise.due_date if said.promise else None,
        call_back_date=clock.local_date(said.call_back_at, said.zone) if said.call_back_at else None,
        hold_until_date=clock.local_date(said.hold_until, said.zone) if said.hold_until else None,
        arrears_reason=said.arrears_reason,
        note=said.note,
        owed_amount=_owed(said) if said.promise else None,
    )
    wrong = schema.judge(said.rule, said.spoke_to, form, said.today)
    if said.call_back_at is not None and said.rule.effect(schema.AskLater) and said.call_back_at <= said.at:
        wrong.append("call-back-past")
    if wrong and not (wrong == ["promise-above-owed"] and not said.case.is_open):
        raise OutcomeRefused(wrong, result=said.file.id)


def _owed(said: Said) -> Decimal | None:
    try:
        return ledger_queries.get_owed(said.account_id, said.at).amount
    except BalanceUnknown:
        return None


def _say_who_spoke(said: Said) -> None:
    """Whoever was on the line is noted with the call; without one, the contact itself is put on record."""
    if said.call is None:
        _record_contact(said)
    elif said.spoke_to == schema.SpokeTo.CUSTOMER and said.call.amounts_hidden:
        contact.note_right_person(call_id=said.call.id, at=said.at, actor=said.actor)
    elif said.spoke_to == schema.SpokeTo.THIRD_PERSON and not said.call.is_third_person:
        contact.note_third_person(call_id=said.call.id, at=said.at, actor=said.actor)


def _record_contact(said: Said) -> None:
    """A contact without a call of ours counts toward the caps and toward the stage like any other."""
    counts = said.rule.counts_as
    gate.record_unpermitted(
        customer_id=said.case.customer_id,
        case_id=said.case.id,
        contact_point_id=None,
        channel=CALL,
        purpose=COLLECTION,
        result="no-answer" if counts is schema.CountsAs.ATTEMPT else "answered",
        happened_at=said.at,
        needed_permit=False,
        at=said.at,
        actor=said.actor,
    )
    cases.record_work(
        case_id=said.case.id,
        account_id=None,
        attempt=True,
        contact=counts is not schema.CountsAs.ATTEMPT,
        right_party=counts is schema.CountsAs.RIGHT_PARTY,
    )


def _close_work(said: Said, outcome: Outcome) -> None:
    """The call has its outcome and the day's work on the case is done, unless it goes on later today."""
    if said.call is not None:
        contact.note_outcome(call_id=said.call.id, outcome_id=outcome.pk)
    again = outcome.next_step_at
    if again is not None and clock.local_date(again, said.zone) == said.today:
        return
    assignment.mark_done(case_id=said.case.id, day=_day_of(said), cause=outcome.result, at=said.at)


def _day_of(said: Said) -> date:
    if said.call is not None and said.call.work_item_id is not None:
        return assignment_queries.get_work(said.call.work_item_id).day
    return clients_queries.get_client_by_id(said.case.client_id).local_date(said.at)
