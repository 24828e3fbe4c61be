"""Holding a staged file against its control file, the files before it, and the accounts that it should name.

Inside the transaction that publishes it, or that ends without writing. What is decided here is in ``reckoning``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F

from tideover.act.intake import counting, keeping, reckoning
from tideover.act.intake.asked import Asked
from tideover.act.intake.judging import Judge
from tideover.act.intake.models import Import, QuarantinedRow
from tideover.act.intake.reckoning import Earlier
from tideover.act.intake.types import (
    FULL,
    HELD,
    OF_ACCOUNTS,
    PAYMENTS,
    RECALL,
    TAKEN,
    Counted,
    Differs,
    Move,
    Reckoned,
    RefusedRow,
)
from tideover.core.money import Money
from tideover.core.sql import files as sql_files
from tideover.know.clients.types import StopReason
from tideover.know.portfolio import operations as portfolio

READABLE_KEY_FAULTS = frozenset(
    {"duplicate", "stated-otherwise", "cut-off-passed", "account-unknown", "differs-within-account", "recalled-already"}
)
"""What may be wrong about a key that can nevertheless be read."""
KEY_UNREADABLE = "key-unreadable"
"""Nobody is marked gone; so many may be absent that no reading of those rows could name them all, and that stops."""


@dataclass(frozen=True)
class Weighed:
    """A reckoning, and which quarantined rows of the mended import this file takes the place of."""

    reckoned: Reckoned
    replaced_ids: tuple[int, ...]


def weigh(
    asked: Asked, judge: Judge, params: Mapping[str, Any], rows_count: int, unfit_count: int, refused: list[RefusedRow]
) -> Weighed:
    """Everything that can be said of the file as a whole, before it is taken or held."""
    alone = counting.count_all(judge, rows_count, unfit_count)
    may_be_negative = any(each.component == "as-stated" for each in judge.mapping.balances)
    control = asked.control
    found = () if control is None else reckoning.differences(control, alone, may_be_negative=may_be_negative)
    replaced: tuple[int, ...] = ()
    counted = alone
    if asked.root is None:
        reasons = reckoning.time_reasons(
            asked.kind, control, asked.cut_off, asked.client.local_date(asked.at), _earlier(asked)
        )
    else:
        reasons = []
        base = latest_taken(asked.root.id)
        stated = _stated_control(asked)
        if base is not None and (counted_before := keeping.counted_of(base.reconciliation.get("counted"))):
            counted, replaced = _with_the_mended(asked, judge, alone, counted_before, unfit_count)
        if stated is not None and (base is not None or control is None):
            found = (*found, *reckoning.differences(stated, counted, may_be_negative=may_be_negative))
    reasons = [*reckoning.reasons_of(found), *reasons]
    held = reckoning.is_held(asked.kind, reasons)
    reckoned = Reckoned(
        status=HELD if held else TAKEN,
        control=control,
        counted=counted,
        mends_id=asked.root.id if asked.root else None,
        differences=found,
    )
    return Weighed(_with_accounts(asked, params, refused, reckoned, reasons), replaced)


def _stated_control(asked: Asked) -> Any:
    """What the client said of the file that is mended."""
    return asked.root.reckoned.control if asked.root else None


def _earlier(asked: Asked) -> list[Earlier]:
    rows = Import.objects.filter(client_id=asked.client.id, kind__in=(asked.kind, *OF_ACCOUNTS)).order_by("pk")
    return [Earlier(*row) for row in rows.values_list("pk", "kind", "sequence", "cut_off_date", "status", "mends_id")]


def latest_taken(root_id: int) -> Import | None:
    """The latest of an import and its mendings of which anything was taken."""
    family = Import.objects.filter(pk=root_id, status=TAKEN) | Import.objects.filter(mends_id=root_id, status=TAKEN)
    return family.order_by("-pk").first()


def _with_the_mended(
    asked: Asked, judge: Judge, alone: Counted, before: Counted, unfit_count: int
) -> tuple[Counted, tuple[int, ...]]:
    """The mended import's count together with what this file adds, and the quarantined rows that it replaces."""
    assert asked.root is not None
    added = counting.count_new(judge, _keys_taken(asked), unfit_count)
    quarantined = _quarantined(asked.root.id).order_by(F("set_aside").asc(nulls_first=True), "pk")
    waiting = list(quarantined.values_list("pk", "row_key", "stated_amount", "currency"))
    keys = counting.new_keys(judge)
    by_key = [row for row in waiting if row[1] is not None and row[1] in keys]
    left = added.rows_count - sum(keys[key] for key in {row[1] for row in by_key})
    blind = [row for row in waiting if row[1] is None][: max(0, left)]
    replaced = [*by_key, *blind]
    totals: dict[str, Any] = {}
    unreadable = 0
    for _, _, amount, currency in replaced:
        if amount is None:
            unreadable += 1
        else:
            totals[currency] = totals.get(currency, 0) + amount
    gone = Counted(len(replaced), totals, unreadable)
    together = reckoning.together(before, gone, added, max(0, added.rows_count - len(replaced)))
    return together, tuple(row[0] for row in replaced)


def _quarantined(root_id: int) -> Any:
    """The rows of an import and of its mendings that no mending took the place of; those set aside may still come."""
    rows = QuarantinedRow.objects.filter(mended_by=None, imported__status=TAKEN)
    return rows.filter(imported_id=root_id) | rows.filter(imported__mends_id=root_id)


def _keys_taken(asked: Asked) -> list[str]:
    """The keys of the rows that the mended import and its mendings took."""
    assert asked.root is not None
    family = [asked.root.id, *Import.objects.filter(mends_id=asked.root.id).values_list("pk", flat=True)]
    name = {PAYMENTS: "keys_of_payments", RECALL: "keys_of_recalls"}.get(asked.kind, "keys_of_accounts")
    with connection.cursor() as cursor:
        cursor.execute(_sql(name), {"import_ids": family, "client_id": asked.client.id})
        return [row[0] for row in cursor.fetchall()]


def _with_accounts(
    asked: Asked,
    params: Mapping[str, Any],
    refused: Sequence[RefusedRow],
    reckoned: Reckoned,
    reasons: list[StopReason],
) -> Reckoned:
    """Who is gone, who came back, whose balance moved, which documents are new; nothing where nothing is taken."""
    fields: dict[str, Any] = {**vars(reckoned), "gone_unjudged": _unjudged(asked, reckoned, refused)}
    if asked.kind in OF_ACCOUNTS:
        with connection.cursor() as cursor:
            cursor.execute(_sql("moves"), params)
            rows = cursor.fetchall()
        fields["moves_count"] = rows[0][5] if rows else 0
        fields["moves"] = tuple(Move(row[0], row[1], Money(row[3], row[2]), Money(row[4], row[2])) for row in rows)
        for name in ("dpd_differs", "instalments_differ"):
            fields[name], fields[f"{name}_count"] = _differing(name, params)
        if not reckoned.is_held:
            fields["returned_count"] = _count("returned_accounts", params)
            fields["documents_count"] = _count("new_documents", params)
    if fields["gone_unjudged"] in (None, KEY_UNREADABLE):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), count(*) FILTER (WHERE is_gone) FROM ({_sql('expected_accounts')}) AS expected",
                params,
            )
            fields["expected_count"], absent = cursor.fetchone()
        unread = sum(1 for row in refused if key_of(row, asked) is None)
        fields["gone_count"] = absent if fields["gone_unjudged"] is None else 0
        most = asked.profile.gone_share_max
        if reason := reckoning.gone_reason(absent - unread, fields["expected_count"], most):
            reasons = [*reasons, reason]
    fields["reasons"] = tuple(reasons)
    return Reckoned(**fields)


def _differing(name: str, params: Mapping[str, Any]) -> tuple[tuple[Differs, ...], int]:
    """What is stated otherwise than we reckon or know it: the first of it, and how much in all."""
    with connection.cursor() as cursor:
        cursor.execute(_sql({"dpd_differs": "differing_dpd"}.get(name, "differing_instalments")), params)
        rows = cursor.fetchall()
    return tuple(Differs(what, stated, ours) for what, stated, ours, _ in rows), rows[0][3] if rows else 0


def _unjudged(asked: Asked, reckoned: Reckoned, refused: Iterable[RefusedRow]) -> str | None:
    """Why a file marks nobody gone; None: it does."""
    if asked.kind != FULL:
        return "kind"
    if asked.root is not None:
        return "mends"
    if reckoned.is_held:
        return "held"
    return None if all(key_of(row, asked) is not None for row in refused) else KEY_UNREADABLE


def key_of(row: RefusedRow, asked: Asked) -> str | None:
    """The account number of a refused row, where it can be read."""
    if row.account_number is None:
        return None
    source = asked.policy.data.columns.get("account_number", "account_number")
    for problem in row.problems:
        if problem.field in (source, "account_number") and problem.code not in READABLE_KEY_FAULTS:
            return None
    return row.account_number


def mark(asked: Asked, params: Mapping[str, Any], reckoned: Reckoned, import_id: int) -> None:
    """Write who came back and who is gone, after the rows of the file went in."""
    if asked.kind not in OF_ACCOUNTS:
        return
    portfolio.note_returns(given=_sql("returned_accounts"), params=params, import_id=import_id)
    if reckoned.gone_unjudged is None:
        gone = f"SELECT account_id FROM ({_sql('expected_accounts')}) AS expected WHERE is_gone"
        portfolio.note_absences(given=gone, params=params, cut_off_date=asked.cut_off, import_id=import_id)


def _count(name: str, params: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_sql(name)}) AS found", params)
        return cursor.fetchone()[0]


def _sql(name: str) -> str:
    return sql_files.load(__package__, name).text
