"""Importing a client's file: judged as a whole, committed all or nothing, the same delivery twice being no-op."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from tideover.act.intake import asked as asking
from tideover.act.intake import counting, explaining, judging, keeping, publishing, queries, staging, weighing
from tideover.act.intake.asked import Asked
from tideover.act.intake.lateness import note_late_files as note_late_files
from tideover.act.intake.models import QuarantinedRow
from tideover.act.intake.readers import csv_file
from tideover.act.intake.sending_back import write_back as write_back
from tideover.act.intake.setting_aside import set_aside as set_aside
from tideover.act.intake.types import (
    OF_ACCOUNTS,
    AmountsTooLarge,
    Counted,
    FileEmpty,
    ImportReport,
    RefusedRow,
    RowProblem,
    SumLine,
)
from tideover.core import money
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.core.money import Money
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.portfolio.types import BUCKETS

Progress = Callable[[str], None]
STEPS = ("read", "judge", "stage", "compare", "publish", "stop")


@dataclass(frozen=True)
class _Judged:
    """A file that was read: its judge, its run aside, its records, and those refused so far."""

    judge: judging.Judge
    run_id: int
    rows_count: int
    unfit_count: int
    refused: list[RefusedRow]


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
    mends: int | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Judge a client's file and, unless it is a dry run, take its good rows in and quarantine the others.

    What the client says of the file stands beside it, in ``FILE.control.yaml``; a file that contradicts it is held:
    nothing of it is taken. Whatever cannot be right stops the client's collection in the same transaction. With
    ``mends`` the file brings the mended rows of an import, or takes the place of a held one.

    Rows are read and staged aside, unseen; one transaction then makes them visible, with the batch fact and a
    fact for each customer whose state changed. A process that is killed leaves nothing that anybody sees, and
    running it again is the cure. A delivery that came before, by its digests, changes nothing (``is_repeat``).

    Raises UnknownClient, PolicyUnknown, AccessRefused, or a FileRefused by name where rows cannot be judged.
    """
    require(actor, Role.INTEGRATOR)
    client = clients_queries.get_client(client_code)
    require_client(actor, client.id)
    asked = asking.resolve(
        path=Path(path),
        client=client,
        kind=kind,
        mapping_id=mapping_id,
        cut_off=cut_off,
        mends=mends,
        dry_run=dry_run,
        at=at,
        actor=actor,
    )
    if (known := _find(asked)) is not None:
        staging.sweep()
        return _repeat(asked, known)
    return _import(asked, progress or (lambda step: None))


def _find(asked: Asked) -> int | None:
    root_id = asked.root.id if asked.root else None
    known = queries.find_import(asked.client.id, asked.kind, asked.digest, asked.control_digest, root_id)
    return None if known is None else known.id


def _import(asked: Asked, progress: Progress) -> ImportReport:
    with judging.opened(asked.policy.data, asked.cut_off, asked.at) as judge:
        progress("read")
        reading = csv_file.read(asked.path, asked.shape, lambda header: judge.start(header, asked.path.name))
        if reading.records_count == 0 and not (asked.control and asked.control.rows_count == 0):
            raise FileEmpty(file=asked.path.name)
        progress("judge")
        judge.decide(reading.unfit)
        refused = judge.list_refused(reading.unfit)
        progress("stage")
        with staging.opened(client_id=asked.client.id, kind=asked.kind, at=asked.at) as run_id:
            staging.stage(run_id=run_id, judge=judge)
            judged = _Judged(judge, run_id, reading.records_count, len(reading.unfit), refused)
            with transaction.atomic():
                publishing.keep_others_out(asked.client.id)
                if (known := _find(asked)) is not None:
                    return _repeat(asked, known)
                progress("compare")
                report, replaced_ids = _compare(asked, judged)
                if asked.dry_run:
                    transaction.set_rollback(True)
                    return report
                progress("publish")
                return _publish(asked, judged, report, replaced_ids, progress)


def _compare(asked: Asked, judged: _Judged) -> tuple[ImportReport, tuple[int, ...]]:
    """Hold the staged rows against what is known, and the file against what was said of it; make the report."""
    judge, run_id = judged.judge, judged.run_id
    params = _params(asked, run_id, [])
    problems = staging.judge_against_the_book(run_id=run_id, kind=asked.kind, params=params)
    refused = sorted(
        [*judged.refused, *_refused_by_the_book(judge, judge.spread(problems))], key=lambda row: row.record
    )
    publishing.apply_terms(asked, run_id)
    states = staging.count_states(run_id=run_id)
    buckets = {"buckets": [name for name, _ in BUCKETS], "firsts": [first for _, first in BUCKETS]}
    weighed = weighing.weigh(
        asked, judge, _params(asked, run_id, refused), judged.rows_count, judged.unfit_count, refused
    )
    if weighed.reckoned.counted is not None:
        _refuse_what_cannot_be_owed(asked, weighed.reckoned.counted)
    report = ImportReport(
        import_id=None,
        client_code=asked.client.code,
        kind=asked.kind,
        file_name=asked.path.name,
        file_digest=asked.digest,
        file_bytes=asked.size,
        mapping_id=asked.policy.id,
        mapping_version=asked.policy.version,
        cut_off_date=asked.cut_off,
        dry_run=asked.dry_run,
        is_repeat=False,
        committed_at=None,
        rows_count=judged.rows_count,
        good_count=judged.rows_count - len(refused),
        new_count=states.get("new", 0),
        changed_count=states.get("changed", 0),
        same_count=states.get("same", 0),
        sums=tuple(
            SumLine(currency, bucket, count, Money(total, currency))
            for currency, bucket, count, total in staging.list_sums(kind=asked.kind, params={**params, **buckets})
        ),
        lacks=asked.policy.data.lacks,
        ignored_columns=judge.ignored_columns,
        absent_columns=judge.absent_columns,
        refused=tuple(refused),
        reckoned=weighed.reckoned,
    )
    return report, weighed.replaced_ids


def _refuse_what_cannot_be_owed(asked: Asked, counted: Counted) -> None:
    """Rows that can each be read and add up to more than money can be: all of them cannot be right."""
    for currency, total in counted.totals.items():
        if abs(total) > money.LARGEST:
            raise AmountsTooLarge(file=asked.path.name, count=counted.rows_count, total=f"{currency} {total:f}")


def _params(asked: Asked, run_id: int, refused: list[RefusedRow]) -> dict[str, Any]:
    keys = sorted({key for row in refused if (key := weighing.key_of(row, asked)) is not None})
    return {
        "run_id": run_id,
        "client_id": asked.client.id,
        "cut_off_date": asked.cut_off,
        "cut_off_at": asked.cut_off_at,
        "refused_keys": keys,
        "document_fields": _document_fields(asked),
    }


def _document_fields(asked: Asked) -> str:
    """The field that holds the digest of each document which the file may name, by its item, as JSON."""
    if asked.kind not in OF_ACCOUNTS:
        return "{}"
    return json.dumps({group.item: f"k{place}h" for place, group in enumerate(asked.policy.data.documents)})


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


def _publish(
    asked: Asked, judged: _Judged, report: ImportReport, replaced_ids: tuple[int, ...], progress: Progress
) -> ImportReport:
    import_id = publishing.next_import_id()
    reckoned = report.reckoned
    fact_id = journal.append(
        chain=journal.INSTALLATION,
        kind="file-held" if reckoned.is_held else "file-imported",
        room="intake",
        at=asked.at,
        actor=asked.actor,
        body=_fact(asked, import_id, report),
    )
    if not reckoned.is_held:
        publishing.PUBLISH[asked.kind](
            publishing.Publication(
                client=asked.client,
                run_id=judged.run_id,
                import_id=import_id,
                fact_id=fact_id,
                cut_off_date=asked.cut_off,
                at=asked.at,
                actor=asked.actor,
                default_language=asked.policy.data.defaults.get("language", "zh-Hans"),
            )
        )
        weighing.mark(asked, _params(asked, judged.run_id, list(report.refused)), reckoned, import_id)
        QuarantinedRow.objects.filter(pk__in=replaced_ids).update(mended_by_id=import_id)
    records = [row.record for row in report.refused]
    stated, keys = counting.stated_by(judged.judge, records), counting.keys_of(judged.judge, records)
    keeping.keep(asked, judged.judge.header, import_id, fact_id, report, stated, keys)
    progress("stop")
    stop_id = None
    if reckoned.reasons:
        stop_id = clients.stop_collection(
            client_id=asked.client.id, import_id=import_id, reasons=reckoned.reasons, at=asked.at, actor=asked.actor
        )
    for explained_id in explaining.list_explained(asked.client.id):
        clients.note_explained(import_id=explained_id, by_import_id=import_id, at=asked.at, actor=asked.actor)
    return replace(report, import_id=import_id, committed_at=asked.at, reckoned=replace(reckoned, stop_id=stop_id))


def _fact(asked: Asked, import_id: int, report: ImportReport) -> dict[str, Any]:
    reckoned = report.reckoned
    return {
        "import_id": import_id,
        "client_id": asked.client.id,
        "kind": asked.kind,
        "file_digest": asked.digest,
        "mapping": asked.policy.id,
        "mapping_version": asked.policy.version,
        "profile": asked.profile.id,
        "profile_version": asked.profile.version,
        "cut_off_date": asked.cut_off,
        "control_digest": asked.control_digest or None,
        "sequence": asked.control.sequence if asked.control else None,
        "mends": reckoned.mends_id,
        "rows_count": report.rows_count,
        "good_count": report.good_count,
        "quarantined_count": report.refused_count,
        "new_count": report.new_count,
        "changed_count": report.changed_count,
        "gone_count": reckoned.gone_count,
        "returned_count": reckoned.returned_count,
        "documents_count": reckoned.documents_count,
        "sums": keeping.sums_as_json(report),
    }


def _repeat(asked: Asked, import_id: int) -> ImportReport:
    """The report of a file that came before: what it was then, and that nothing changed now."""
    known = queries.get_import(import_id)
    return ImportReport(
        import_id=known.id,
        client_code=asked.client.code,
        kind=known.kind,
        file_name=asked.path.name,
        file_digest=known.file_digest,
        file_bytes=known.file_bytes,
        mapping_id=known.mapping_id,
        mapping_version=known.mapping_version,
        cut_off_date=known.cut_off_date,
        dry_run=asked.dry_run,
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
        reckoned=replace(known.reckoned, returned_count=0, documents_count=0),
    )
