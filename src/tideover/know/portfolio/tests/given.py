"""A small portfolio for the tests of rooms at and above this one: given as a client's file would be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from tideover.core.access.types import SYSTEM
from tideover.know.clients import operations as clients
from tideover.know.customers import operations as customers
from tideover.know.customers import queries as customers_queries
from tideover.know.portfolio import operations as portfolio
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import InstalmentsReceived, Received

AT = datetime(2026, 10, 1, 1, tzinfo=UTC)
CUT_OFF = date(2026, 9, 30)

CUSTOMERS = """
SELECT reference, document_type, document_number, full_name, language, country, region, zone
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
    reference text, document_type text, document_number text, full_name text, language text, country text,
    region text, zone text)
"""
ACCOUNTS = """
SELECT row.number, row.product, row.currency, row.credit_limit_amount, row.opened_date, row.annual_rate,
    customer.id AS customer_id, coalesce(row.batch_number, '2026-09') AS batch_number,
    row.batch_number IS NOT NULL AS batch_is_named,
    row.batch_from_date, row.batch_until_date, row.batch_target_amount, row.batch_currency, row.batch_commission_share,
    row.batch_retain_share_max, coalesce(row.is_placed, TRUE) AS is_placed,
    coalesce(row.placed_amount, 0) AS placed_amount, row.dpd,
    coalesce(row.dpd_basis, 'stated') AS dpd_basis, row.next_due_date, row.next_due_amount
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
    reference text, number text, product text, currency text, credit_limit_amount numeric, opened_date date,
    annual_rate numeric,
    batch_number text, batch_from_date date, batch_until_date date, batch_target_amount numeric, batch_currency text,
    batch_commission_share numeric, batch_retain_share_max numeric, is_placed boolean,
    placed_amount numeric, dpd int, dpd_basis text, next_due_date date, next_due_amount numeric)
JOIN customers_customer AS customer ON customer.client_id = %(client_id)s AND customer.reference = row.reference
"""
INSTALMENTS = """
SELECT %(account_id)s::bigint AS account_id, row.number, row.due_date, row.principal_amount,
    coalesce(row.interest_amount, 0) AS interest_amount, coalesce(row.fee_amount, 0) AS fee_amount,
    coalesce(row.paid_amount, 0) AS paid_amount, row.paid_date
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
    number int, due_date date, principal_amount numeric, interest_amount numeric, fee_amount numeric,
    paid_amount numeric, paid_date date)
"""


def make_client(code: str = "harbour-bank") -> int:
    """A client in China."""
    return clients.add_client(
        code=code,
        name_en="Harbour Bank",
        name_zh="海港银行",
        country="CN",
        zone="Asia/Shanghai",
        mandate="agency",
        balance_authority="lender",
        day_begins=time(8),
        payment_file_lag_days=1,
        at=AT,
        actor=SYSTEM,
    )


def make_accounts(
    client_id: int, rows: Sequence[Mapping[str, Any]], *, cut_off: date = CUT_OFF, import_id: int = 1
) -> Received:
    """Accounts with their customers; each row names at least ``number`` and ``dpd``."""
    full = [
        {"reference": f"C-{row['number']}", "language": "zh-Hans", "product": "credit-card", "currency": "CNY"}
        | dict(row)
        for row in rows
    ]
    params = {"rows": json.dumps(full, default=str)}
    with transaction.atomic():
        customers.receive(given=CUSTOMERS, params=params, client_id=client_id)
        return portfolio.receive_placements(
            given=ACCOUNTS,
            params=params,
            client_id=client_id,
            mandate="agency",
            cut_off_date=cut_off,
            import_id=import_id,
        )


def make_instalments(
    account_id: int, rows: Sequence[Mapping[str, Any]], *, cut_off: date = CUT_OFF, import_id: int = 1
) -> InstalmentsReceived:
    """An account's schedule and what was paid on it by the cut-off, as a file tells it."""
    with transaction.atomic():
        return portfolio.receive_instalments(
            given=INSTALMENTS,
            params={"account_id": account_id, "rows": json.dumps(rows, default=str)},
            cut_off_date=cut_off,
            import_id=import_id,
        )


def account_id(client_id: int, number: str) -> int:
    """The account with the number."""
    found = portfolio_queries.find_account(client_id, number)
    assert found is not None
    return found.id


def customer_id(client_id: int, number: str) -> int:
    """The borrower of the account with the number."""
    found = customers_queries.find_customer(client_id, f"C-{number}")
    assert found is not None
    return found.id
