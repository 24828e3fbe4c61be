"""Public reads of intake: what was imported, and the rows that wait for mending."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from tideover.act.intake import control_file, explaining, keeping
from tideover.act.intake.lateness import Late as Late
from tideover.act.intake.lateness import list_late as list_late
from tideover.act.intake.models import Import, QuarantinedRow, SetAside
from tideover.act.intake.policy_schema import shape_of
from tideover.act.intake.readers.shape import FileShape
from tideover.act.intake.types import (
    HELD,
    TAKEN,
    ImportRead,
    ProblemCount,
    RefusedRow,
    RowProblem,
    SetAsideRead,
    SumLine,
    UnknownImport,
)
from tideover.core import words
from tideover.core.money import Money
from tideover.core.policy import queries as policy_queries
from tideover.core.policy.types import PolicyUnknown
from tideover.know.clients import queries as clients_queries
from tideover.know.portfolio import queries as portfolio_queries

CONTROL_SUFFIX = control_file.SUFFIX
"""What a control file's name ends in, after the whole name of its file."""

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9 .,]*")
# Spreadsheets in Chinese and Japanese take the full-width signs for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def list_imports(
    client_ids: Iterable[int],
    *,
    kind: str = "",
    to_mend: bool = False,
    before: int | None = None,
    latest: int | None = None,
) -> list[ImportRead]:
    """What was imported for some clients, newest first: of one kind, to be mended, before an import, if so asked."""
    rows = Import.objects.filter(client_id__in=set(client_ids)).order_by("-pk")
    if kind:
        rows = rows.filter(kind=kind)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if to_mend:
        waits = QuarantinedRow.objects.filter(imported_id=OuterRef("pk"), mended_by=None, set_aside=None)
        root_id = Coalesce(OuterRef("mends_id"), OuterRef("pk"))
        replaced = Import.objects.filter(mends_id=root_id, status=TAKEN, pk__gt=OuterRef("pk"))
        rows = rows.filter(Q(status=TAKEN) & Exists(waits) | Q(status=HELD) & ~Exists(replaced))
    return _read_all(rows if latest is None else rows[:latest])


def get_import(import_id: int) -> ImportRead:
    """The import with the id; raises UnknownImport."""
    row = Import.objects.filter(pk=import_id).first()
    if row is None:
        raise UnknownImport(import_id=str(import_id))
    return _read_all([row])[0]


def find_import(
    client_id: int, kind: str, file_digest: str, control_digest: str = "", mends_id: int | None = None
) -> ImportRead | None:
    """The import of this very delivery, if it came before: taken, or held in the same place."""
    same = Import.objects.filter(
        client_id=client_id, kind=kind, file_digest=file_digest, control_digest=control_digest
    ).order_by("pk")
    row = same.filter(status=TAKEN).first() or same.filter(mends_id=mends_id).first()
    return None if row is None else _read_all([row])[0]


def list_mendings(import_id: int) -> list[ImportRead]:
    """What mends an import, in the order in which it came."""
    return _read_all(Import.objects.filter(mends_id=import_id).order_by("pk"))


def list_explained_reasons(found: ImportRead) -> tuple[bool, ...]:
    """Of each reason for which an import stopped collection, whether what came since accounts for it."""
    return tuple(explaining.is_explained(found.id, reason) for reason in found.reckoned.reasons)


def count_waiting(import_id: int) -> int:
    """How many of an import's refused rows are still to be mended."""
    return count_waiting_of([import_id]).get(import_id, 0)


def count_waiting_of(import_ids: Iterable[int]) -> dict[int, int]:
    """Of these imports, how many refused rows each still waits for; what waits for none is not there.

    A row waits until a mending took its place or somebody set it aside. A held file waits as a whole, not by its rows.
    """
    waiting = QuarantinedRow.objects.filter(
        imported_id__in=set(import_ids), imported__status=TAKEN, mended_by=None, set_aside=None
    )
    return dict(waiting.values("imported_id").annotate(count=Count("id")).values_list("imported_id", "count"))


def list_quarantined(import_id: int, latest: int | None = None) -> tuple[RefusedRow, ...]:
    """The rows that an import refused, by record; at most ``latest`` of them."""
    rows = QuarantinedRow.objects.filter(imported_id=import_id).order_by("record_number")
    return tuple(
        RefusedRow(
            record=row.record_number,
            line=row.line_number,
            account_number=row.account_number,
            problems=tuple(_problem(each) for each in row.problems),
            cells=tuple(row.cells),
            mended_by=row.mended_by_id,
            set_aside_id=row.set_aside_id,
        )
        for row in (rows if latest is None else rows[:latest])
    )


def list_set_aside(import_id: int) -> list[SetAsideRead]:
    """What was set aside of an import's refused rows, by whom and why, in the order in which it was."""
    return [
        SetAsideRead(row.pk, row.rows_count, row.actor, row.set_at, row.note)
        for row in SetAside.objects.filter(imported_id=import_id).order_by("pk")
    ]


def quarantine_csv(import_id: int, language: str) -> str:
    """The quarantined rows as text: where each stands, what is wrong and how to mend it, and its cells.

    What was set aside is left out, for it is not to be mended.

    Mended in place and sent again, the file reads as before: it is separated as the client's file is, and the columns
    in front are not in any mapping. A cell that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    found = get_import(import_id)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n", delimiter=_shape_of(found).separator)
    between = "" if language == "zh-Hans" else " "
    front = [words.render(f"intake.quarantine.{name}", language) for name in ("record", "line", "wrong")]
    writer.writerow([*front, *(_harmless(name) for name in found.columns)])
    for row in list_quarantined(import_id):
        if row.set_aside_id is not None and row.mended_by is None:
            continue
        wrong = between.join(say_problem(problem, language) for problem in row.problems)
        writer.writerow([row.record, row.line, _harmless(wrong), *(_harmless(cell) for cell in row.cells)])
    return text.getvalue()


def quarantine_file(import_id: int, language: str) -> bytes:
    """The same as a file in the encoding in which the client's files are expected."""
    encoding = _shape_of(get_import(import_id)).encoding
    return quarantine_csv(import_id, language).encode("utf-8-sig" if encoding == "utf-8" else encoding)


def _shape_of(found: ImportRead) -> FileShape:
    """As the mapping and the profile say today, since that is how the mended file will be read."""
    try:
        mapping = policy_queries.get("mapping", found.mapping_id).data
    except PolicyUnknown:
        return FileShape("utf-8", "comma")
    profile = clients_queries.get_profile(clients_queries.get_client_by_id(found.client_id).code)
    return shape_of(mapping, profile.encoding, profile.delimiter)


def say_problem(problem: RowProblem, language: str) -> str:
    """What is wrong and what mends it, in a sentence or two."""
    between = "" if language == "zh-Hans" else " "
    return f"{say_wrong(problem, language)}{between}{say_remedy(problem, language)}".strip()


def say_wrong(problem: RowProblem, language: str) -> str:
    """What is wrong, in the language."""
    return words.render(problem.words, language, **_fields(problem))


def say_remedy(problem: RowProblem, language: str) -> str:
    """What mends it, in the language."""
    return words.render(f"{problem.words}.remedy", language, **_fields(problem))


def _fields(problem: RowProblem) -> dict[str, Any]:
    fields = {name: str(value) for name, value in problem.fields.items()}
    shown = problem.value if len(problem.value) <= 80 else problem.value[:77] + "…"
    return {"forms": "–", **fields, "field": problem.field, "value": shown}


def _harmless(cell: str) -> str:
    if cell.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _problem(stored: dict[str, Any]) -> RowProblem:
    return RowProblem(stored["code"], stored["field"], stored["value"], stored["fields"])


def _read_all(rows: Iterable[Import]) -> list[ImportRead]:
    """Rows with what stands in other rooms: account numbers, and the stops they caused."""
    rows = list(rows)
    moved = {each["account_id"] for row in rows for each in row.reconciliation.get("moves", [])}
    numbers = {each.id: each.number for each in portfolio_queries.list_accounts(moved)} if moved else {}
    stops = clients_queries.list_stops({row.client_id for row in rows}, also_acknowledged=True)
    by_import = {stop.import_id: stop.id for stop in stops}
    return [_read(row, numbers, by_import.get(row.pk)) for row in rows]


def _read(row: Import, numbers: dict[int, str], stop_id: int | None) -> ImportRead:
    told = row.reconciliation
    return ImportRead(
        id=row.pk,
        client_id=row.client_id,
        kind=row.kind,
        file_name=row.file_name,
        file_digest=row.file_digest,
        file_bytes=row.file_bytes,
        mapping_id=row.mapping_id,
        mapping_version=row.mapping_version,
        cut_off_date=row.cut_off_date,
        rows_count=row.rows_count,
        good_count=row.good_count,
        quarantined_count=row.quarantined_count,
        new_count=row.new_count,
        changed_count=row.changed_count,
        same_count=row.same_count,
        sums=tuple(
            SumLine(each["currency"], each["bucket"], each["count"], Money(Decimal(each["total"]), each["currency"]))
            for each in told["sums"]
        ),
        lacks=tuple(told["lacks"]),
        ignored_columns=tuple(told["ignored_columns"]),
        columns=tuple(row.columns),
        problem_counts=tuple(ProblemCount(**each) for each in told["problems"]),
        actor=row.actor,
        committed_at=row.committed_at,
        reckoned=keeping.reckoned_of(row, numbers, stop_id),
    )
