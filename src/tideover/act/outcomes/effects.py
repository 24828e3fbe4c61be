"""What follows from an outcome. The effects are a closed list; each is one call of the room that owns it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tideover.act.arrangements import operations as arrangements
from tideover.act.contact.types import CallRead
from tideover.act.outcomes.policy_schema import (
    AskLater,
    FollowUpAfter,
    MarkContactPoint,
    OpenPromise,
    OptOut,
    OutcomeRule,
    PlaceHold,
)
from tideover.act.outcomes.types import PromiseDraft
from tideover.core.access.types import Actor
from tideover.core.clock import rules as clock
from tideover.know.cases import operations as cases
from tideover.know.cases.types import ComplaintDraft, ComplaintRepeated, HoldReason, HoldScope
from tideover.know.customers import operations as customers

COLLECTION = "collection"


@dataclass(frozen=True)
class Said:
    """What the form holds beyond the result, and where and when it was said."""

    promise: PromiseDraft | None
    call_back_at: datetime | None
    hold_until: datetime | None
    zone: str
    today: date
    complaint: ComplaintDraft | None = None


@dataclass(frozen=True)
class Followed:
    """What came of it."""

    promise_id: int | None = None
    hold_id: int | None = None
    next_step_at: datetime | None = None
    repeated_since: datetime | None = None


def apply(rule: OutcomeRule, call: CallRead, account_id: int, said: Said, at: datetime, actor: Actor) -> Followed:
    """Carry out every effect of the rule. Must be inside the transaction that records the outcome.

    A call-back that was agreed and has now been made is over; a new one takes its place.
    """
    followed = Followed()
    call_back_at: datetime | None = None
    for effect in rule.effects:
        if isinstance(effect, OpenPromise) and said.promise is not None:
            promise_id = arrangements.promise(
                case_id=call.case_id,
                account_id=account_id,
                amount=said.promise.amount,
                due_date=said.promise.due_date,
                at=at,
                actor=actor,
            )
            due_at = clock.start_of_day(said.promise.due_date, said.zone)
            followed = replace(followed, promise_id=promise_id, next_step_at=due_at)
        elif isinstance(effect, PlaceHold):
            followed = _hold(effect, call, account_id, said, at, actor, followed)
        elif isinstance(effect, AskLater):
            call_back_at = said.call_back_at
        elif isinstance(effect, FollowUpAfter):
            call_back_at = clock.start_of_day(said.today + timedelta(days=effect.days), said.zone)
    protect(rule, call, at, actor)
    cases.set_call_back(case_id=call.case_id, call_back_at=call_back_at, at=at, actor=actor)
    return followed if call_back_at is None else replace(followed, next_step_at=call_back_at)


def protect(rule: OutcomeRule, call: CallRead, at: datetime, actor: Actor) -> None:
    """Carry out what the customer or a stranger asked for themselves; it holds whether the case is open or not."""
    for effect in rule.effects:
        if isinstance(effect, MarkContactPoint) and call.contact_point_id is not None:
            customers.mark_contact_point_unusable(
                contact_point_id=call.contact_point_id, cause=effect.cause, at=at, actor=actor
            )
        elif isinstance(effect, OptOut):
            customers.opt_out(
                customer_id=call.customer_id, channels=effect.channels, purposes=(COLLECTION,), at=at, actor=actor
            )


def _hold(
    effect: PlaceHold, call: CallRead, account_id: int, said: Said, at: datetime, actor: Actor, followed: Followed
) -> Followed:
    """Place the hold; a complaint that was taken before, with nothing new in it, is on record and opens none."""
    until_at = said.hold_until or clock.start_of_day(said.today + timedelta(days=effect.days), said.zone)
    reason = HoldReason(effect.reason)
    try:
        hold_id = cases.place_hold(
            case_id=call.case_id,
            scope=HoldScope(effect.scope),
            reason=reason,
            until_at=until_at,
            account_id=account_id,
            complaint=said.complaint if reason is HoldReason.COMPLAINT else None,
            at=at,
            actor=actor,
        )
    except ComplaintRepeated as repeated:
        return replace(followed, repeated_since=repeated.fields["since"])
    return replace(followed, hold_id=hold_id, next_step_at=until_at)
