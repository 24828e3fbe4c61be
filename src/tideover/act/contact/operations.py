"""Public writes of contact: dialling, what the line reports, and who is on the line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from tideover.act.contact import lines, queries, rules
from tideover.act.contact.models import Call
from tideover.act.contact.types import (
    ANSWERED,
    INBOUND,
    NOT_DIALLED,
    UNKNOWN,
    AlreadyOnCall,
    CallRead,
    CallRecorded,
    CallUnknown,
    CaseBeingCalled,
    ForeignContactPoint,
    LineUnsure,
    MayNotWork,
    NotAnswered,
    NothingToDial,
    NotYourCall,
)
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.decide.assignment import queries as assignment
from tideover.decide.gate import operations as gate
from tideover.decide.gate.types import CALL, COLLECTION, SERVICE, ContactRefused
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.customers import queries as customers

ROOM = "contact"


def dial(
    *, case_id: int, contact_point_id: int, work_item_id: int | None, line: str, at: datetime, actor: Actor
) -> CallRead:
    """Call the customer of a case: ask for a permit, put permit and call on record, and only then ask the line.

    Two transactions: the first commits permit and call, in state unknown, before the line hears of it; the second
    what the line said. A crash in between leaves unknown: it counts, and is never sent again by itself. So this
    refuses to run inside a transaction. Raises MayNotWork, AlreadyOnCall, ContactRefused (the refusal is kept),
    and LineUnsure where the line did not say whether it dialled.
    """
    port = lines.get(line)
    with transaction.atomic(durable=True):
        call = _put_on_record(case_id, contact_point_id, work_item_id, line, at, actor)
    if isinstance(call, ContactRefused):
        raise call
    number = customers.reveal_contact_point(contact_point_id, call.permit_id)
    try:
        port.dial(call.pk, number)
    except lines.NotDialled as proof:
        return _note_not_dialled(call.pk, proof.cause, at)
    except Exception as error:
        raise LineUnsure(call_id=str(call.pk), line=line) from error
    with transaction.atomic(durable=True):
        cases.lock_case(case_id=case_id)
        taken = _apply(_locked(call.pk), "dialled", at)
    return replace(taken, number=number if lines.shows_number(line) else None)


def _put_on_record(
    case_id: int, contact_point_id: int, work_item_id: int | None, line: str, at: datetime, actor: Actor
) -> Call | ContactRefused:
    """Permit and call, or the refusal; inside dial's first transaction."""
    if actor.user_id is None:
        raise MayNotWork(case_id=str(case_id))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"contact-user:{actor.user_id}"])
    case = cases.lock_case(case_id=case_id)
    for live in queries.list_live_calls_of(actor.user_id, case_id, at):
        if live.user_id == actor.user_id:
            raise AlreadyOnCall(call_id=str(live.id), case_id=str(live.case_id))
        raise CaseBeingCalled(case_id=str(case_id), since=live.asked_at)
    if not assignment.may_work(actor.user_id, case_id, at, owner=case.owner):
        raise MayNotWork(case_id=str(case_id))
    account_id = _lead_account(case_id, work_item_id)
    answer = gate.issue_permit(
        case_id=case_id,
        account_id=account_id,
        contact_point_id=contact_point_id,
        channel=CALL,
        purpose=COLLECTION,
        at=at,
        actor=actor,
    )
    if not answer.granted or answer.permit_id is None or answer.party is None:
        return ContactRefused(answer)
    gate.use_permit(permit_id=answer.permit_id, at=at)
    return Call.objects.create(
        permit_id=answer.permit_id,
        case_id=case_id,
        account_id=account_id,
        customer_id=answer.party.customer_id,
        person_id=answer.party.person_id,
        client_id=case.client_id,
        contact_point_id=contact_point_id,
        user_id=actor.user_id,
        work_item_id=work_item_id,
        line=line,
        state=UNKNOWN,
        asked_at=at,
    )


def _lead_account(case_id: int, work_item_id: int | None) -> int:
    """The account that leads the contact: the work item's while it is open in the case, else the case's own."""
    if work_item_id is not None:
        work = assignment.get_work(work_item_id)
        still_open = cases_queries.get_brief(case_id, work.lead_account_id).stage is not None
        if work.case_id == case_id and still_open:
            return work.lead_account_id
    lead_account_id = cases_queries.get_case(case_id).lead_account_id
    if lead_account_id is None:
        raise NothingToDial(case_id=str(case_id))
    return lead_account_id


def _note_not_dialled(call_id: int, cause: str, at: datetime) -> CallRead:
    """The line's proof that nothing left: the count is given back."""
    with transaction.atomic(durable=True):
        call = _locked_with_case(call_id)
        if call.state != UNKNOWN:
            return queries.read(call)
        call.state, call.cause = NOT_DIALLED, "failed"
        call.save(update_fields=["state", "cause"])
        assert call.permit_id is not None
        gate.record_result(permit_id=call.permit_id, result="not-dialled", at=at, actor=_line_actor(call))
        _fact(call, "call-not-dialled", at, _line_actor(call), line_says=cause)
    return queries.read(call)


def note_line_event(
    *, call_id: int, event: str, at: datetime, cause: str | None = None, seconds: int | None = None
) -> CallRead:
    """Take what a line reports: ``dialled``, ``answered``, or ``ended`` with its cause and seconds.

    The same event again, or one that comes late, changes nothing that is known. Called by outcomes, which records
    a no-answer by itself. The tally, the work on the stages and the facts follow in the same transaction.
    """
    with transaction.atomic(savepoint=False):
        return _apply(_locked(call_id), event, at, cause, seconds)


def _apply(call: Call, event: str, at: datetime, cause: str | None = None, seconds: int | None = None) -> CallRead:
    """What the event makes of the locked call, and what others must know of it at once."""
    before = rules.Course(call.state, call.dialled_at, call.answered_at, call.ended_at, call.cause, call.seconds)
    after = rules.apply(before, event, at, cause, seconds)
    if after == before:
        return queries.read(call)
    call.state, call.dialled_at, call.answered_at = after.state, after.dialled_at, after.answered_at
    call.ended_at, call.cause, call.seconds = after.ended_at, after.cause, after.seconds
    call.save(update_fields=["state", "dialled_at", "answered_at", "ended_at", "cause", "seconds"])
    dialled = before.dialled_at is None
    answered = before.answered_at is None and after.answered_at is not None
    ended = before.ended_at is None and after.ended_at is not None
    if dialled or answered:
        _count_work(call, attempt=dialled, contact=answered)
    actor = _line_actor(call)
    if call.permit_id is None:
        pass  # it came in: the gate has it as answered already
    elif answered:
        gate.record_result(permit_id=call.permit_id, result="answered", at=at, actor=actor)
    elif ended or before.state == NOT_DIALLED:
        gate.record_result(permit_id=call.permit_id, result="no-answer", at=at, actor=actor)
    if dialled:
        _fact(call, "call-dialled", at, actor, line=call.line)
    if answered:
        _fact(call, "call-answered", at, actor)
    if ended:
        _fact(call, "call-ended", at, actor, cause=after.cause, seconds=after.seconds)
    return queries.read(call)


def receive_call(*, case_id: int, contact_point_id: int | None, at: datetime, actor: Actor) -> CallRead:
    """Put on record that somebody called us about a case: no permit, a contact, and no attempt of ours.

    Whoever of the client's team picks up may take it, also on a closed case: a caller is not sent away. Amounts stay
    hidden until the customer is known to speak. ``contact_point_id`` is None where the number is not on file. Raises
    UnknownCase, AccessRefused, AlreadyOnCall, ForeignContactPoint.
    """
    require(actor, Role.COLLECTOR, Role.TEAM_LEADER)
    if actor.user_id is None:
        raise MayNotWork(case_id=str(case_id))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"contact-user:{actor.user_id}"])
        if (live := queries.get_live_call(actor.user_id, at)) is not None:
            raise AlreadyOnCall(call_id=str(live.id), case_id=str(live.case_id))
        case = cases.lock_case(case_id=case_id)
        require_client(actor, case.client_id)
        if cases_queries.is_complained_of(actor.user_id, case_id, at):
            raise MayNotWork(case_id=str(case_id))
        if (
            contact_point_id is not None
            and customers.get_contact_point(contact_point_id).customer_id != case.customer_id
        ):
            raise ForeignContactPoint(case_id=str(case_id))
        call = Call.objects.create(
            direction=INBOUND,
            case_id=case_id,
            account_id=_account_spoken_of(case_id),
            customer_id=case.customer_id,
            person_id=case.person_id,
            client_id=case.client_id,
            contact_point_id=contact_point_id,
            user_id=actor.user_id,
            line=lines.MANUAL,
            state=ANSWERED,
            asked_at=at,
            dialled_at=at,
            answered_at=at,
        )
        gate.record_unpermitted(
            customer_id=case.customer_id,
            case_id=case_id,
            contact_point_id=contact_point_id,
            channel=CALL,
            purpose=SERVICE,
            result="answered",
            happened_at=at,
            needed_permit=False,
            direction=INBOUND,
            at=at,
            actor=actor,
        )
        _count_work(call, contact=True)
        _fact(call, "call-received", at, actor, permit="none")
    return queries.read(call)


def _account_spoken_of(case_id: int) -> int:
    """The account that leads the case; of a closed one, the last that was in it."""
    case = cases_queries.get_case(case_id)
    if case.lead_account_id is not None:
        return case.lead_account_id
    return max(case.accounts, key=lambda each: (each.left_date or each.joined_date, each.account_id)).account_id


def note_right_person(*, call_id: int, at: datetime, actor: Actor) -> CallRead:
    """The collector has made sure that the customer is on the line: amounts may be seen."""
    with transaction.atomic(savepoint=False):
        call = _on_the_line(call_id, actor)
        if call.right_person_at is not None and not queries.read(call).is_third_person:
            return queries.read(call)
        first = call.right_person_at is None
        call.right_person_at = at
        call.save(update_fields=["right_person_at"])
        if first:
            _count_work(call, right_party=True)
        _fact(call, "right-person-reached", at, actor)
    return queries.read(call)


def _count_work(call: Call, *, attempt: bool = False, contact: bool = False, right_party: bool = False) -> None:
    cases.record_work(
        case_id=call.case_id,
        customer_id=call.customer_id,
        account_id=None,
        attempt=attempt,
        contact=contact,
        right_party=right_party,
    )


def note_third_person(*, call_id: int, at: datetime, actor: Actor) -> CallRead:
    """Somebody else is on the line: only the call-back line may be shown, and nothing of the debt said."""
    with transaction.atomic():
        call = _on_the_line(call_id, actor)
        if queries.read(call).is_third_person:
            return queries.read(call)
        call.third_person_at = at
        call.save(update_fields=["third_person_at"])
        _fact(call, "third-person-reached", at, actor)
    return queries.read(call)


def note_outcome(*, call_id: int, outcome_id: int) -> None:
    """Keep which outcome the call came to; with it the call is over on the page.

    Must be inside a transaction: outcomes calls it in the one that writes the outcome and its fact. The line may
    still be open; it will report its end by itself.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a call takes its outcome in the outcome's transaction")
    free = Call.objects.filter(Q(outcome_id=None) | Q(outcome_id=outcome_id), pk=call_id)
    if not free.update(outcome_id=outcome_id):
        raise CallRecorded(call_id=str(queries.get_call(call_id).id))


def _on_the_line(call_id: int, actor: Actor) -> Call:
    """The locked call, if the actor made it, somebody took it, and its outcome does not stand yet."""
    call = _locked_with_case(call_id)
    if call.user_id != actor.user_id:
        raise NotYourCall(call_id=str(call_id))
    if call.answered_at is None:
        raise NotAnswered(call_id=str(call_id))
    if call.outcome_id is not None:
        raise CallRecorded(call_id=str(call_id))
    return call


def _locked_with_case(call_id: int) -> Call:
    """The locked call, its case locked before it: whoever records on the case does so in the same order."""
    cases.lock_case(case_id=queries.get_case_id(call_id))
    return _locked(call_id)


def _locked(call_id: int) -> Call:
    call = Call.objects.select_for_update().filter(pk=call_id).first()
    if call is None:
        raise CallUnknown(call_id=str(call_id))
    return call


def _line_actor(call: Call) -> Actor:
    """The line itself, as the journal names it."""
    return Actor(user_id=None, name=f"line-{call.line}", roles=frozenset({Role.SYSTEM}))


def _fact(call: Call, kind: str, at: datetime, actor: Actor, **more: object) -> int:
    body = {"call_id": call.pk, "case_id": call.case_id, "user_id": call.user_id, **more}
    return journal.append(chain=call.customer_id, kind=kind, room=ROOM, at=at, actor=actor, body=body)
