"""Holds: placing them, ending them, and what a complaint and a claimed payment ask for beyond that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from tideover.core.access.rules import require
from tideover.core.access.types import Actor, Role
from tideover.know.cases import acting, refreshing, rules
from tideover.know.cases.models import Case, Hold
from tideover.know.cases.types import (
    ComplaintDraft,
    ComplaintNeedsSubject,
    ComplaintRepeated,
    HoldPeriodEmpty,
    HoldReason,
    HoldScope,
    UnknownCause,
    UnknownHold,
)

_WIDE = (HoldScope.CASE, HoldScope.PERSON)


def place_hold(
    *,
    case_id: int,
    scope: HoldScope,
    reason: HoldReason,
    until_at: datetime,
    account_id: int | None = None,
    part_amount: Decimal | None = None,
    complaint: ComplaintDraft | None = None,
    purposes: Iterable[str] = ("collection",),
    at: datetime,
    actor: Actor,
) -> int:
    """Stop contact for the named purposes within the scope until before ``until_at``; returns the hold's id.

    A complaint against a person keeps that person alone from the case, or from all the customer's cases; the others
    go on. Raises CaseClosed, AccountNotInCase, HoldPeriodEmpty, ComplaintNeedsSubject, ComplaintRepeated.
    """
    require(actor, Role.COLLECTOR, Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER)
    scope, reason = HoldScope(scope), HoldReason(reason)
    if (reason is HoldReason.COMPLAINT) is (complaint is None):
        raise ComplaintNeedsSubject(reason=str(reason))
    with transaction.atomic():
        case = acting.lock_open_case(case_id, actor)
        if until_at <= at:
            raise HoldPeriodEmpty(until_at=acting.there(case, until_at))
        if not actor.has(Role.COLLECTOR):  # whose work it is was looked at when the collector dialled
            acting.require_scope(case, actor, Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER)
        if scope not in _WIDE and complaint is not None and complaint.against_user_id is not None:
            scope = HoldScope.CASE
        if scope in _WIDE:
            account_id, part_amount = None, None
        else:
            acting.require_account(case, account_id or 0)
        if complaint is not None:
            _refuse_repeated(case, complaint)
        return _place(case, scope, reason, until_at, account_id, part_amount, complaint, purposes, at, actor)


def _refuse_repeated(case: Case, complaint: ComplaintDraft) -> None:
    """Raise ComplaintRepeated where the customer has complained of the same before and tells nothing new."""
    before = (
        Hold.objects.filter(
            customer_id=case.customer_id,
            reason=HoldReason.COMPLAINT,
            subject=complaint.subject,
            against_user_id=complaint.against_user_id,
        )
        .order_by("-from_at", "-pk")
        .first()
    )
    if before is not None and not complaint.has_new_facts:
        raise ComplaintRepeated(since=acting.there(case, before.from_at), hold_id=str(before.pk))


def _place(
    case: Case,
    scope: HoldScope,
    reason: HoldReason,
    until_at: datetime,
    account_id: int | None,
    part_amount: Decimal | None,
    complaint: ComplaintDraft | None,
    purposes: Iterable[str],
    at: datetime,
    actor: Actor,
) -> int:
    stands: dict[str, Any] = {
        "scope": scope,
        "reason": reason,
        "account_id": account_id,
        "part_amount": part_amount,
        "purposes": sorted(set(purposes)),
        "until_at": until_at,
    }
    if complaint is not None:
        stands |= {"subject": complaint.subject, "against_user_id": complaint.against_user_id}
    against = complaint is not None and complaint.against_user_id is not None
    kind = "hold-placed-against" if against else "hold-placed"
    fact_id = acting.fact(case, kind, at, actor, **stands)
    hold = Hold.objects.create(
        person_id=case.person_id,
        customer_id=case.customer_id,
        case=case,
        from_at=at,
        fact_id=fact_id,
        **stands,
    )
    return hold.pk


def lift_hold(*, hold_id: int, cause: str, at: datetime, actor: Actor) -> None:
    """End a hold before its time, with a cause. One that has ended already stays as it is.

    A complaint is decided with it, by a compliance officer alone, and also after its time is over.
    """
    require(actor, Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER)
    if cause not in rules.LIFT_CAUSES:
        raise UnknownCause(cause=cause, known=", ".join(rules.LIFT_CAUSES))
    with transaction.atomic():
        case_id = Hold.objects.filter(pk=hold_id).values_list("case_id", flat=True).first()
        if case_id is None:
            raise UnknownHold(hold_id=hold_id)
        case = acting.lock(case_id)
        hold = Hold.objects.select_for_update().get(pk=hold_id)
        acting.require_scope(case, actor, Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER)
        changed: list[str] = []
        if hold.lifted_at is None and at < hold.until_at:
            hold.lifted_at, hold.lifted_by, hold.lift_cause = at, actor.name, cause
            changed += ["lifted_at", "lifted_by", "lift_cause"]
        if hold.reason == HoldReason.COMPLAINT and hold.decided_at is None:
            require(actor, Role.COMPLIANCE_OFFICER)
            hold.decided_at, hold.decided_by, hold.decision = at, actor.name, cause
            acting.fact(case, "complaint-decided", at, actor, hold_id=hold_id, subject=hold.subject, cause=cause)
            hold.save(update_fields=[*changed, "decided_at", "decided_by", "decision"])
        elif changed:
            acting.fact(case, "hold-lifted", at, actor, hold_id=hold_id, reason=hold.reason, cause=cause)
            hold.save(update_fields=changed)


def end_claims(*, given: str, params: Mapping[str, Any], at: datetime, actor: Actor) -> int:
    """End the holds of customers who said that they had paid, since money came; returns how many.

    ``given`` is a SELECT of account_id. Must be inside the transaction that enters the money.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a claim ends with the payment that proves it")
    own = {**params, "at": at, "lifted_by": actor.name}
    text = refreshing.statement("end_claims").replace("WITH ", f"WITH given AS ({given}), ", 1)
    with connection.cursor() as cursor:
        cursor.execute(text, own)
        count = cursor.rowcount
    if count:
        refreshing.tell(("hold-lifted",), at, actor)
    return count
