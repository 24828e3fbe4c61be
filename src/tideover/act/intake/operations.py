"""Importing a client's file: judged as a whole, committed all or nothing, the same file twice being no-op."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from tideover.act.intake import judging, publishing, queries, staging
from tideover.act.intake.models import Import, QuarantinedRow
from tideover.act.intake.readers import csv_file
from tideover.act.intake.types import (
    CutOffMissing,
    CutOffWrong,
    ImportReport,
    KindWrong,
    RefusedRow,
    RowProblem,
    SumLine,
)
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.core.money import Money
from tideover.core.policy import queries as policy_queries
from tideover.core.policy.types import PolicyFile
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead
from tideover.know.portfolio.types import BUCKETS

Progress = Callable[[str], None]
STEPS = ("read", "judge", "stage", "compare", "publish")


@dataclass(frozen=True)
class _File:
    """What is imported: the file, how it is read, for whom, as of when."""

    path: Path
    digest: str
    size: int
    client: ClientRead
    kind: str
    policy: PolicyFile
    cut_off: date
    dry_run: bool
    at: datetime
    actor: Actor


def import_file(
    *,
    path: Path | str,
    client_code: str,
    kind: str,
    mapping_id: str,
    cut_off: date | None,
    dry_run: bool,
    at: datetime,
    actor: Actor,
    progress: Progress | None = None,
) -> ImportReport:
    """Judge a client's file and, unless it is a dry run, take its good rows in and quarantine the others.

    Rows are read and staged aside, unseen; one transaction then makes them visible, with the batch fact and a
    fact for each customer whose state changed. A process that is killed leaves nothing that anybody sees, and
    running it again is the cure. A file that came before, by its digest, changes nothing (``is_repeat``).

    Raises UnknownClient, PolicyUnknown, AccessRefused, or a FileRefused by name where rows cannot be judged.
    """
    require(actor, Role.INTEGRATOR)
    client = clients_queries.get_client(client_code)
    require_client(actor, client.id)
    mapping_id = mapping_id if mapping_id.startswith("mappings.") else f"mappings.{mapping_id}"
    policy = policy_queries.get("mapping", mapping_id)
    path = Path(path)
    if policy.data.kind != kind:
        raise KindWrong(mapping=mapping_id, kind=kind, reads=policy.data.kind)
    if cut_off is None:
        raise CutOffMissing(file=path.name)
    if cut_off > client.local_date(at):
        raise CutOffWrong(file=path.name, cut_off=cut_off, today=client.local_date(at))
    digest, size = csv_file.digest(path)
    file = _File(path, digest, size, client, kind, policy, cut_off, dry_run, at, actor)
    if (known := queries.find_import(client.id, kind, digest)) is not None:
        staging.sweep()
        return _repeat(file, known.id)
    return _import(file, progress or (lambda step: None))


def _import(file: _File, progress: Progress) -> ImportReport:
    with judging.opened(file.policy.data, file.cut_off, file.at) as judge:
        progress("read")
        reading = csv_file.read(file.path, file.policy.data.file, lambda header: judge.start(header, file.path.name))
        progress("judge")
        judge.decide(reading.unfit)
        refused = judge.list_refused(reading.unfit)
        progress("stage")
        with staging.opened(client_id=file.client.id, kind=file.kind, at=file.at) as run_id:
            staging.stage(run_id=run_id, judge=judge)
            with transaction.atomic():
                publishing.keep_others_out(file.client.id)
                if (known := queries.find_import(file.client.id, file.kind, file.digest)) is not None:
                    return _repeat(file, known.id)
                progress("compare")
                report = _compare(file, judge, run_id, reading.records_count, refused)
                if file.dry_run:
                    transaction.set_rollback(True)
                    return report
                progress("publish")
                return _publish(file, judge, run_id, report)


def _compare(
    file: _File, judge: judging.Judge, run_id: int, rows_count: int, refused: list[RefusedRow]
) -> ImportReport:
    """Hold the staged rows against what is known, and make the report."""
    params = {"run_id": run_id, "client_id": file.client.id, "cut_off_date": file.cut_off}
    problems = staging.judge_against_the_book(run_id=run_id, kind=file.kind, params=params)
    refused = sorted([*refused, *_refused_by_the_book(judge, problems)], key=lambda row: row.record)
    states = staging.count_states(run_id=run_id)
    buckets = {"buckets": [name for name, _ in BUCKETS], "firsts": [first for _, first in BUCKETS]}
    return ImportReport(
        import_id=None,
        client_code=file.client.code,
        kind=file.kind,
        file_name=file.path.name,
        file_digest=file.digest,
        file_bytes=file.size,
        mapping_id=file.policy.id,
        mapping_version=file.policy.version,
        cut_off_date=file.cut_off,
        dry_run=file.dry_run,
        is_repeat=False,
        committed_at=None,
        rows_count=rows_count,
        good_count=rows_count - len(refused),
        new_count=states.get("new", 0),
        changed_count=states.get("changed", 0),
        same_count=states.get("same", 0),
        sums=tuple(
            SumLine(currency, bucket, count, Money(total, currency))
            for currency, bucket, count, total in staging.list_sums(kind=file.kind, params={**params, **buckets})
        ),
        lacks=file.policy.data.lacks,
        ignored_columns=judge.ignored_columns,
        absent_columns=judge.absent_columns,
        refused=tuple(refused),
    )


def _refused_by_the_book(judge: judging.Judge, problems: dict[int, list[RowProblem]]) -> list[RefusedRow]:
    cells = judge.cells_of(list(problems))
    lines = judge.lines_of(list(problems))
    numbers = judge.account_numbers_of(list(problems))
    return [
        RefusedRow(
            record,
            lines[record],
            numbers[record],
            tuple(replace(problem, field=judge.source_of(problem.field)) for problem in found),
            cells[record],
        )
        for record, found in problems.items()
    ]


def _publish(file: _File, judge: judging.Judge, run_id: int, report: ImportReport) -> ImportReport:
    import_id = publishing.next_import_id()
    fact_id = journal.append(
        chain=journal.INSTALLATION,
        kind="file-imported",
        room="intake",
        at=file.at,
        actor=file.actor,
        body={
            "import_id": import_id,
            "client_id": file.client.id,
            "kind": file.kind,
            "file_digest": file.digest,
            "mapping": file.policy.id,
            "mapping_version": file.policy.version,
            "cut_off_date": file.cut_off,
            "rows_count": report.rows_count,
            "good_count": report.good_count,
            "quarantined_count": report.refused_count,
            "new_count": report.new_count,
            "changed_count": report.changed_count,
            "sums": _sums_as_json(report),
        },
    )
    publishing.PUBLISH[file.kind](
        publishing.Publication(
            client=file.client,
            run_id=run_id,
            import_id=import_id,
            fact_id=fact_id,
            cut_off_date=file.cut_off,
            at=file.at,
            actor=file.actor,
            default_language=file.policy.data.defaults.get("language", "zh-Hans"),
        )
    )
    _keep(file, judge.header, import_id, fact_id, report)
    return replace(report, import_id=import_id, committed_at=file.at)


def _keep(file: _File, header: tuple[str, ...], import_id: int, fact_id: int, report: ImportReport) -> None:
    Import.objects.create(
        pk=import_id,
        client_id=file.client.id,
        kind=file.kind,
        file_name=report.file_name[:255],
        file_digest=file.digest,
        file_bytes=file.size,
        mapping_id=file.policy.id,
        mapping_version=file.policy.version,
        cut_off_date=file.cut_off,
        columns=list(header),
        rows_count=report.rows_count,
        good_count=report.good_count,
        quarantined_count=report.refused_count,
        new_count=report.new_count,
        changed_count=report.changed_count,
        same_count=report.same_count,
        reconciliation={
            "sums": _sums_as_json(report),
            "lacks": list(report.lacks),
            "ignored_columns": list(report.ignored_columns),
            "absent_columns": list(report.absent_columns),
            "problems": [asdict(each) for each in report.problem_counts],
        },
        actor=file.actor.name,
        committed_at=file.at,
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
            )
            for row in report.refused
        ],
        batch_size=2_000,
    )


def _sums_as_json(report: ImportReport) -> list[dict[str, Any]]:
    return [
        {"currency": each.currency, "bucket": each.bucket, "count": each.count, "total": str(each.total.amount)}
        for each in report.sums
    ]


def _problem_as_json(problem: RowProblem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "field": problem.field,
        "value": problem.value,
        "fields": dict(problem.fields),
    }


def _repeat(file: _File, import_id: int) -> ImportReport:
    """The report of a file that came before: what it was then, and that nothing changed now."""
    known = queries.get_import(import_id)
    return ImportReport(
        import_id=known.id,
        client_code=file.client.code,
        kind=known.kind,
        file_name=file.path.name,
        file_digest=known.file_digest,
        file_bytes=known.file_bytes,
        mapping_id=known.mapping_id,
        mapping_version=known.mapping_version,
        cut_off_date=known.cut_off_date,
        dry_run=file.dry_run,
        is_repeat=True,
        committed_at=known.committed_at,
        rows_count=known.rows_count,
        good_count=known.good_count,
        new_count=0,
        changed_count=0,
        same_count=known.good_count,
        sums=known.sums,
        lacks=known.lacks,
        ignored_columns=known.ignored_columns,
        absent_columns=(),
        refused=queries.list_quarantined(known.id),
    )
