"""Public writes: taking a promise, and judging promises by the payments that came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tideover.act.arrangements.models import Judgement, Promise
from tideover.act.arrangements.types import (
    PromiseAboveOwed,
    PromiseDatePast,
    PromiseNotPositive,
    PromiseState,
    PromiseTermsUnknown,
)
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.clock import rules as clock
from tideover.core.journal import operations as journal
from tideover.core.money import Money
from tideover.core.policy import queries as policy
from tideover.core.sql import files as sql_files
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import AccountNotInCase, CaseClosed
from tideover.know.clients import queries as clients_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.ledger import queries as ledger_queries

ROOM = "arrangements"
_JUDGED = (PromiseState.KEPT, PromiseState.PARTLY_KEPT, PromiseState.BROKEN, PromiseState.RELEASED)


def promise(*, case_id: int, account_id: int, amount: Money, due_date: date, at: datetime, actor: Actor) -> int:
    """Take a customer's word to pay an amount by a date; one that was open on the account is replaced.

    The account's stage waits until the promise is judged. Raises CaseClosed, AccountNotInCase,
    PromiseNotPositive, PromiseAboveOwed, PromiseDatePast, CurrencyMismatch.
    """
    require(actor, Role.COLLECTOR, Role.TEAM_LEADER)
    with transaction.atomic():
        case = cases.lock_case(case_id=case_id)
        require_client(actor, case.client_id)
        if not case.is_open:
            closed = cases_queries.get_case(case_id)
            raise CaseClosed(case_id=case_id, closed_date=closed.closed_date, cause=closed.close_cause)
        if cases_queries.get_brief(case_id, account_id).stage is None:
            raise AccountNotInCase(case_id=case_id, account_id=account_id)
        made_date = _local_date(case.customer_id, case.client_id, at)
        _refuse_impossible(account_id, amount, due_date, made_date, at)
        replaced = _replace_open(account_id, made_date)
        fact_id = journal.append(
            chain=case.customer_id,
            kind="promise-made",
            room=ROOM,
            at=at,
            actor=actor,
            body={
                "case_id": case_id,
                "account_id": account_id,
                "amount": amount.amount,
                "currency": amount.currency,
                "due_date": due_date,
                "replaces_id": replaced,
            },
        )
        made = Promise.objects.create(
            case_id=case_id,
            account_id=account_id,
            customer_id=case.customer_id,
            client_id=case.client_id,
            user_id=actor.user_id,
            amount=amount.amount,
            currency=amount.currency,
            made_at=at,
            made_date=made_date,
            due_date=due_date,
            state=PromiseState.OPEN,
            fact_id=fact_id,
        )
        cases.note_promise(account_id=account_id, due_date=due_date)
    return made.pk


def _local_date(customer_id: int, client_id: int, at: datetime) -> date:
    zone = customers_queries.get_customer(customer_id).zone or clients_queries.get_client_by_id(client_id).zone
    return clock.local_date(at, zone)


def _refuse_impossible(account_id: int, amount: Money, due_date: date, today: date, at: datetime) -> None:
    if not amount.is_positive:
        raise PromiseNotPositive(amount=amount)
    owed = ledger_queries.get_owed(account_id, at)
    if amount > owed:
        raise PromiseAboveOwed(amount=amount, owed=owed)
    if due_date < today:
        raise PromiseDatePast(due_date=due_date)


def _replace_open(account_id: int, day: date) -> int | None:
    """Give up the open promise of the account for a new one; its id, if there was one."""
    open_one = Promise.objects.select_for_update().filter(account_id=account_id, state=PromiseState.OPEN).first()
    if open_one is None:
        return None
    open_one.state, open_one.judged_date = PromiseState.REPLACED, day
    open_one.save(update_fields=["state", "judged_date"])
    return open_one.pk


def judge_promises(*, client_id: int, day: date, at: datetime, actor: Actor) -> dict[str, int]:
    """Compare the client's open promises with the payments that came, as a set; the counts by what they became.

    Kept: as soon as enough has come, which the product's policy says as a share of the amount. Partly kept or
    broken: once the days of grace and the client's payment-file lag have passed. Released: the account is no longer
    placed with us. Judged again on the same day, nothing changes.
    """
    client = clients_queries.get_client_by_id(client_id)
    params: dict[str, Any] = {
        "client_id": client_id,
        "zone": client.zone,
        "day": day,
        "at": at,
        "lag_days": client.payment_file_lag_days,
        "terms": json.dumps(_terms(client_id)),
    }
    counts: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"arrangements.judge:{client_id}"])
        cursor.execute(_sql("judge_promises"), params)
        for state in _JUDGED:
            judged = Promise.objects.filter(client_id=client_id, state=PromiseState.OPEN, verdict=state)
            counts[state.replace("-", "_")] = judged.count()
            journal.append_set(
                kind=f"promise-{state}",
                room=ROOM,
                at=at,
                actor=actor,
                select=_sql("tell_judged"),
                params={"client_id": client_id, "state": state},
            )
        cases.note_promises_judged(given=_sql("given_judged"), params={"client_id": client_id})
        cursor.execute(_sql("keep_judgements"), params)
        cursor.execute(_sql("close_judged"), params)
    return counts


def judge_again(
    *, given: str, params: Mapping[str, Any], client_id: int, day: date, at: datetime, actor: Actor
) -> dict[str, int]:
    """Judge anew the promises that were kept, wholly or in part, by money that was taken back; returns how many.

    ``given`` is a SELECT of account_id. A promise whose time has not run out is open again; what was found before
    stays in the history. Must be inside the transaction that takes the money back, after the client's turn.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("promises are judged again with what takes their money back")
    client = clients_queries.get_client_by_id(client_id)
    own: dict[str, Any] = {
        "client_id": client_id,
        "zone": client.zone,
        "day": day,
        "at": at,
        "lag_days": client.payment_file_lag_days,
        "terms": json.dumps(_terms(client_id)),
    }
    latest = Judgement.objects.order_by("-pk").values_list("pk", flat=True).first()
    new = {"client_id": client_id, "after_id": latest or 0}
    with connection.cursor() as cursor:
        text = _sql("judge_again").replace("WITH ", f"WITH given AS ({given}), ", 1)
        cursor.execute(text, {**params, **own})
        count = cursor.rowcount
    if count:
        select = _sql("tell_judged_again")
        journal.append_set(kind="promise-judged-again", room=ROOM, at=at, actor=actor, select=select, params=new)
        cases.note_promises_judged(given=_sql("given_judged_again"), params=new)
        cases.note_promises_waiting(given=_sql("given_judged_again"), params=new)
    return {"judged_again": count}


def _terms(client_id: int) -> list[dict[str, Any]]:
    """When a promise is kept, by product; raises PromiseTermsUnknown where an open promise's product has none."""
    terms = [
        {
            "product": file.data.product,
            "kept_from_share": str(file.data.promise.kept_from_share),
            "days_of_grace": file.data.promise.days_of_grace,
        }
        for file in policy.load("products")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_sql("products_of_open"), {"client_id": client_id})
        found = {product for (product,) in cursor.fetchall()}
    for product in sorted(found - {each["product"] for each in terms}):
        raise PromiseTermsUnknown(product=product)
    return terms


def _sql(name: str) -> str:
    return sql_files.load(__package__, name).text
