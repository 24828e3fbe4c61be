"""How ``refresh`` brings all cases of a client up to a day: a list of set statements, and the facts they make."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from sqlglot import exp

from tideover.core.access.types import Actor
from tideover.core.journal import operations as journal
from tideover.core.sql import files as sql_files
from tideover.core.sql import statistics
from tideover.know.cases.models import DayAccount, DayChange
from tideover.know.cases.types import Ladder, NoLadder
from tideover.know.filing import operations as filing
from tideover.know.filing import queries as filing_queries

ROOM = "cases"
STEPS = (
    "let_accounts_leave",
    "open_cases",
    "join_accounts",
    "pause_accounts",
    "move_accounts",
    "note_late",
    "note_expired_holds",
    "close_cases",
)
FILLS = {"open_cases": ("cases_case",), "join_accounts": ("cases_caseaccount",)}
MANY_ROWS = 1_000
FACTS = (
    "account-left",
    "case-opened",
    "account-joined",
    "stage-moved",
    "stage-skipped",
    "stage-late",
    "hold-expired",
    "complaint-escalated",
    "claim-unproved",
    "case-closed",
)
"""In the order in which they are told, so that a customer's chain reads as it happened."""

# A first day works on tables of which the planner knows nothing yet: it would take them for empty, and loop.
_FOR_SETS = "SET LOCAL enable_nestloop = off"
_AS_BEFORE = "SET LOCAL enable_nestloop TO DEFAULT"

_TELL = """
SELECT customer_id,
    (array_agg(body ORDER BY id))[1] || CASE
        WHEN count(*) > 1 THEN jsonb_build_object('changes', jsonb_agg(body ORDER BY id)) ELSE '{}'::jsonb
    END
FROM cases_daychange
WHERE kind = %(change)s
GROUP BY customer_id
"""


def statement(name: str) -> str:
    """The text of one of the room's SQL files."""
    return sql_files.load(__package__, name).text


def run(ladders: Sequence[Ladder], client_id: int, zone: str, day: date, at: datetime) -> None:
    """Fill what the steps look at, then take them in order. Must be inside a transaction."""
    params = {"client_id": client_id, "zone": zone, "day": day, "at": at, **ladder_params(ladders)}
    params["filing_items"] = filing_queries.items_asked()
    statistics.expect_large_sets()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cases.refresh:{client_id}"])
        cursor.execute(_FOR_SETS)
        DayAccount.objects.filter(client_id=client_id).delete()
        cursor.execute(statement("fill_day_accounts"), params)
        _note_filled(cursor.rowcount, "cases_dayaccount")
        _refuse_unknown_products(ladders, client_id)
        for step in STEPS:
            text = statement(step)
            if step == "move_accounts":
                text = text.replace("'<next-move>'", next_move_sql(ladders))
            cursor.execute(text, params)
            _note_filled(cursor.rowcount, *FILLS.get(step, ()))
        cursor.execute(_AS_BEFORE)
    filing.archive(given=statement("accounts_closed"), params=params, client_id=client_id)


def _note_filled(rows: int, *tables: str) -> None:
    """Let the planner see what a statement has just written, where it was much: the next ones join it."""
    if tables and rows >= MANY_ROWS:
        statistics.take(*tables)


def tell(kinds: Sequence[str], at: datetime, actor: Actor) -> dict[str, int]:
    """Write the facts of what changed, one a customer and kind, and clear the changes; the counts are of changes.

    Must be inside the transaction that noted them: no other one ever sees a noted change.
    """
    counts: dict[str, int] = {}
    _note_filled(DayChange.objects.count(), "cases_daychange", "journal_chain_head")
    for kind in kinds:
        counts[kind] = DayChange.objects.filter(kind=kind).count()
        if counts[kind]:
            journal.append_set(kind=kind, room=ROOM, at=at, actor=actor, select=_TELL, params={"change": kind})
    DayChange.objects.all().delete()
    return counts


def _refuse_unknown_products(ladders: Sequence[Ladder], client_id: int) -> None:
    known = {product for ladder in ladders for product in ladder.rules.products}
    found = DayAccount.objects.filter(client_id=client_id).exclude(product__in=known)
    product = found.values_list("product", flat=True).order_by("product").first()
    if product is not None:
        raise NoLadder(product=product)


def ladder_params(ladders: Sequence[Ladder]) -> dict[str, Any]:
    """The ladders as parameters: their rungs and their moves as JSON, their versions, and the longest memory."""
    stages = [
        {
            "product": product,
            "name": stage.name,
            "position": position,
            "deadline_days": stage.deadline_calendar_days,
            "attempts_min": stage.minimum.attempts_count,
            "reviews_min": stage.minimum.reviews_count,
            "is_end": stage.is_end,
        }
        for ladder in ladders
        for product in ladder.rules.products
        for position, stage in enumerate(ladder.rules.stages)
    ]
    moves = [
        {"number": number, "name": move.name, "leads_to": move.to}
        for number, (_, _, move) in enumerate(_moves(ladders))
    ]
    return {
        "stages": json.dumps(stages),
        "moves": json.dumps(moves),
        "ladder_version": ",".join(sorted({ladder.version for ladder in ladders})),
        "former_collector_days": max((each.rules.former_collector_days for each in ladders), default=0),
    }


def _moves(ladders: Sequence[Ladder]) -> list[tuple[str, str, Any]]:
    return [
        (product, stage.name, move)
        for ladder in ladders
        for product in ladder.rules.products
        for stage in ladder.rules.stages
        for move in stage.moves
    ]


def next_move_sql(ladders: Sequence[Ladder]) -> str:
    """The number of the first move that holds, as one CASE over all ladders; null where an account stays."""
    arms = []
    for number, (product, stage, move) in enumerate(_moves(ladders)):
        place = f"product = {_literal(product)} AND stage = {_literal(stage)}"
        arms.append(f"WHEN {place} AND ({move.when.to_sql('postgres')}) THEN {number}")
    return "CASE " + "\n".join(arms) + " END" if arms else "CAST(NULL AS integer)"


def _literal(text: str) -> str:
    return exp.Literal.string(text).sql(dialect="postgres")
