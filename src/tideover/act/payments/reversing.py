"""Taking payments back, by page and by file: once, whole, and with everything that follows from it.

The payment keeps its value date and its booked-at; the ledger gets a posting of its own. The case opens again where it
had closed and something is late, promises are judged again, and what was counted as attempts stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tideover.act.arrangements import operations as arrangements
from tideover.act.payments import statements
from tideover.act.payments.models import Payment, Reversal
from tideover.act.payments.types import (
    FROM_FILE,
    FROM_PAGE,
    REVERSAL_CAUSES,
    ReversalDateAhead,
    ReversedAlready,
    UnknownPayment,
    UnknownReversalCause,
    refusal_of_reversal,
)
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.know.cases import operations as cases
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.ledger import operations as ledger

ROOM = "payments"
DEFAULT_CAUSE = "lender-reversed"

_ONE = """
SELECT %(client_id)s::bigint AS client_id, %(account_id)s::bigint AS account_id, %(amount)s::numeric AS amount,
    %(currency)s::text AS currency, %(value_date)s::date AS value_date, %(booked_at)s::timestamptz AS booked_at,
    %(reference)s::text AS reference, %(reverses)s::text AS reverses, %(cause)s::text AS cause,
    NULL::bigint AS import_id
"""


def reverse(*, payment_id: int, cause: str, value_date: date, reference: str, at: datetime, actor: Actor) -> int:
    """Take a payment back by hand, with its cause; returns the reversal's id.

    ``reference`` is the reversal's own; left empty, the payment's with ``/R``. Raises UnknownPayment,
    UnknownReversalCause, ReversalDateAhead, ReversedAlready, ReverseBeforePayment, ReferenceTaken.
    """
    require(actor, Role.INTEGRATOR, Role.TEAM_LEADER)
    if cause not in REVERSAL_CAUSES:
        raise UnknownReversalCause(cause=cause, known=", ".join(REVERSAL_CAUSES))
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise UnknownPayment(payment_id=str(payment_id))
    require_client(actor, payment.client_id)
    if value_date > clients_queries.get_client_by_id(payment.client_id).local_date(at):
        raise ReversalDateAhead(value_date=value_date)
    given = {
        "client_id": payment.client_id,
        "account_id": payment.account_id,
        "amount": payment.amount,
        "currency": payment.currency,
        "value_date": value_date,
        "booked_at": at,
        "reference": reference.strip() or f"{payment.reference}/R",
        "reverses": payment.reference,
        "cause": cause,
    }
    with transaction.atomic():
        clients.take_turn(client_id=payment.client_id)
        if (stood := Reversal.objects.filter(payment_id=payment_id).first()) is not None:
            raise ReversedAlready(reference=payment.reference, told=stood.reference)
        _reverse(given=_ONE, params=given, client_id=payment.client_id, source=FROM_PAGE, at=at, actor=actor)
        return Reversal.objects.get(payment_id=payment_id).pk


def reverse_set(*, given: str, params: Mapping[str, Any], client_id: int, at: datetime, actor: Actor) -> dict[str, int]:
    """Take back the payments that a file names, as a set; returns how many were new.

    ``given`` is a SELECT of (client_id, account_id, amount, currency, value_date, booked_at, reference, reverses,
    cause, import_id): ``reference`` is the reversal's own, ``reverses`` that of the payment; account_id, amount and
    currency may be NULL where the file does not say them. The same reversal again changes nothing. Must be inside a
    transaction, after the file's payments. Raises what ``refusal_of_reversal`` names; a caller that wants to refuse
    rows one by one asks ``queries.reversal_faults`` before.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a file's reversals are entered inside its import")
    return _reverse(given=given, params=params, client_id=client_id, source=FROM_FILE, at=at, actor=actor)


def _reverse(
    *, given: str, params: Mapping[str, Any], client_id: int, source: str, at: datetime, actor: Actor
) -> dict[str, int]:
    """Refuse what cannot be, enter what is new, and let ledger, cases and promises follow."""
    clients.take_turn(client_id=client_id)
    params = {**params, "client_id": client_id}
    with connection.cursor() as cursor:
        cursor.execute(statements.over(given, "judge_reversals"), params)
        if (refused := cursor.fetchone()) is not None:
            raise refusal_of_reversal(*refused)
        cases.lock_cases(given=statements.over(given, "given_accounts"), params=params)
        cursor.execute(statements.over(given, "sums_reversed"), params)
        sums = [{"currency": c, "count": n, "amount": str(amount)} for c, n, amount in cursor.fetchall()]
        if not sums:
            return {"reversals": 0}
        fact_id = _batch_fact(client_id, source, sums, at, actor)
        own = {"fact_id": fact_id, "source": source, "recorded_by": actor.name}
        known = {"causes": list(REVERSAL_CAUSES), "default_cause": DEFAULT_CAUSE}
        cursor.execute(statements.over(given, "insert_reversals"), {**params, **own, **known})
        count = cursor.rowcount
    _follow(client_id=client_id, fact_id=fact_id, at=at, actor=actor)
    return {"reversals": count}


def _batch_fact(client_id: int, source: str, sums: list[dict[str, Any]], at: datetime, actor: Actor) -> int:
    return journal.append(
        chain=journal.INSTALLATION,
        kind="payments-reversed",
        room=ROOM,
        at=at,
        actor=actor,
        body={"client_id": client_id, "source": source, "sums": sums},
    )


def _follow(*, client_id: int, fact_id: int, at: datetime, actor: Actor) -> None:
    """What the reversals under one fact do to the ledger, to cases, and to promises, in the order of their facts."""
    client = clients_queries.get_client_by_id(client_id)
    day = client.local_date(at)
    new: dict[str, Any] = {"reversal_fact_id": fact_id}
    accounts = statements.text("reversed_accounts")
    ledger.reverse_set(given=statements.text("reversed_postings"), params=new, fact_id=fact_id)
    with connection.cursor() as cursor:
        cursor.execute(statements.text("note_not_ours"), {**new, "day": day})
        cases.reopen(given=accounts, params=new, client_id=client_id, day=day, at=at)
        cursor.execute(statements.text("note_reopened"), new)
    journal.append_set(
        kind="payment-reversed", room=ROOM, at=at, actor=actor, select=statements.text("tell_reversals"), params=new
    )
    cases.tell_reopened(at=at, actor=actor)
    arrangements.judge_again(given=accounts, params=new, client_id=client_id, day=day, at=at, actor=actor)
