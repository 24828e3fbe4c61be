"""Instalment loans for tests: a schedule, what the lender states of it at a cut-off, and money that comes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from tideover.core.access.types import SYSTEM
from tideover.core.money import Money
from tideover.know.clients import operations as clients
from tideover.know.ledger import operations as ledger
from tideover.know.portfolio.tests.given import (
    AT,
    CUT_OFF,
    account_id,
    customer_id,
    make_accounts,
    make_instalments,
)

THREE: tuple[Mapping[str, Any], ...] = (
    {"number": 1, "due_date": "2026-08-15", "principal_amount": "300.00", "interest_amount": "12.00"},
    {"number": 2, "due_date": "2026-09-15", "principal_amount": "303.00", "interest_amount": "9.00"},
    {"number": 3, "due_date": "2026-10-15", "principal_amount": "306.00", "interest_amount": "6.00"},
)
STATED = """
SELECT account_id, component, amount, 'CNY' AS currency
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (account_id bigint, component text, amount numeric)
"""


def make_lender(authority: str = "lender", code: str = "hengtong") -> int:
    """A lender of instalment loans in China; the products' terms are kept."""
    ledger.keep_terms()
    return clients.add_client(
        code=code,
        name_en="Hengtong Consumer Finance",
        name_zh="恒通消费金融",
        country="CN",
        zone="Asia/Shanghai",
        mandate="agency",
        balance_authority=authority,
        day_begins=time(8),
        payment_file_lag_days=1,
        at=AT,
        actor=SYSTEM,
    )


def make_loan(
    client_id: int,
    *,
    number: str = "L1",
    schedule: Sequence[Mapping[str, Any]] = THREE,
    stated: Mapping[str, str] | None = None,
    dpd: int | None = 46,
    cut_off: date = CUT_OFF,
    **row: Any,
) -> tuple[int, int]:
    """A loan as a file tells it, with the overdue components that the lender states; returns account and borrower."""
    rows = [{"number": number, "dpd": dpd, "product": "instalment-loan", "annual_rate": "0.12", **row}]
    make_accounts(client_id, rows, cut_off=cut_off)
    account = account_id(client_id, number)
    make_instalments(account, schedule, cut_off=cut_off)
    state(account, stated or {"principal": "603.00", "interest": "21.00", "penalty-interest": "6.50"}, cut_off=cut_off)
    return account, customer_id(client_id, number)


def state(account: int, parts: Mapping[str, str], *, cut_off: date = CUT_OFF) -> None:
    """What the lender states as overdue at a cut-off, by component."""
    rows = [{"account_id": account, "component": name, "amount": amount} for name, amount in parts.items()]
    with transaction.atomic():
        ledger.state_balances(
            given=STATED,
            params={"rows": json.dumps(rows)},
            cut_off_date=cut_off,
            cut_off_at=datetime.combine(cut_off, time(16), UTC),
            import_id=1,
        )


def pay(account: int, shares: Mapping[str, str], *, on: date, reference: str = "P1", hours: int = 2) -> None:
    """Money that is booked on a day and counts from it, already split to components."""
    with transaction.atomic():
        ledger.post(
            account_id=account,
            shares={name: cny(amount) for name, amount in shares.items()},
            source="page",
            value_date=on,
            booked_at=datetime.combine(on, time(0), UTC) + timedelta(hours=hours),
            reference=reference,
            fact_id=1,
        )


def morning(day: date) -> datetime:
    """Nine o'clock at the lender."""
    return datetime.combine(day, time(1), UTC)


def evening(day: date) -> datetime:
    """Eight in the evening at the lender."""
    return datetime.combine(day, time(12), UTC)


def cny(amount: str | int | Decimal) -> Money:
    """Renminbi."""
    return Money(Decimal(amount), "CNY")


def standing(client_id: int, day: date, at: datetime | None = None) -> dict[int, dict[str, Any]]:
    """What the set function says of each of the client's accounts on a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_standing_on(%s, %s, %s)", [client_id, day, at or evening(day)])
        names = [column.name for column in cursor.description or ()]
        return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
