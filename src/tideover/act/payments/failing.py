"""Direct debits that the customer's bank did not honour: recorded, told, and never posted. Nothing came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tideover.act.payments import statements
from tideover.act.payments.models import FailedDebit
from tideover.act.payments.types import (
    DEBIT_CAUSES,
    FROM_FILE,
    FROM_PAGE,
    PaymentAccountForeign,
    PaymentCurrencyWrong,
    PaymentDateAhead,
    PaymentNotPositive,
    PaymentReferenceMissing,
    ReferenceTaken,
    UnknownDebitCause,
)
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.core.money import Money
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.portfolio import queries as portfolio_queries

ROOM = "payments"
DEFAULT_CAUSE = "not-said"

_ONE = """
SELECT %(client_id)s::bigint AS client_id, %(account_id)s::bigint AS account_id, %(amount)s::numeric AS amount,
    %(currency)s::text AS currency, %(value_date)s::date AS value_date, %(booked_at)s::timestamptz AS booked_at,
    %(reference)s::text AS reference, %(cause)s::text AS cause, NULL::bigint AS import_id
"""


def record_failed_debit(
    *, account_id: int, amount: Money, tried_date: date, cause: str, reference: str, at: datetime, actor: Actor
) -> int:
    """Record by hand that a direct debit was not honoured, and return its id; the same again returns the same.

    Raises PaymentReferenceMissing, PaymentDateAhead, PaymentNotPositive, PaymentCurrencyWrong, ReferenceTaken,
    UnknownDebitCause.
    """
    require(actor, Role.INTEGRATOR, Role.TEAM_LEADER)
    account = portfolio_queries.get_account(account_id)
    require_client(actor, account.client_id)
    if cause not in DEBIT_CAUSES:
        raise UnknownDebitCause(cause=cause, known=", ".join(DEBIT_CAUSES))
    if not reference.strip():
        raise PaymentReferenceMissing()
    if tried_date > clients_queries.get_client_by_id(account.client_id).local_date(at):
        raise PaymentDateAhead(value_date=tried_date)
    given = {
        "client_id": account.client_id,
        "account_id": account_id,
        "amount": amount.amount,
        "currency": amount.currency,
        "value_date": tried_date,
        "booked_at": at,
        "reference": reference.strip(),
        "cause": cause,
    }
    with transaction.atomic():
        _record(given=_ONE, params=given, client_id=account.client_id, source=FROM_PAGE, at=at, actor=actor)
        return FailedDebit.objects.get(client_id=account.client_id, reference=reference.strip()).pk


def record_failed_debits(
    *, given: str, params: Mapping[str, Any], client_id: int, at: datetime, actor: Actor
) -> dict[str, int]:
    """Record the failed debits of a file, as a set; returns how many were new.

    ``given`` is a SELECT of (client_id, account_id, amount, currency, value_date, booked_at, reference, cause,
    import_id). Must be inside a transaction: the import that calls it stands or falls with it.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a file's failed debits are recorded inside its import")
    return _record(given=given, params=params, client_id=client_id, source=FROM_FILE, at=at, actor=actor)


def _record(
    *, given: str, params: Mapping[str, Any], client_id: int, source: str, at: datetime, actor: Actor
) -> dict[str, int]:
    clients.take_turn(client_id=client_id)
    params = {**params, "client_id": client_id}
    with connection.cursor() as cursor:
        cursor.execute(statements.over(given, "judge_failed_debits"), params)
        if (wrong := cursor.fetchone()) is not None:
            _refuse(*wrong)
        cursor.execute(statements.over(given, "sums_failed"), params)
        sums = [{"currency": c, "count": n, "amount": str(amount)} for c, n, amount in cursor.fetchall()]
        if not sums:
            return {"failed_debits": 0}
        fact_id = journal.append(
            chain=journal.INSTALLATION,
            kind="debits-failed",
            room=ROOM,
            at=at,
            actor=actor,
            body={"client_id": client_id, "source": source, "sums": sums},
        )
        own = {"fact_id": fact_id, "source": source, "recorded_by": actor.name}
        known = {"causes": list(DEBIT_CAUSES), "default_cause": DEFAULT_CAUSE}
        cursor.execute(statements.over(given, "insert_failed_debits"), {**params, **own, **known})
        count = cursor.rowcount
    told = {"debit_fact_id": fact_id}
    journal.append_set(
        kind="debit-failed", room=ROOM, at=at, actor=actor, select=statements.text("tell_failed_debits"), params=told
    )
    return {"failed_debits": count}


def _refuse(reference: str, currency: str, amount: Any, wanted: str | None, is_taken: bool) -> None:
    if wanted is None:
        raise PaymentAccountForeign(reference=reference)
    if wanted != currency:
        raise PaymentCurrencyWrong(currency=currency, wanted=wanted)
    if is_taken:
        raise ReferenceTaken(reference=reference, amount=Money(amount, currency))
    raise PaymentNotPositive(amount=Money(amount, currency))
