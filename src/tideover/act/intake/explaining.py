"""Whether what came since accounts for a reason to stop: the whole file, the missing number, the absent accounts."""

from __future__ import annotations

from django.db import connection

from tideover.act.intake import reckoning
from tideover.act.intake.models import Import
from tideover.act.intake.types import HELD, TAKEN
from tideover.core.sql import files as sql_files
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import StopReason


def list_explained(client_id: int) -> list[int]:
    """The imports whose stops are open, and accounted for by what came since."""
    return [
        stop.import_id
        for stop in clients_queries.list_stops([client_id])
        if not stop.is_explained and all(is_explained(stop.import_id, reason) for reason in stop.reasons)
    ]


def is_explained(import_id: int, reason: StopReason) -> bool:
    """Whether what came since accounts for a reason to stop. Of files out of order: none is missing between them."""
    made = Import.objects.get(pk=import_id)
    if reason.code == "gone-above-share":
        return _count_still_gone(made) <= int(reason.fields["most"])
    if reason.code == "sequence-gap":
        return _have_come(made, *reckoning.missing_numbers(reason.fields))
    if reason.code == "out-of-order" and _have_come(
        made, int(reason.fields["sequence"]), int(reason.fields["latest"]) - 1
    ):
        return True
    return made.status == HELD and _is_mended(made)


def _is_mended(made: Import) -> bool:
    root_id = made.mends_id or made.pk
    return Import.objects.filter(mends_id=root_id, status=TAKEN, pk__gt=made.pk).exists()


def _have_come(made: Import, first: int, last: int) -> bool:
    """Whether every file with these numbers came. One that contradicts itself came when what mends it is taken."""
    roots = Import.objects.filter(
        client_id=made.client_id, kind=made.kind, mends_id=None, sequence__range=(first, last)
    )
    came = {root.sequence for root in roots if not _contradicts_itself(root) or _is_mended(root)}
    return len(came) == last - first + 1


def _contradicts_itself(made: Import) -> bool:
    codes = {each["code"] for each in made.reconciliation.get("reasons", [])}
    return made.status == HELD and bool(codes & reckoning.CONTRADICTIONS)


def _count_still_gone(made: Import) -> int:
    """How many accounts a full file left out that nothing named since; where it marked nobody, who was not stated."""
    marked = made.reconciliation.get("gone_unjudged") is None
    client = clients_queries.get_client_by_id(made.client_id)
    params = {
        "import_id": made.pk,
        "client_id": made.client_id,
        "cut_off_date": made.cut_off_date,
        "cut_off_at": client.end_of_day(made.cut_off_date),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql_files.load(__package__, "still_gone" if marked else "unstated").text, params)
        return cursor.fetchone()[0]
