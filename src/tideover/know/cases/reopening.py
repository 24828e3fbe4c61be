"""Money that was taken back: the case opens again as it was left, with the collector that it had."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tideover.core.access.types import Actor
from tideover.know.cases import refreshing

REOPENED = ("case-reopened", "account-returned")


def lock_cases(*, given: str, params: Mapping[str, Any]) -> int:
    """Lock the cases in which the accounts are, or last were, in the order of their ids; returns how many.

    ``given`` is a SELECT of account_id. Must be inside a transaction.
    """
    _inside()
    with connection.cursor() as cursor:
        cursor.execute(_over(given, "lock_cases"), params)
        return cursor.rowcount


def reopen(*, given: str, params: Mapping[str, Any], client_id: int, day: date, at: datetime) -> dict[str, int]:
    """Take accounts back into their case where something is late and owed again; returns how many cases and accounts.

    ``given`` is a SELECT of account_id. The account stands on the rung that it left, with the work that was done
    there; the days in between do not count, and the deadline moves on by them. A case that had closed is the same
    case again, with the same collector if they still work for the client. What was handed back, recalled, or left
    for want of a placement stays where it is. Must be inside a transaction; the facts are written by
    ``tell_reopened``, after that of whoever calls.
    """
    _inside()
    own = {**params, "client_id": client_id, "day": day, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_over(given, "reopen_cases"), own)
        cases_count = cursor.rowcount
        cursor.execute(_over(given, "return_accounts"), own)
        return {"cases": cases_count, "accounts": cursor.rowcount}


def tell_reopened(*, at: datetime, actor: Actor) -> dict[str, int]:
    """Write the facts of what ``reopen`` changed in this transaction, one a customer and kind."""
    _inside()
    return refreshing.tell(REOPENED, at, actor)


def _inside() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a case opens again in the transaction of what opens it")


def _over(given: str, name: str) -> str:
    """The statement, reading the relation that the caller hands in."""
    text = refreshing.statement(name)
    head, found, rest = text.partition("WITH ")
    return f"{head}WITH given AS ({given}), {rest}" if found else f"WITH given AS ({given})\n{text}"
