"""Keeping what an import came to: its row, its quarantine, and its reckoning as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tideover.act.intake.models import Import, QuarantinedRow
from tideover.act.intake.types import (
    BatchTerms,
    Control,
    Counted,
    Difference,
    ImportReport,
    Move,
    Reckoned,
    RowProblem,
    Stated,
)
from tideover.core.money import Money
from tideover.know.clients.types import StopReason

if TYPE_CHECKING:
    from tideover.act.intake.asked import Asked


def keep(
    asked: Asked,
    header: tuple[str, ...],
    import_id: int,
    fact_id: int,
    report: ImportReport,
    stated: Mapping[int, Stated],
    keys: Mapping[int, str],
) -> None:
    """Write the import and its quarantined rows; ``stated`` and ``keys`` tell of those rows what can be read."""
    reckoned = report.reckoned
    Import.objects.create(
        pk=import_id,
        client_id=asked.client.id,
        kind=asked.kind,
        status=reckoned.status,
        file_name=report.file_name[:255],
        file_digest=asked.digest,
        file_bytes=asked.size,
        mapping_id=asked.policy.id,
        mapping_version=asked.policy.version,
        cut_off_date=asked.cut_off,
        columns=list(header),
        rows_count=report.rows_count,
        good_count=report.good_count,
        quarantined_count=report.refused_count,
        new_count=report.new_count,
        changed_count=report.changed_count,
        same_count=report.same_count,
        reconciliation=_reconciliation(report),
        control=None if asked.control is None else _control_as_json(asked.control),
        control_digest=asked.control_digest,
        sequence=asked.control.sequence if asked.control else None,
        mends_id=reckoned.mends_id,
        expected_count=reckoned.expected_count,
        gone_count=reckoned.gone_count,
        returned_count=reckoned.returned_count,
        actor_id=asked.actor.user_id,
        actor=asked.actor.name,
        committed_at=asked.at,
        fact_id=fact_id,
    )
    QuarantinedRow.objects.bulk_create(
        [
            QuarantinedRow(
                imported_id=import_id,
                record_number=row.record,
                line_number=row.line,
                account_number=(row.account_number or "")[:80] or None,
                problems=[_problem_as_json(problem) for problem in row.problems],
                cells=list(row.cells),
                row_key=keys.get(row.record),
                stated_amount=stated[row.record].amount if row.record in stated else None,
                currency=stated[row.record].currency if row.record in stated else None,
            )
            for row in report.refused
        ],
        batch_size=2_000,
    )


def _reconciliation(report: ImportReport) -> dict[str, Any]:
    reckoned = report.reckoned
    return {
        "sums": sums_as_json(report),
        "lacks": list(report.lacks),
        "ignored_columns": list(report.ignored_columns),
        "absent_columns": list(report.absent_columns),
        "problems": [asdict(each) for each in report.problem_counts],
        "counted": None if reckoned.counted is None else _counted_as_json(reckoned.counted),
        "differences": [
            {
                "what": each.what,
                "stated": f"{each.stated:f}",
                "counted": f"{each.counted:f}",
                "is_explained": each.is_explained,
            }
            for each in reckoned.differences
        ],
        "reasons": [{"code": each.code, "fields": dict(each.fields)} for each in reckoned.reasons],
        "gone_unjudged": reckoned.gone_unjudged,
        "documents_count": reckoned.documents_count,
        "moves_count": reckoned.moves_count,
        "dpd_differs_count": reckoned.dpd_differs_count,
        "instalments_differ_count": reckoned.instalments_differ_count,
        "moves": [
            {
                "account_id": each.account_id,
                "currency": each.stated.currency,
                "by_our_books": str(each.by_our_books.amount),
                "stated": str(each.stated.amount),
            }
            for each in reckoned.moves
        ],
    }


def sums_as_json(report: ImportReport) -> list[dict[str, Any]]:
    """What the good rows add up to, by currency and bucket."""
    return [
        {"currency": each.currency, "bucket": each.bucket, "count": each.count, "total": str(each.total.amount)}
        for each in report.sums
    ]


def _counted_as_json(counted: Counted) -> dict[str, Any]:
    return {
        "rows": counted.rows_count,
        "totals": {currency: f"{amount:f}" for currency, amount in sorted(counted.totals.items())},
        "unreadable": counted.unreadable_count,
    }


def counted_of(told: Mapping[str, Any] | None) -> Counted | None:
    """The count of a stored import; None of one from before files were counted."""
    if told is None:
        return None
    totals = {currency: Decimal(amount) for currency, amount in told["totals"].items()}
    return Counted(told["rows"], totals, told["unreadable"])


def _control_as_json(control: Control) -> dict[str, Any]:
    batch = control.batch
    return {
        "kind": control.kind,
        "sequence": control.sequence,
        "cut_off": control.cut_off_date.isoformat(),
        "rows": control.rows_count,
        "totals": {each.currency: str(each.amount) for each in control.totals},
        "digest": control.digest,
        "batch": None
        if batch is None
        else {
            "number": batch.number,
            "from": _day(batch.from_date),
            "until": _day(batch.until_date),
            "target": None if batch.target is None else [str(batch.target.amount), batch.target.currency],
            "commission_share": None if batch.commission_share is None else str(batch.commission_share),
            "retain_share_max": None if batch.retain_share_max is None else str(batch.retain_share_max),
        },
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _problem_as_json(problem: RowProblem) -> dict[str, Any]:
    return {"code": problem.code, "field": problem.field, "value": problem.value, "fields": dict(problem.fields)}


def reckoned_of(row: Import, numbers: Mapping[int, str], stop_id: int | None) -> Reckoned:
    """The reckoning of a stored import; ``numbers`` are those of the accounts whose balance moved."""
    told = row.reconciliation
    moves = told.get("moves", [])
    return Reckoned(
        status=row.status,
        control=None if row.control is None else _control(row.control),
        counted=counted_of(told.get("counted")),
        mends_id=row.mends_id,
        differences=tuple(
            Difference(each["what"], Decimal(each["stated"]), Decimal(each["counted"]), each["is_explained"])
            for each in told.get("differences", [])
        ),
        reasons=tuple(StopReason(each["code"], each["fields"]) for each in told.get("reasons", [])),
        gone_unjudged=told.get("gone_unjudged", "kind"),
        expected_count=row.expected_count,
        gone_count=row.gone_count,
        returned_count=row.returned_count,
        documents_count=told.get("documents_count", 0),
        moves_count=told.get("moves_count", 0),
        dpd_differs_count=told.get("dpd_differs_count", 0),
        instalments_differ_count=told.get("instalments_differ_count", 0),
        moves=tuple(
            Move(
                each["account_id"],
                numbers.get(each["account_id"], "–"),
                Money(Decimal(each["by_our_books"]), each["currency"]),
                Money(Decimal(each["stated"]), each["currency"]),
            )
            for each in moves
        ),
        stop_id=stop_id,
    )


def _control(told: dict[str, Any]) -> Control:
    batch = told["batch"]
    return Control(
        kind=told["kind"],
        sequence=told["sequence"],
        cut_off_date=date.fromisoformat(told["cut_off"]),
        rows_count=told["rows"],
        totals=tuple(Money(Decimal(amount), currency) for currency, amount in sorted(told["totals"].items())),
        batch=None
        if batch is None
        else BatchTerms(
            number=batch["number"],
            from_date=_date(batch["from"]),
            until_date=_date(batch["until"]),
            target=None if batch["target"] is None else Money(Decimal(batch["target"][0]), batch["target"][1]),
            commission_share=None if batch["commission_share"] is None else Decimal(batch["commission_share"]),
            retain_share_max=None if batch["retain_share_max"] is None else Decimal(batch["retain_share_max"]),
        ),
        digest=told["digest"],
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
