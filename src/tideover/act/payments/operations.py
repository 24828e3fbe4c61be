"""Public writes: payments by page and by file. Both are used the same way, by one set statement. What takes them back
stands in ``reversing``, what never came in ``failing``.

A client's reference stands for one payment: given again it changes nothing; with another amount or account it is
refused. What a payment is used for follows the product's policy; what is over becomes a credit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from tideover.act.payments import statements
from tideover.act.payments.failing import record_failed_debit as record_failed_debit
from tideover.act.payments.failing import record_failed_debits as record_failed_debits
from tideover.act.payments.models import Payment
from tideover.act.payments.reversing import reverse as reverse
from tideover.act.payments.reversing import reverse_set as reverse_set
from tideover.act.payments.types import (
    FROM_FILE,
    FROM_PAGE,
    AllocationUnknown,
    PaymentAccountForeign,
    PaymentCurrencyWrong,
    PaymentDateAhead,
    PaymentNotPositive,
    PaymentReferenceMissing,
    ReferenceTaken,
)
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.core.money import Money
from tideover.core.policy import queries as policy
from tideover.core.problem import Problem
from tideover.know.cases import operations as cases
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.ledger import operations as ledger
from tideover.know.portfolio import queries as portfolio_queries

ROOM = "payments"

_ONE = """
SELECT %(client_id)s::bigint AS client_id, %(account_id)s::bigint AS account_id, %(amount)s::numeric AS amount,
    %(currency)s::text AS currency, %(value_date)s::date AS value_date, %(booked_at)s::timestamptz AS booked_at,
    %(reference)s::text AS reference, NULL::bigint AS import_id
"""


def post_payment(
    *, account_id: int, amount: Money, value_date: date, reference: str, at: datetime, actor: Actor
) -> int:
    """Enter one payment by hand, and return its id; the same again returns the same.

    Raises PaymentReferenceMissing, PaymentNotPositive, PaymentCurrencyWrong, PaymentDateAhead, ReferenceTaken.
    """
    require(actor, Role.INTEGRATOR, Role.TEAM_LEADER)
    account = portfolio_queries.get_account(account_id)
    require_client(actor, account.client_id)
    client = clients_queries.get_client_by_id(account.client_id)
    reference = reference.strip()
    if not reference:
        raise PaymentReferenceMissing()
    if not amount.is_positive:
        raise PaymentNotPositive(amount=amount)
    if amount.currency != account.currency:
        raise PaymentCurrencyWrong(currency=amount.currency, wanted=account.currency)
    if value_date > client.local_date(at):
        raise PaymentDateAhead(value_date=value_date)
    given = {
        "client_id": client.id,
        "account_id": account_id,
        "amount": amount.amount,
        "currency": amount.currency,
        "value_date": value_date,
        "booked_at": at,
        "reference": reference,
    }
    with transaction.atomic():
        _post(given=_ONE, params=given, client_id=client.id, source=FROM_PAGE, at=at, actor=actor)
        return Payment.objects.get(client_id=client.id, reference=reference).pk


def post_set(*, given: str, params: Mapping[str, Any], client_id: int, at: datetime, actor: Actor) -> dict[str, int]:
    """Enter the payments of a file, as a set; returns how many were new.

    ``given`` is a SELECT of (client_id, account_id, amount, currency, value_date, booked_at, reference,
    import_id). Must be inside a transaction: the import that calls it stands or falls with it.
    Raises PaymentAccountForeign, PaymentCurrencyWrong, PaymentNotPositive, ReferenceTaken.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a file's payments are entered inside its import")
    return _post(given=given, params=params, client_id=client_id, source=FROM_FILE, at=at, actor=actor)


def _post(
    *, given: str, params: Mapping[str, Any], client_id: int, source: str, at: datetime, actor: Actor
) -> dict[str, int]:
    """Refuse what contradicts, keep what is new, use it, and tell each customer's chain."""
    clients.take_turn(client_id=client_id)
    with connection.cursor() as cursor:
        cursor.execute(statements.over(given, "misfits"), {**params, "client_id": client_id})
        if (misfit := cursor.fetchone()) is not None:
            raise _misfit(*misfit)
        cursor.execute(statements.over(given, "contradictions"), params)
        if (taken := cursor.fetchone()) is not None:
            reference, currency, amount = taken
            raise ReferenceTaken(reference=reference, amount=Money(Decimal(amount), currency))
        cursor.execute(statements.over(given, "sums"), params)
        sums = [{"currency": c, "count": n, "amount": str(amount)} for c, n, amount in cursor.fetchall()]
        if not sums:
            return {"payments": 0}
        fact_id = journal.append(
            chain=journal.INSTALLATION,
            kind="payments-received",
            room=ROOM,
            at=at,
            actor=actor,
            body={"client_id": client_id, "source": source, "sums": sums},
        )
        own = {"fact_id": fact_id, "source": source, "recorded_by": actor.name}
        cursor.execute(statements.over(given, "insert_payments"), {**params, **own})
        count = cursor.rowcount
    new = {"client_id": client_id, "fact_id": fact_id}
    ledger.post_set(
        given=statements.text("allocate"),
        params={**new, "at": at, "places": json.dumps(_places(new))},
        source=source,
        fact_id=fact_id,
    )
    journal.append_set(
        kind="payment-received", room=ROOM, at=at, actor=actor, select=statements.text("tell_payments"), params=new
    )
    cases.end_claims(given=statements.text("paid_accounts"), params=new, at=at, actor=actor)
    return {"payments": count}


def _misfit(reference: str, currency: str, amount: Decimal, wanted: str | None) -> Problem:
    if wanted is None:
        return PaymentAccountForeign(reference=reference)
    if wanted != currency:
        return PaymentCurrencyWrong(currency=currency, wanted=wanted)
    return PaymentNotPositive(amount=Money(amount, currency))


def _places(new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """In which order each product's components are served; raises AllocationUnknown."""
    places = [
        {"product": file.data.product, "component": component, "place": place}
        for file in policy.load("products")
        for place, component in enumerate(file.data.allocation.components)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statements.text("products_of_new"), new)
        found = {product for (product,) in cursor.fetchall()}
    for product in sorted(found - {each["product"] for each in places}):
        raise AllocationUnknown(product=product)
    return places
