"""Public writes of the gate: permits, their results, contacts that had none, and the night's striking out.

A permit is given or refused in one transaction that holds the person's row: what was counted cannot change
before the new attempt is counted too. A refusal is an answer, and is kept like any other.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tideover.core.access.rules import require_client
from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.clock.rules import local_date
from tideover.core.journal import operations as journal
from tideover.decide.gate import live, rules, wording
from tideover.decide.gate.models import Attempt, Permit
from tideover.decide.gate.night import strike_out as strike_out
from tideover.decide.gate.types import (
    OUTBOUND,
    RESULTS,
    CannotGiveBack,
    Circumstances,
    PartySeen,
    PermitAnswer,
    PermitSpent,
    PermitUnknown,
    Verdict,
)
from tideover.know.cases import queries as cases
from tideover.know.cases.types import CaseBrief
from tideover.know.clients import queries as clients
from tideover.know.customers import operations as customers
from tideover.know.customers import queries as customers_queries

ROOM = "gate"


def issue_permit(
    *,
    case_id: int,
    account_id: int,
    contact_point_id: int,
    channel: str,
    purpose: str,
    at: datetime,
    actor: Actor,
) -> PermitAnswer:
    """Give leave for one attempt, or refuse with the clause; either is written and counted at once.

    Whom the contact point reaches counts: a guarantor is a person with caps and holds of their own. The person's row
    is locked first, so that two who ask for one person take turns whoever their client is. The permit is void after
    two minutes, and counts whether it was used or not.
    """
    if actor.user_id is None:
        raise AccessRefused(actor=actor.name, needs=Role.COLLECTOR)
    with transaction.atomic(savepoint=False):
        reached = customers.lock_person_reached(contact_point_id=contact_point_id)
        case = cases.get_brief(case_id, account_id)
        party = live.party_of(case, reached)
        if reached is None or reached.person_id != party.person_id:
            customers.lock_person(person_id=party.person_id)
        require_client(actor, case.client_id)
        book = live.current_book()
        seen = live.read(
            case=case,
            party=party,
            contact_point_id=contact_point_id,
            channel=channel,
            purpose=purpose,
            at=at,
            user_id=actor.user_id,
        )
        verdict = rules.decide(book, seen, at)
        permit = _write_permit(case, party, contact_point_id, seen, verdict, book.version, at, actor)
    spent = 1 if verdict.granted else 0
    return PermitAnswer(
        granted=verdict.granted,
        permit_id=permit.pk,
        clause=verdict.clause,
        until_at=verdict.until_at,
        says=wording.says(book, verdict),
        left_today=verdict.left_today - spent,
        left_week=verdict.left_week - spent,
        zone=verdict.zone,
        expires_at=permit.expires_at,
        party=party,
    )


def _write_permit(
    case: CaseBrief,
    party: PartySeen,
    contact_point_id: int,
    seen: Circumstances,
    verdict: Verdict,
    rules_version: str,
    at: datetime,
    actor: Actor,
) -> Permit:
    """The permit or its refusal, the attempt that it counts as, and the fact."""
    zone = verdict.zone or clients.get_client_by_id(case.client_id).zone
    said = {
        "case_id": case.id,
        "account_id": case.account_id,
        "contact_point_id": contact_point_id,
        "channel": seen.channel,
        "purpose": seen.purpose,
        "rules_version": rules_version,
    }
    if party.customer_id != case.customer_id:
        said |= {"role": party.role}
    if not verdict.granted:
        said |= {"clause": verdict.clause, "until_at": verdict.until_at}
    fact_id = journal.append(
        chain=party.customer_id,
        kind="permit-granted" if verdict.granted else "permit-refused",
        room=ROOM,
        at=at,
        actor=actor,
        body=said,
    )
    permit = Permit.objects.create(
        asked_at=at,
        local_date=local_date(at, zone),
        person_id=party.person_id,
        customer_id=party.customer_id,
        client_id=case.client_id,
        case_id=case.id,
        account_id=case.account_id,
        contact_point_id=contact_point_id,
        user_id=actor.user_id,
        channel=seen.channel,
        purpose=seen.purpose,
        granted=verdict.granted,
        clause=verdict.clause,
        until_at=verdict.until_at,
        expires_at=at + rules.PERMIT_LASTS if verdict.granted else None,
        rules_version=rules_version,
        fact_id=fact_id,
    )
    if verdict.granted:
        Attempt.objects.create(
            person_id=party.person_id,
            customer_id=party.customer_id,
            client_id=case.client_id,
            contact_point_id=contact_point_id,
            channel=seen.channel,
            purpose=seen.purpose,
            at=at,
            local_date=permit.local_date,
            permit=permit,
        )
    return permit


def use_permit(*, permit_id: int, at: datetime) -> None:
    """Spend a permit on its one attempt; raises PermitSpent when it was refused, used or void.

    Must be inside the transaction that puts the attempt on record.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a permit is used in the transaction of its attempt")
    usable = Permit.objects.filter(pk=permit_id, granted=True, used_at=None, expires_at__gt=at)
    if not usable.update(used_at=at):
        _require(permit_id)
        raise PermitSpent(permit_id=str(permit_id))


def record_result(*, permit_id: int, result: str, at: datetime, actor: Actor) -> None:
    """Keep what the attempt of a permit came to: ``answered``, ``no-answer`` or ``not-dialled``.

    ``not-dialled`` is the proof that nothing left: the count is given back, once, and only while nothing else is
    known. Should the line report life after that, the attempt counts again. The same result again changes nothing.
    """
    if result not in RESULTS:
        raise ValueError(f"a result is one of {', '.join(RESULTS)}, not {result}")
    with transaction.atomic(savepoint=False):
        attempt = (
            Attempt.objects.select_for_update(of=("self",)).select_related("permit").filter(permit_id=permit_id).first()
        )
        if attempt is None or (permit := attempt.permit) is None:
            raise PermitUnknown(permit_id=str(permit_id))
        if attempt.result == result or (attempt.result == "answered" and result == "no-answer"):
            return
        gives_back = result == "not-dialled"
        if gives_back and attempt.result != "unknown":
            raise CannotGiveBack(permit_id=str(permit_id), result=attempt.result)
        returned_before = permit.returned_at is not None
        attempt.result, attempt.counts = result, not gives_back
        attempt.save(update_fields=["result", "counts"])
        if gives_back or returned_before:
            permit.returned_at = at if gives_back else None
            permit.save(update_fields=["returned_at"])
            journal.append(
                chain=permit.customer_id,
                kind="permit-returned" if gives_back else "permit-counted-again",
                room=ROOM,
                at=at,
                actor=actor,
                body={"permit_id": permit.pk, "case_id": permit.case_id, "channel": permit.channel},
            )


def record_unpermitted(
    *,
    customer_id: int,
    case_id: int | None,
    contact_point_id: int | None,
    channel: str,
    purpose: str,
    result: str,
    happened_at: datetime,
    needed_permit: bool,
    direction: str = OUTBOUND,
    at: datetime,
    actor: Actor,
) -> int:
    """Write a contact that had no permit: an inbound call, or one made outside.

    What we made counts toward the caps like any other. What came in is a contact, and no attempt of ours: it counts
    only where a rule names the calls of both ways. ``needed_permit`` marks what should have had one, which is an
    incident. Returns the attempt's id.
    """
    customer = customers_queries.get_customer(customer_id)
    require_client(actor, customer.client_id)
    zone = customer.zone or clients.get_client_by_id(customer.client_id).zone
    with transaction.atomic():
        customers.lock_person(person_id=customer.person_id)
        attempt = Attempt.objects.create(
            person_id=customer.person_id,
            customer_id=customer_id,
            client_id=customer.client_id,
            contact_point_id=contact_point_id,
            channel=channel,
            direction=direction,
            purpose=purpose,
            at=happened_at,
            local_date=local_date(happened_at, zone),
            result=result,
        )
        journal.append(
            chain=customer_id,
            kind="contact-without-permit" if needed_permit else "contact-recorded",
            room=ROOM,
            at=at,
            actor=actor,
            body={
                "attempt_id": attempt.pk,
                "case_id": case_id,
                "channel": channel,
                "direction": direction,
                "purpose": purpose,
                "result": result,
                "happened_at": happened_at,
                "permit": "none",
            },
        )
    return attempt.pk


def _require(permit_id: int) -> None:
    if not Permit.objects.filter(pk=permit_id).exists():
        raise PermitUnknown(permit_id=str(permit_id))
