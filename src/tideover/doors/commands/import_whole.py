"""What the report says of a file as a whole: what stops, who is gone, what its control file says, what moved."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tideover.act.intake.types import Differs, ImportReport
from tideover.core import words
from tideover.core.money import Money

MOVES_SHOWN = 10


def show(report: ImportReport, language: str, console: Console) -> None:
    """Write it; nothing where nothing is to be said."""
    told = report.reckoned

    def say(code: str, **fields: Any) -> str:
        return words.render(f"import.{code}", language, **fields)

    if told.reasons:
        console.print(Text(say("would-stop" if report.dry_run else "stops"), style="bold red"))
        for reason in told.reasons:
            console.print("  " + words.render(reason.words, language, **reason.told))
        if told.stop_id is not None:
            console.print(say("acknowledge", stop=str(told.stop_id)))
    for each in told.differences:
        if each.is_explained:
            money = {"stated": Money(each.stated, each.what), "counted": Money(each.counted, each.what)}
            said = words.render("intake.difference.total", language, currency=each.what, **money)
            console.print(f"{said} {words.render('intake.difference.explained', language)}")
    if told.control is not None and not told.differences:
        console.print(say("agrees", sequence=str(told.control.sequence)))
    if report.kind == "full" and told.gone_unjudged is not None:
        console.print(words.render(f"intake.gone.{told.gone_unjudged}", language))
    elif report.kind == "full":
        console.print(say("gone", gone=told.gone_count, expected=told.expected_count))
    if told.returned_count:
        console.print(say("returned", count=told.returned_count))
    if told.documents_count:
        console.print(say("documents", count=told.documents_count))
    if told.moves:
        _show_moves(report, language, console)
    _show_differing("dpd-differs", told.dpd_differs, told.dpd_differs_count, language, console)
    _show_differing("instalments-differ", told.instalments_differ, told.instalments_differ_count, language, console)


def _show_moves(report: ImportReport, language: str, console: Console) -> None:
    told = report.reckoned
    console.print(words.render("import.moves", language, count=told.moves_count))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("account", "ours", "stated", "difference"):
        table.add_column(
            words.render(f"import.move.{name}", language), justify="left" if name == "account" else "right"
        )
    for move in told.moves[:MOVES_SHOWN]:
        amounts = (move.by_our_books, move.stated, move.difference)
        table.add_row(Text(move.account_number), *(words.money(each, language) for each in amounts))
    console.print(table)


def _show_differing(code: str, found: tuple[Differs, ...], count: int, language: str, console: Console) -> None:
    """What is stated otherwise than we reckon or know it."""
    if not found:
        return
    console.print(words.render(f"import.{code}", language, count=count))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("account", "ours", "stated"):
        table.add_column(words.render(f"import.move.{name}", language))
    for each in found[:MOVES_SHOWN]:
        table.add_row(Text(each.what), Text(each.ours), Text(each.stated))
    console.print(table)
