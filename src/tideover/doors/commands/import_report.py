"""How the report on a file is written: for people in tables, for machines as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tideover.act.intake import queries as intake_queries
from tideover.act.intake.types import ImportReport, SumLine
from tideover.core import words
from tideover.core.money import Money, add_up
from tideover.doors.commands import import_whole
from tideover.know.clients import queries as clients_queries

ROWS_SHOWN = 10
NAMES_SHOWN = 12


def as_json(report: ImportReport, language: str) -> dict[str, Any]:
    """Everything that the report knows, every refused row included."""
    return {
        "import_id": report.import_id,
        "client": report.client_code,
        "kind": report.kind,
        "file": {"name": report.file_name, "sha256": report.file_digest, "bytes": report.file_bytes},
        "mapping": {"id": report.mapping_id, "version": report.mapping_version},
        "cut_off": report.cut_off_date.isoformat(),
        "dry_run": report.dry_run,
        "is_repeat": report.is_repeat,
        "committed_at": report.committed_at.isoformat() if report.committed_at else None,
        "rows": report.rows_count,
        "good": report.good_count,
        "refused": report.refused_count,
        "new": report.new_count,
        "changed": report.changed_count,
        "same": report.same_count,
        **_reckoned_as_json(report),
        "sums": [
            {
                "currency": each.currency,
                "bucket": each.bucket,
                "count": each.count,
                "total": str(each.total.amount),
            }
            for each in report.sums
        ],
        "lacks": list(report.lacks),
        "ignored_columns": list(report.ignored_columns),
        "absent_columns": list(report.absent_columns),
        "refused_rows": [
            {
                "record": row.record,
                "line": row.line,
                "account_number": row.account_number,
                "problems": [
                    {
                        "code": each.code,
                        "field": each.field,
                        "value": each.value,
                        "wrong": intake_queries.say_wrong(each, language),
                        "remedy": intake_queries.say_remedy(each, language),
                    }
                    for each in row.problems
                ],
            }
            for row in report.refused
        ],
    }


def _reckoned_as_json(report: ImportReport) -> dict[str, Any]:
    told = report.reckoned
    return {
        "status": told.status,
        "mends": told.mends_id,
        "sequence": told.control.sequence if told.control else None,
        "differences": [
            {
                "what": each.what,
                "stated": f"{each.stated:f}",
                "counted": f"{each.counted:f}",
                "is_explained": each.is_explained,
            }
            for each in told.differences
        ],
        "reasons": [{"code": each.code, **each.fields} for each in told.reasons],
        "stop_id": told.stop_id,
        "gone_unjudged": told.gone_unjudged,
        "expected": told.expected_count,
        "gone": told.gone_count,
        "returned": told.returned_count,
        "documents": told.documents_count,
        "moves_count": told.moves_count,
        "moves": [
            {
                "account_number": each.account_number,
                "currency": each.stated.currency,
                "by_our_books": str(each.by_our_books.amount),
                "stated": str(each.stated.amount),
            }
            for each in told.moves
        ],
        "dpd_differs_count": told.dpd_differs_count,
        "dpd_differs": [asdict(each) for each in told.dpd_differs],
        "instalments_differ_count": told.instalments_differ_count,
        "instalments_differ": [asdict(each) for each in told.instalments_differ],
    }


def show(report: ImportReport, language: str, console: Console | None = None) -> None:
    """Write the report for people."""
    console = console or Console(highlight=False, markup=False)

    def say(code: str, **fields: Any) -> str:
        return words.render(f"import.{code}", language, **fields)

    console.print(Text(_title(report, language), style="bold"))
    if report.is_repeat and report.committed_at is not None:
        zone = clients_queries.get_client(report.client_code).zone
        at = words.moment(report.committed_at, language, zone)
        console.print(say("repeat", import_id=str(report.import_id), at=at))
    elif report.dry_run:
        console.print(say("dry"))
    elif report.reckoned.is_held:
        console.print(say("held", import_id=str(report.import_id)))
    else:
        console.print(say("done", import_id=str(report.import_id)))
    import_whole.show(report, language, console)
    console.print()
    console.print(_counts(report, language))
    if report.sums:
        console.print()
        console.print(_sums(report, language))
    console.print()
    for code, names in (("ignored", report.ignored_columns), ("absent", report.absent_columns)):
        if names:
            console.print(say(code, columns=_listed(names)), soft_wrap=False)
    if report.lacks:
        lacking = [words.render(f"intake.lacks.{name}", language) for name in report.lacks]
        console.print(say("lacks", what=_joined(lacking, language)))
    if report.refused:
        _show_refused(report, language, console)


def _title(report: ImportReport, language: str) -> str:
    return words.render(
        "import.title",
        language,
        file=report.file_name,
        client=report.client_code,
        kind=words.render(f"intake.kind.{report.kind}", language),
        mapping=report.mapping_id.removeprefix("mappings."),
        cut_off=report.cut_off_date,
    )


def _table(headings: Iterable[tuple[str, bool]]) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading, to_the_right in headings:
        made.add_column(heading, justify="right" if to_the_right else "left", overflow="fold")
    return made


def _counts(report: ImportReport, language: str) -> Table:
    names = ("rows", "good", "refused", "new", "changed", "same")
    made = _table((words.render(f"import.count.{name}", language), True) for name in names)
    counts = (
        report.rows_count,
        report.good_count,
        report.refused_count,
        report.new_count,
        report.changed_count,
        report.same_count,
    )
    made.add_row(*(words.number(count, language) for count in counts))
    return made


def _sums(report: ImportReport, language: str) -> Table:
    def say(code: str) -> str:
        return words.render(f"import.sum.{code}", language)

    with_buckets = any(each.bucket for each in report.sums)
    group = "entry" if report.kind == "payments" else "bucket"
    headings = [(say("currency"), False)] + ([(say(group), False)] if with_buckets else [])
    made = _table([*headings, (say(f"count-{report.kind}"), True), (say("total"), True)])
    for currency in dict.fromkeys(each.currency for each in report.sums):
        mine = [each for each in report.sums if each.currency == currency]
        for each in mine:
            made.add_row(*_sum_row(currency, each.bucket, with_buckets, each, language))
        if len(mine) > 1:
            total = SumLine(
                currency, say("all"), sum(each.count for each in mine), add_up((each.total for each in mine), currency)
            )
            made.add_section()
            made.add_row(*_sum_row(currency, total.bucket, with_buckets, total, language), style="bold")
    return made


def _sum_row(currency: str, bucket: str | None, with_buckets: bool, line: SumLine, language: str) -> list[str]:
    middle = [_bucket(bucket, language)] if with_buckets else []
    return [currency, *middle, words.number(line.count, language), words.money(_money(line), language)]


def _bucket(bucket: str | None, language: str) -> str:
    """A bucket by its own name; what a payments file brings beside payments in words."""
    if bucket in ("reversal", "failed-debit"):
        return words.render(f"intake.entry.{bucket}", language)
    return bucket or ""


def _money(line: SumLine) -> Money:
    return line.total


def _show_refused(report: ImportReport, language: str, console: Console) -> None:
    console.print()
    console.print(Text(words.render("import.refused", language, count=report.refused_count), style="bold"))
    summary = _table(
        (words.render(f"import.problem.{name}", language), name == "count") for name in ("count", "column", "wrong")
    )
    kinds = {(each.code, each.field): each for row in report.refused for each in row.problems}
    for each in report.problem_counts[:ROWS_SHOWN]:
        example = kinds[each.code, each.field]
        summary.add_row(
            words.number(each.count, language), Text(each.field), Text(intake_queries.say_wrong(example, language))
        )
    if len(report.problem_counts) > ROWS_SHOWN:
        summary.add_row("…", "", "")
    console.print(summary)
    console.print()
    rows = _table(
        (words.render(f"import.row.{name}", language), name in ("record", "line"))
        for name in ("record", "line", "account", "wrong")
    )
    for row in report.refused[:ROWS_SHOWN]:
        said = "\n".join(intake_queries.say_problem(each, language) for each in row.problems)
        rows.add_row(str(row.record), str(row.line), Text(row.account_number or "–"), Text(said))
    console.print(rows)
    more = len(report.refused) - ROWS_SHOWN
    if more > 0:
        console.print(words.render("import.more", language, count=more))
    if report.import_id is not None:
        console.print(words.render("import.quarantine", language, import_id=str(report.import_id)))


def _joined(texts: list[str], language: str) -> str:
    return ("；" if language == "zh-Hans" else "; ").join(texts)


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown}, … ({len(names)})" if len(names) > NAMES_SHOWN else shown
