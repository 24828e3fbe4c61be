"""What a customer shows for a payment that they say they made: kept by reference and digest."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from tideover.act.outcomes.models import Proof
from tideover.act.outcomes.types import NoClaim, ProofWrong
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import HoldReason

ROOM = "outcomes"
_DIGEST = re.compile("[0-9a-f]{64}")


def file_proof(*, hold_id: int, reference: str, digest: str, at: datetime, actor: Actor) -> int:
    """File a document against a hold that waits for a payment, and return its id; the same again returns the same.

    It proves nothing by itself: the hold ends when the payment comes. Raises NoClaim, ProofWrong, UnknownHold.
    """
    require(actor, Role.COLLECTOR, Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER, Role.INTEGRATOR)
    reference, digest = reference.strip(), digest.strip().lower()
    if not reference or not _DIGEST.fullmatch(digest):
        raise ProofWrong()
    hold = cases_queries.get_hold(hold_id)
    if hold.reason is not HoldReason.PAYMENT_CLAIMED or hold.case_id is None:
        raise NoClaim(hold_id=str(hold_id))
    with transaction.atomic():
        case = cases.lock_case(case_id=hold.case_id)
        require_client(actor, case.client_id)
        if (stood := Proof.objects.filter(hold_id=hold_id, digest=digest).first()) is not None:
            return stood.pk
        fact_id = journal.append(
            chain=case.customer_id,
            kind="proof-filed",
            room=ROOM,
            at=at,
            actor=actor,
            body={"case_id": case.id, "hold_id": hold_id, "account_id": hold.account_id, "digest": digest},
        )
        made = Proof.objects.create(
            hold_id=hold_id,
            case_id=case.id,
            customer_id=case.customer_id,
            account_id=hold.account_id,
            reference=reference,
            digest=digest,
            at=at,
            by=actor.name,
            fact_id=fact_id,
        )
    return made.pk
