"""Public reads of payments."""

from __future__ import annotations

from collections.abc import Iterable

from tideover.act.payments.models import Payment
from tideover.act.payments.types import PaymentRead
from tideover.core.money import Money


def get_payment(payment_id: int) -> PaymentRead:
    """One payment; raises Payment.DoesNotExist."""
    return _read(Payment.objects.get(pk=payment_id))


def list_payments(client_ids: Iterable[int], latest: int) -> list[PaymentRead]:
    """The latest payments of the clients, at most so many, the newest first."""
    found = Payment.objects.filter(client_id__in=set(client_ids)).order_by("-booked_at", "-pk")
    return [_read(each) for each in found[:latest]]


def list_payments_of_account(account_id: int) -> list[PaymentRead]:
    """Every payment on the account, the newest first."""
    return [_read(each) for each in Payment.objects.filter(account_id=account_id).order_by("-booked_at", "-pk")]


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
