"""Public reads of payments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from tideover.act.payments import statements
from tideover.act.payments.models import Payment, Reversal
from tideover.act.payments.types import MoneyLine, PaymentRead, ReversalFault, ReversalRead
from tideover.core.money import Money


def get_payment(payment_id: int) -> PaymentRead:
    """One payment; raises Payment.DoesNotExist."""
    return _read(Payment.objects.get(pk=payment_id))


def find_payment(payment_id: int, client_ids: Iterable[int]) -> PaymentRead | None:
    """One payment, if it is one of these clients'."""
    row = Payment.objects.filter(pk=payment_id, client_id__in=set(client_ids)).first()
    return None if row is None else _read(row)


def list_payments(client_ids: Iterable[int], latest: int) -> list[PaymentRead]:
    """The latest payments of the clients, at most so many, the newest first."""
    found = Payment.objects.filter(client_id__in=set(client_ids)).order_by("-booked_at", "-pk")
    return [_read(each) for each in found[:latest]]


def list_payments_of_account(account_id: int) -> list[PaymentRead]:
    """Every payment on the account, the newest first."""
    return [_read(each) for each in Payment.objects.filter(account_id=account_id).order_by("-booked_at", "-pk")]


def get_payment_by_reference(client_id: int, reference: str) -> PaymentRead:
    """The payment for which a client's reference stands; raises Payment.DoesNotExist."""
    return _read(Payment.objects.get(client_id=client_id, reference=reference))


def get_reversal(reversal_id: int) -> ReversalRead:
    """One reversal; raises Reversal.DoesNotExist."""
    return _reversal(Reversal.objects.get(pk=reversal_id))


def list_money(
    client_ids: Iterable[int],
    *,
    latest: int,
    entry: str | None = None,
    source: str | None = None,
    account_ids: Iterable[int] | None = None,
    reference: str | None = None,
    from_date: date | None = None,
    until_date: date | None = None,
    after: tuple[datetime, str, int] | None = None,
) -> list[MoneyLine]:
    """What happened to the clients' money, the newest first, at most so many lines, from after a place in the list.

    ``entry`` is payment, reversal or failed-debit; value dates from and until are both within.
    """
    after_at, after_entry, after_id = after or (None, None, None)
    params = {
        "client_ids": sorted(set(client_ids)),
        "entry": entry,
        "source": source,
        "account_ids": None if account_ids is None else sorted(set(account_ids)),
        "reference": reference,
        "from_date": from_date,
        "until_date": until_date,
        "after_at": after_at,
        "after_entry": after_entry,
        "after_id": after_id,
        "latest": latest,
    }
    with connection.cursor() as cursor:
        cursor.execute(statements.text("list_money"), params)
        return [_line(*row) for row in cursor.fetchall()]


def list_reversal_faults(*, given: str, params: Mapping[str, Any], client_id: int) -> list[ReversalFault]:
    """Which of the given reversals cannot be entered, and why; ``given`` is as ``reverse_set`` takes it."""
    with connection.cursor() as cursor:
        cursor.execute(statements.over(given, "judge_reversals"), {**params, "client_id": client_id})
        return [ReversalFault(*row) for row in cursor.fetchall()]


def _line(
    entry: str, row_id: int, account_id: int, client_id: int, amount: Any, currency: str, *more: Any
) -> MoneyLine:
    return MoneyLine(entry, row_id, account_id, client_id, Money(amount, currency), *more)


def _reversal(row: Reversal) -> ReversalRead:
    return ReversalRead(
        id=row.pk,
        payment_id=row.payment_id,
        account_id=row.account_id,
        client_id=row.client_id,
        amount=Money(row.amount, row.currency),
        value_date=row.value_date,
        booked_at=row.booked_at,
        reference=row.reference,
        cause=row.cause,
        source=row.source,
        import_id=row.import_id,
        recorded_by=row.recorded_by,
        followed=row.followed or "",
    )


def _read(row: Payment) -> PaymentRead:
    return PaymentRead(
        id=row.pk,
        account_id=row.account_id,
        client_id=row.client_id,
        amount=Money(row.amount, row.currency),
        value_date=row.value_date,
        booked_at=row.booked_at,
        reference=row.reference,
        source=row.source,
        import_id=row.import_id,
        recorded_by=row.recorded_by,
    )
