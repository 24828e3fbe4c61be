"""What a client's file says of its accounts, taken in as a set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction

from tideover.core.sql import files as sql_files
from tideover.know.portfolio.models import Batch
from tideover.know.portfolio.types import InstalmentsReceived, Received


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
    opened_date, annual_rate, customer_id, is_placed, batch_number, batch_is_named, batch_from_date, batch_until_date,
    batch_target_amount, batch_currency, batch_commission_share, batch_retain_share_max, placed_amount, dpd,
    dpd_basis, next_due_date, next_due_amount. An account that is not placed is a contract that we know of and do
    not work; of one, the batch and dpd may be null. Giving the same again changes nothing.

    Must be inside a transaction: the import that calls it writes the facts.
    """
    own = {"client_id": client_id, "mandate": mandate, "cut_off_date": cut_off_date, "import_id": import_id}
    counts = {
        name: _run(name, given, {**params, **own})
        for name in (
            "insert_accounts",
            "update_accounts",
            "insert_borrowers",
            "insert_batches",
            "update_batches",
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


def receive_parties(*, given: str, params: Mapping[str, Any]) -> int:
    """Take in co-borrowers and guarantors, and return how many are new on their account.

    ``given`` is a SELECT of (account_id, customer_id, role). Who has a role on the account keeps it: a guarantor
    who is the borrower is left out, and whoever judges the file says so. Must be inside a transaction.
    """
    return _run("insert_parties", given, params)


def receive_instalments(
    *, given: str, params: Mapping[str, Any], cut_off_date: date, import_id: int
) -> InstalmentsReceived:
    """Take in schedules, and what was paid on each instalment by the cut-off.

    ``given`` is a SELECT, one row an instalment, with the columns account_id, number, due_date, principal_amount,
    interest_amount, fee_amount, paid_amount, paid_date. All instalments of an account that the file tells of stand
    in it. An instalment's terms, once stated, stay; those stated otherwise are counted. What was paid is kept where
    it changed. Must be inside a transaction.
    """
    own = {**params, "cut_off_date": cut_off_date, "import_id": import_id}
    new = _run("insert_instalments", given, own)
    with connection.cursor() as cursor:
        text = sql_files.load(__package__, "count_instalments_differing").text
        cursor.execute(f"WITH given AS ({given})\n{text}", own)
        differing = cursor.fetchone()[0]
    standings = _run("insert_instalment_standings", given, own)
    _run("insert_instalment_cut_offs", given, own)
    return InstalmentsReceived(
        instalments_new_count=new, instalments_differing_count=differing, standings_count=standings
    )


def end_placements(*, given: str, params: Mapping[str, Any], day: date, import_id: int | None) -> int:
    """End the open placements of accounts, and return how many: from ``day`` on they are not placed.

    ``given`` is a SELECT of (account_id, cause); the causes are ENDED_CAUSES. ``import_id`` is the file that recalled
    them, None where no file did. Must be inside a transaction.
    """
    return _run("end_placements", given, {**params, "day": day, "import_id": import_id})


def retain_placements(*, given: str, params: Mapping[str, Any], until_date: date) -> int:
    """Keep open placements beyond their batch's end (留案), up to the day; return how many.

    ``given`` is a SELECT of account_id. Whoever allows it writes the fact. Must be inside a transaction.
    """
    return _run("retain_placements", given, {**params, "until_date": until_date})


def end_batch(*, batch_id: int, day: date) -> None:
    """Mark a batch as over from the day on; its placements end by ``end_placements``. Must be inside a transaction."""
    Batch.objects.filter(pk=batch_id, ended_date=None).update(ended_date=day)


def note_absences(*, given: str, params: Mapping[str, Any], cut_off_date: date, import_id: int) -> int:
    """Mark accounts that a full file ought to have named as gone, unexplained; return how many newly are.

    ``given`` is a SELECT of account_id. Nothing else about them changes. Must be inside a transaction.
    """
    return _run("insert_absences", given, {**params, "cut_off_date": cut_off_date, "import_id": import_id})


def note_returns(*, given: str, params: Mapping[str, Any], import_id: int) -> int:
    """Let accounts that a file names again be no longer gone; return how many were.

    ``given`` is a SELECT of account_id. Must be inside a transaction.
    """
    return _run("end_absences", given, {**params, "import_id": import_id})


def _run(name: str, given: str, params: Mapping[str, Any]) -> int:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a portfolio is received inside its caller's transaction")
    text = sql_files.load(__package__, name).text
    with connection.cursor() as cursor:
        cursor.execute(f"WITH given AS ({given})\n{text}", params)
        return cursor.rowcount
