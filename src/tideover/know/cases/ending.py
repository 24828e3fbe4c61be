"""Accounts that are no longer ours to work: they leave their case at once, and a case without accounts closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tideover.core.access.types import Actor
from tideover.know.cases import refreshing, reopening

ENDED = ("account-left", "case-closed")


def end_accounts(
    *, given: str, params: Mapping[str, Any], client_id: int, day: date, at: datetime, actor: Actor
) -> dict[str, int]:
    """Let accounts leave their open case now, with a cause; returns how many accounts left and how many cases closed.

    ``given`` is a SELECT of (account_id, cause), the causes being those for which a placement ends. What the night
    would find is done at once: the gate refuses from now on. Must be inside the transaction of what ends them.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("accounts leave a case in the transaction of what ends them")
    reopening.lock_cases(given=f"SELECT account_id FROM ({given}) AS ending", params=params)
    own = {**params, "client_id": client_id, "day": day, "at": at}
    with connection.cursor() as cursor:
        text = refreshing.statement("end_accounts").replace("FROM given AS", f"FROM ({given}) AS")
        cursor.execute(text, own)
        cursor.execute(refreshing.statement("close_cases"), own)
    counts = refreshing.tell(ENDED, at, actor)
    return {"left": counts["account-left"], "closed": counts["case-closed"]}
