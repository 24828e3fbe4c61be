"""How an outcome is put on record, and what follows from it: one transaction, whoever records it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tideover.act.arrangements import operations as arrangements
from tideover.act.contact.types import CallRead
from tideover.act.outcomes import policy_schema as schema
from tideover.act.outcomes.models import Outcome, OutcomeNote
from tideover.act.outcomes.queries import PREFIX
from tideover.act.outcomes.types import PromiseDraft
from tideover.core.access.types import Actor
from tideover.core.clock import rules as clock
from tideover.core.journal import operations as journal
from tideover.core.journal import rules as journal_rules
from tideover.core.policy.types import PolicyFile
from tideover.know.cases import operations as cases
from tideover.know.cases.types import CaseRead, HoldReason, HoldScope
from tideover.know.clients import queries as clients_queries
from tideover.know.customers import operations as customers
from tideover.know.customers import queries as customers_queries

ROOM = "outcomes"
COLLECTION = "collection"


@dataclass(frozen=True)
class Said:
    """What is to be put on record, read and judged."""

    file: PolicyFile
    case: CaseRead
    call: CallRead | None
    account_id: int
    spoke_to: str
    arrears_reason: str | None
    promise: PromiseDraft | None
    call_back_at: datetime | None
    hold_until: datetime | None
    note: str | None
    once_key: str
    user_id: int | None
    zone: str
    at: datetime
    actor: Actor

    @property
    def rule(self) -> schema.OutcomeRule:
        return self.file.data

    @property
    def today(self) -> date:
        """The customer's date."""
        return clock.local_date(self.at, self.zone)


def zone_of(case: CaseRead) -> str:
    """Where the customer's clock is read: their own zone, else the client's."""
    customer = customers_queries.get_customer(case.customer_id)
    return customer.zone or clients_queries.get_client_by_id(case.client_id).zone


def write(said: Said) -> Outcome:
    """Put it on record with its note and its effects. Must be inside a transaction that holds the case."""
    salt = journal_rules.new_salt() if said.note else None
    fact_id = journal.append(
        chain=said.case.customer_id,
        kind="outcome-recorded",
        room=ROOM,
        at=said.at,
        actor=said.actor,
        body={
            "case_id": said.case.id,
            "account_id": said.account_id,
            "call_id": said.call.id if said.call else None,
            "permit": said.call.permit_id if said.call else "none",
            "spoke_to": said.spoke_to,
            "result": said.file.id.removeprefix(PREFIX),
            "result_version": said.file.version,
            "arrears_reason": said.arrears_reason,
            "note_digest": journal_rules.content_digest(salt, said.note) if salt and said.note else None,
            "case_was_closed": not said.case.is_open,
        },
    )
    followed = _follow(said)
    outcome = Outcome.objects.create(
        call_id=said.call.id if said.call else None,
        case_id=said.case.id,
        customer_id=said.case.customer_id,
        client_id=said.case.client_id,
        account_id=said.account_id,
        user_id=said.user_id,
        at=said.at,
        local_date=said.today,
        spoke_to=said.spoke_to,
        result=said.file.id.removeprefix(PREFIX),
        result_version=said.file.version,
        arrears_reason=said.arrears_reason,
        case_was_closed=not said.case.is_open,
        recorded_once_key=said.once_key,
        fact_id=fact_id,
        **followed,
    )
    if salt and said.note:
        OutcomeNote.objects.create(outcome=outcome, customer_id=said.case.customer_id, text=said.note, salt=salt)
    return outcome


def _follow(said: Said) -> dict[str, Any]:
    """Let the result's effects happen. In a closed case only those that protect the customer still do."""
    followed: dict[str, Any] = {"promise_id": None, "hold_id": None, "next_step_at": None}
    for effect in said.rule.effects:
        if isinstance(effect, schema.OptOut):
            customers.opt_out(
                customer_id=said.case.customer_id,
                channels=effect.channels,
                purposes=(COLLECTION,),
                at=said.at,
                actor=said.actor,
            )
        elif isinstance(effect, schema.MarkContactPoint):
            if said.call is not None:
                customers.mark_contact_point_unusable(
                    contact_point_id=said.call.contact_point_id, cause=effect.cause, at=said.at, actor=said.actor
                )
        elif said.case.is_open:
            followed.update(_follow_in_case(said, effect))
    if said.case.is_open and followed["next_step_at"] is None:
        _clear_call_back(said)
    return followed


def _follow_in_case(said: Said, effect: schema.Effect) -> dict[str, Any]:
    if isinstance(effect, schema.OpenPromise) and said.promise is not None:
        promise_id = arrangements.promise(
            case_id=said.case.id,
            account_id=said.account_id,
            amount=said.promise.amount,
            due_date=said.promise.due_date,
            at=said.at,
            actor=said.actor,
        )
        return {"promise_id": promise_id}
    if isinstance(effect, schema.PlaceHold):
        until = said.hold_until or _start_of(said, effect.days)
        return {"hold_id": _hold(said, HoldScope(effect.scope), HoldReason(effect.reason), until)}
    if isinstance(effect, schema.FollowUpAfter):
        until = _start_of(said, effect.days)
        return {"hold_id": _hold(said, HoldScope.ACCOUNT, HoldReason.PAYMENT_CLAIMED, until)}
    if isinstance(effect, schema.AskLater) and said.call_back_at is not None:
        cases.set_call_back(case_id=said.case.id, call_back_at=said.call_back_at, at=said.at, actor=said.actor)
        return {"next_step_at": said.call_back_at}
    return {}


def _start_of(said: Said, days: int) -> datetime:
    return clock.start_of_day(said.today + timedelta(days=days), said.zone)


def _hold(said: Said, scope: HoldScope, reason: HoldReason, until_at: datetime) -> int:
    return cases.place_hold(
        case_id=said.case.id,
        scope=scope,
        reason=reason,
        until_at=until_at,
        account_id=said.account_id if scope is HoldScope.ACCOUNT else None,
        purposes=(COLLECTION,),
        at=said.at,
        actor=said.actor,
    )


def _clear_call_back(said: Said) -> None:
    """A call-back is done once the customer was spoken to, or was called when they had asked for it."""
    agreed = said.case.call_back_at
    if agreed is not None and (said.spoke_to == schema.SpokeTo.CUSTOMER or agreed <= said.at):
        cases.set_call_back(case_id=said.case.id, call_back_at=None, at=said.at, actor=said.actor)
