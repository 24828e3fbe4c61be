"""The end of a batch: what is placed in it goes back to the client, but for what was allowed to stay (留案)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from tideover.core.access.rules import require
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.core.sql import files as sql_files
from tideover.know.cases import acting
from tideover.know.cases.models import Case, Retention
from tideover.know.cases.types import (
    RETENTION_CAUSES,
    NothingToRetain,
    RetentionDecided,
    RetentionLimitReached,
    RetentionPeriodWrong,
    RetentionRequested,
    UnknownCause,
    UnknownRetention,
)
from tideover.know.clients import queries as clients
from tideover.know.portfolio import operations as portfolio
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import BatchRead

APPROVED, REFUSED = "approved", "refused"


def end_batches(*, client_id: int, day: date, at: datetime, actor: Actor) -> int:
    """End the placements of batches that are over on the day; what was retained stays. Returns how many ended.

    Their accounts leave the cases by the refresh that follows. Must be inside a transaction.
    """
    given = sql_files.load(__package__, "placements_over").text
    ended = portfolio.end_placements(given=given, params={"client_id": client_id, "day": day}, day=day, import_id=None)
    for batch in _over(client_id, day):
        portfolio.end_batch(batch_id=batch.id, day=day)
        journal.append(
            chain=journal.INSTALLATION,
            kind="batch-ended",
            room=acting.ROOM,
            at=at,
            actor=actor,
            body={
                "client_id": client_id,
                "batch_id": batch.id,
                "number": batch.number,
                "accounts_count": batch.accounts_count,
                "retained_count": batch.retained_count,
            },
        )
    return ended


def _over(client_id: int, day: date) -> list[BatchRead]:
    return [
        each
        for each in portfolio_queries.list_batches([client_id])
        if each.ended_date is None and each.until_date is not None and each.until_date <= day
    ]


def request_retention(
    *, case_id: int, account_id: int, until_date: date, cause: str, at: datetime, actor: Actor
) -> int:
    """Ask that an account stay with us beyond its batch's end, up to the day; returns the request's id.

    Raises UnknownCause, NothingToRetain where its batch has no end or lets nothing stay, RetentionPeriodWrong,
    RetentionRequested while one is open or approved, RetentionLimitReached, CaseClosed, AccountNotInCase.
    """
    require(actor, Role.COLLECTOR, Role.TEAM_LEADER)
    if cause not in RETENTION_CAUSES:
        raise UnknownCause(cause=cause, known=", ".join(RETENTION_CAUSES))
    with transaction.atomic():
        case = acting.lock_open_case(case_id, actor)
        _require_own(case, actor)
        acting.require_account(case, account_id)
        batch = _batch_of(case, account_id, at)
        if until_date <= (batch.until_date or until_date):
            raise RetentionPeriodWrong(until_date=until_date, batch_until_date=batch.until_date)
        asked = Retention.objects.filter(account_id=account_id, batch_id=batch.id)
        if asked.exclude(decision=REFUSED).exists():
            raise RetentionRequested(account_id=account_id, batch=batch.number)
        _refuse_over_limit(batch)
        fact_id = acting.fact(
            case,
            "retention-requested",
            at,
            actor,
            account_id=account_id,
            batch_id=batch.id,
            until_date=until_date,
            cause=cause,
        )
        made = Retention.objects.create(
            case=case,
            account_id=account_id,
            batch_id=batch.id,
            until_date=until_date,
            cause=cause,
            requested_at=at,
            requested_by=actor.name,
            fact_id=fact_id,
        )
    return made.pk


def decide_retention(*, retention_id: int, approve: bool, at: datetime, actor: Actor) -> None:
    """A leader lets the account stay, or not; the limit is looked at again. Raises UnknownRetention, RetentionDecided.

    Raises also RetentionLimitReached, and CaseClosed or NothingToRetain where there is nothing left to keep.
    """
    require(actor, Role.TEAM_LEADER)
    with transaction.atomic():
        found = Retention.objects.filter(pk=retention_id).first()
        if found is None:
            raise UnknownRetention(retention_id=str(retention_id))
        case = acting.lock_open_case(found.case_id, actor)
        acting.require_scope(case, actor, Role.TEAM_LEADER)
        retention = Retention.objects.select_for_update().get(pk=retention_id)
        if retention.decision is not None:
            raise RetentionDecided(retention_id=str(retention_id), decision=retention.decision)
        if approve:
            _require_placed(retention)
            _refuse_over_limit(portfolio_queries.get_batch(retention.batch_id), besides=retention.pk)
            portfolio.retain_placements(
                given="SELECT %(account_id)s::bigint AS account_id",
                params={"account_id": retention.account_id},
                until_date=retention.until_date,
            )
        retention.decision = APPROVED if approve else REFUSED
        retention.decided_at, retention.decided_by = at, actor.name
        retention.save(update_fields=["decision", "decided_at", "decided_by"])
        acting.fact(
            case,
            "retention-decided",
            at,
            actor,
            account_id=retention.account_id,
            batch_id=retention.batch_id,
            until_date=retention.until_date,
            decision=retention.decision,
        )


def _require_own(case: Case, actor: Actor) -> None:
    """A collector asks for their own cases, a leader for the team's."""
    if case.collector_id != actor.user_id or actor.user_id is None:
        acting.require_scope(case, actor, Role.TEAM_LEADER)


def _batch_of(case: Case, account_id: int, at: datetime) -> BatchRead:
    """The batch in which the account is placed; raises NothingToRetain where it has no end to stay beyond."""
    day = clients.get_client_by_id(case.client_id).local_date(at)
    placed = [
        each
        for each in portfolio_queries.list_placements(account_id)
        if each.ended_date is None and each.batch_until_date is not None and each.batch_until_date > day
    ]
    if not placed:
        raise NothingToRetain(account_id=account_id)
    batch = portfolio_queries.get_batch(placed[0].batch_id)
    if batch.retain_count_max == 0:
        raise NothingToRetain(account_id=account_id)
    return batch


def _require_placed(retention: Retention) -> None:
    """What went back while the request waited cannot stay, though the customer's case is open for another account."""
    placements = portfolio_queries.list_placements(retention.account_id)
    if not any(each.batch_id == retention.batch_id and each.ended_date is None for each in placements):
        raise NothingToRetain(account_id=retention.account_id)


def _refuse_over_limit(batch: BatchRead, besides: int | None = None) -> None:
    """The batch's row is locked, so that two requests for its last place come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cases.retention:{batch.id}"])
    taken = Retention.objects.filter(batch_id=batch.id).exclude(decision=REFUSED).exclude(pk=besides).count()
    if taken >= batch.retain_count_max:
        raise RetentionLimitReached(batch=batch.number, limit=batch.retain_count_max)
