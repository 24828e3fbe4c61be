"""Public reads of the gate: may I contact now and why, a permit, and what a clause is called."""

from __future__ import annotations

from datetime import datetime

from tideover.decide.gate import live, rules, wording
from tideover.decide.gate.models import Permit
from tideover.decide.gate.types import BORROWER, PartySeen, PermitAnswer, PermitRead, PermitUnknown, Verdict
from tideover.know.cases import queries as cases
from tideover.know.customers import queries as customers


def look(
    *,
    case_id: int,
    account_id: int,
    channel: str,
    purpose: str,
    at: datetime,
    user_id: int,
    contact_point_id: int | None = None,
) -> PermitAnswer:
    """What a permit asked for now would answer, by the same rules; nothing is written and nothing is counted.

    Of the borrower's contact points the best answer counts: whether there is one that may be used. With a
    ``contact_point_id`` the party is asked about whom it reaches.
    """
    case = cases.get_brief(case_id, account_id)
    book = live.current_book()
    party = PartySeen(case.customer_id, case.person_id, BORROWER)
    if contact_point_id is not None:
        party = live.party_of(case, customers.find_reached(contact_point_id))
    best: Verdict | None = None
    for seen in live.read_each_point(case=case, party=party, channel=channel, purpose=purpose, at=at, user_id=user_id):
        verdict = rules.decide(book, seen, at)
        if best is None or (verdict.granted and not best.granted):
            best = verdict
        if best.granted:
            break
    assert best is not None
    return PermitAnswer(
        granted=best.granted,
        permit_id=None,
        clause=best.clause,
        until_at=best.until_at,
        says=wording.says(book, best),
        left_today=best.left_today,
        left_week=best.left_week,
        zone=best.zone,
        party=party,
    )


def get_permit(permit_id: int) -> PermitRead:
    """One permit or refusal; raises PermitUnknown."""
    permit = Permit.objects.filter(pk=permit_id).first()
    if permit is None:
        raise PermitUnknown(permit_id=str(permit_id))
    return PermitRead(
        id=permit.pk,
        granted=permit.granted,
        clause=permit.clause,
        person_id=permit.person_id,
        customer_id=permit.customer_id,
        client_id=permit.client_id,
        case_id=permit.case_id,
        account_id=permit.account_id,
        contact_point_id=permit.contact_point_id,
        user_id=permit.user_id,
        channel=permit.channel,
        purpose=permit.purpose,
        asked_at=permit.asked_at,
        expires_at=permit.expires_at,
        used_at=permit.used_at,
        local_date=permit.local_date,
    )


def get_clause_title(clause: str, language: str) -> str:
    """What a refusal's clause is called in the language, for a timeline or a reason."""
    return wording.title(live.current_book(), clause, language)
