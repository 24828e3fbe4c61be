"""Public writes: bringing a client's cases up to a day, and what people and other rooms do to a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from tideover.core.access.rules import require
from tideover.core.access.types import Actor, Role
from tideover.know.cases import acting, queries, refreshing, rules
from tideover.know.cases.assisting import end_assist as end_assist
from tideover.know.cases.assisting import grant_assist as grant_assist
from tideover.know.cases.ending import end_accounts as end_accounts
from tideover.know.cases.holding import end_claims as end_claims
from tideover.know.cases.holding import lift_hold as lift_hold
from tideover.know.cases.holding import place_hold as place_hold
from tideover.know.cases.models import Case, CaseAccount, Review
from tideover.know.cases.reopening import lock_cases as lock_cases
from tideover.know.cases.reopening import reopen as reopen
from tideover.know.cases.reopening import tell_reopened as tell_reopened
from tideover.know.cases.retaining import decide_retention as decide_retention
from tideover.know.cases.retaining import end_batches
from tideover.know.cases.retaining import request_retention as request_retention
from tideover.know.cases.types import (
    CaseLocked,
    CollectorCannotWork,
    FilingGap,
    NotUnderReview,
    ReviewDecision,
    UnknownCause,
)
from tideover.know.clients import queries as clients_queries
from tideover.know.filing import queries as filing
from tideover.know.ledger import operations as ledger

ROOM = "cases"


def refresh(*, client_id: int, day: date, at: datetime, actor: Actor) -> dict[str, int]:
    """Bring all cases of the client up to the day: open, join, move, note late and skipped, close.

    Works on sets. A second time on the same day changes nothing and tells nothing. ``at`` is the instant as of
    which money and holds are looked at. Returns the counts of what changed, and how many cases are now open.
    """
    client = clients_queries.get_client_by_id(client_id)
    ladders = queries.list_ladders()
    with transaction.atomic():
        ledger.keep_terms()
        end_batches(client_id=client_id, day=day, at=at, actor=actor)
        refreshing.run(ladders, client_id, client.zone, day, at)
        counts = refreshing.tell(refreshing.FACTS, at, actor)
    return {
        "opened": counts["case-opened"],
        "joined": counts["account-joined"],
        "moved": counts["stage-moved"],
        "skipped": counts["stage-skipped"],
        "late": counts["stage-late"],
        "left": counts["account-left"],
        "closed": counts["case-closed"],
        "holds_expired": counts["hold-expired"] + counts["complaint-escalated"] + counts["claim-unproved"],
        "open": Case.objects.filter(client_id=client_id, closed_date=None).count(),
    }


def record_work(
    *, case_id: int, customer_id: int, account_id: int | None, attempt: bool, contact: bool, right_party: bool
) -> None:
    """Count a piece of work toward the stage of the account, or of every open account of the case.

    Only a contact with the case's own customer is work on its stages: a guarantor is asked beside it, never instead.
    Must be inside a transaction: whoever tells of the work writes its fact. On a closed case it changes nothing.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("work is recorded in the transaction of what it tells of")
    present = CaseAccount.objects.filter(case_id=case_id, case__customer_id=customer_id, left_date=None)
    if account_id is not None:
        present = present.filter(account_id=account_id)
    present.update(
        stage_attempts_count=F("stage_attempts_count") + int(attempt),
        stage_contacts_count=F("stage_contacts_count") + int(contact),
        stage_right_party_count=F("stage_right_party_count") + int(right_party),
    )


def note_promise(*, account_id: int, due_date: date | None) -> None:
    """Keep that a promise is open on the account until the date: its stage waits. None: no longer.

    Must be inside a transaction; arrangements calls it with its own fact.
    """
    CaseAccount.objects.filter(account_id=account_id, left_date=None).update(promise_due_date=due_date)


def note_promises_judged(*, given: str, params: Mapping[str, Any]) -> int:
    """Let the stages of accounts go on whose promise was judged; a broken one is counted. Returns how many.

    ``given`` is a SELECT of (account_id, is_broken). Must be inside a transaction; arrangements calls it.
    """
    with connection.cursor() as cursor:
        text = refreshing.statement("note_promises_judged").replace("FROM given AS", f"FROM ({given}) AS")
        cursor.execute(text, params)
        return cursor.rowcount


def note_promises_waiting(*, given: str, params: Mapping[str, Any]) -> int:
    """Let the stages of accounts wait whose promise is open again, until its day. Returns how many.

    ``given`` is a SELECT of (account_id, due_date), due_date being NULL where none is. Must be inside a transaction;
    arrangements calls it with its own fact.
    """
    with connection.cursor() as cursor:
        text = refreshing.statement("note_promises_waiting").replace("FROM given AS", f"FROM ({given}) AS")
        cursor.execute(text, params)
        return cursor.rowcount


def lock_case(*, case_id: int) -> CaseLocked:
    """Lock the case's row for the rest of the transaction, and say how it stands; raises UnknownCase.

    Whoever does several things to a case takes this first, so that two people on one case come one after the
    other. Must be inside a transaction.
    """
    case = acting.lock(case_id)
    return CaseLocked(
        id=case.pk,
        customer_id=case.customer_id,
        person_id=case.person_id,
        client_id=case.client_id,
        collector_id=case.collector_id,
        is_open=case.closed_date is None,
    )


def set_call_back(*, case_id: int, call_back_at: datetime | None, at: datetime, actor: Actor) -> None:
    """Keep when the customer asked to be called, or with None that this is done; raises CaseClosed."""
    with transaction.atomic():
        case = acting.lock_open_case(case_id, actor)
        if case.call_back_at == call_back_at:
            return
        case.call_back_at = call_back_at
        case.save(update_fields=["call_back_at"])
        if call_back_at is not None:
            acting.fact(case, "call-back-set", at, actor, call_back_at=call_back_at)


def review(*, case_id: int, account_id: int, decision: ReviewDecision, at: datetime, actor: Actor) -> int:
    """Record a leader's decision before the final notice; the next refresh moves the account by it.

    Raises NotUnderReview for an account whose stage asks for no review, FilingGap where it may not go on because
    something is missing in its file, CaseClosed, AccountNotInCase.
    """
    require(actor, Role.TEAM_LEADER)
    decision = ReviewDecision(decision)
    with transaction.atomic():
        case = acting.lock_open_case(case_id, actor)
        acting.require_scope(case, actor, Role.TEAM_LEADER)
        present = acting.require_account(case, account_id)
        if not _asks_for_review(present.stage):
            raise NotUnderReview(case_id=case_id, account_id=account_id, stage=present.stage)
        if decision is ReviewDecision.GO_ON:
            _refuse_gaps(case.client_id, account_id, at)
        fact_id = acting.fact(
            case, "case-reviewed", at, actor, account_id=account_id, stage=present.stage, decision=decision
        )
        made = Review.objects.create(
            case=case,
            account_id=account_id,
            stage=present.stage,
            decision=decision,
            at=at,
            by=actor.name,
            fact_id=fact_id,
        )
    return made.pk


def _refuse_gaps(client_id: int, account_id: int, at: datetime) -> None:
    day = clients_queries.get_client_by_id(client_id).local_date(at)
    missing = filing.list_missing(client_id, day, account_id=account_id)
    if missing:
        titles = {each.item: each.title for each in missing}.values()
        joined = {
            "en": ", ".join(each["en"] for each in titles),
            "zh-Hans": "、".join(each["zh-Hans"] for each in titles),
        }
        raise FilingGap(account_id=account_id, missing=joined)


def _asks_for_review(stage: str) -> bool:
    return any(
        each.name == stage and each.minimum.reviews_count > 0
        for ladder in queries.list_ladders()
        for each in ladder.rules.stages
    )


def assign_collectors(*, given: str, params: Mapping[str, Any], at: datetime, actor: Actor) -> dict[str, int]:
    """Give open cases their collectors, as a set; returns how many were newly assigned and how many changed.

    ``given`` is a SELECT of (case_id, collector_id, cause), a case at most once; its parameters may not be called
    ``at``. A case that has the collector already, or is closed, stays as it is.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            text = refreshing.statement("assign_collectors").replace("FROM given AS", f"FROM ({given}) AS")
            cursor.execute(text, {**params, "at": at})
            cursor.execute(refreshing.statement("start_tenures"), {"at": at})
        counts = refreshing.tell(("collector-assigned", "collector-changed"), at, actor)
    return {"assigned": counts["collector-assigned"], "changed": counts["collector-changed"]}


def change_collector(*, case_id: int, collector_id: int, cause: str, at: datetime, actor: Actor) -> None:
    """Give a case to another collector. A change needs a cause out of the closed list.

    Raises UnknownCause, CaseClosed, and CollectorCannotWork with what stands in the way: another team, a missing
    certificate or language, absence, a ceiling, a complaint against them.
    """
    require(actor, Role.TEAM_LEADER)
    if cause not in rules.CHANGE_CAUSES:
        raise UnknownCause(cause=cause, known=", ".join(rules.CHANGE_CAUSES))
    with transaction.atomic():
        case = acting.lock_open_case(case_id, actor)
        acting.require_scope(case, actor, Role.TEAM_LEADER)
        if case.collector_id == collector_id:
            return
        (obstacle,) = queries.list_obstacles([(queries.get_case(case_id), collector_id)], at)
        if obstacle is not None:
            raise CollectorCannotWork(case_id=case_id, collector_id=collector_id, obstacle=obstacle)
        assign_collectors(
            given="SELECT %(case_id)s::bigint AS case_id, %(collector_id)s::bigint AS collector_id,"
            " %(cause)s::text AS cause",
            params={"case_id": case.pk, "collector_id": collector_id, "cause": cause},
            at=at,
            actor=actor,
        )
