"""What a client's file says of its accounts, taken in as a set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction

from tideover.core.sql import files as sql_files
from tideover.know.portfolio.types import Received


def receive_placements(
    *,
    given: str,
    params: Mapping[str, Any],
    client_id: int,
    mandate: str,
    cut_off_date: date,
    import_id: int,
) -> Received:
    """Take in accounts, their borrowers, batches, placements, and how late each stood at the cut-off.

    ``given`` is a SELECT, one row an account, with the columns number, product, currency, credit_limit_amount,
    opened_date, customer_id, batch_number, batch_is_named, batch_until_date, placed_amount, dpd, dpd_basis,
    next_due_date, next_due_amount. Giving the same again changes nothing.

    Must be inside a transaction: the import that calls it writes the facts.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("placements are received inside an import's transaction")
    own = {"client_id": client_id, "mandate": mandate, "cut_off_date": cut_off_date, "import_id": import_id}
    counts = {
        name: _run(name, given, {**params, **own})
        for name in (
            "insert_accounts",
            "update_accounts",
            "insert_borrowers",
            "insert_batches",
            "insert_placements",
            "insert_standings",
        )
    }
    return Received(
        accounts_new_count=counts["insert_accounts"],
        accounts_changed_count=counts["update_accounts"],
        placements_count=counts["insert_placements"],
        standings_count=counts["insert_standings"],
    )


def _run(name: str, given: str, params: Mapping[str, Any]) -> int:
    text = sql_files.load(__package__, name).text
    with connection.cursor() as cursor:
        cursor.execute(f"WITH given AS ({given})\n{text}", params)
        return cursor.rowcount
