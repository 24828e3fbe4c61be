"""Setting refused rows aside: they are not ours to mend, for a stated reason, and wait no longer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tideover.act.intake.models import Import, QuarantinedRow, SetAside
from tideover.act.intake.types import HELD, ReasonMissing, RowsNotRefused, UnknownImport, WholeFileHeld
from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.core.journal import rules as journal_rules
from tideover.know.clients import operations as clients

NOTE_LENGTH = 1000


def set_aside(*, import_id: int, records: Collection[int] | None, note: str, at: datetime, actor: Actor) -> int:
    """Set refused rows of an import aside, by their records, or with None all that wait; return how many.

    An integrator with the client in scope does it, also who imported the file: it acknowledges no stop and closes
    nobody, and a later mending file may still bring such a row. What was mended or set aside before stays as it is;
    where nothing waits, nothing is written.

    Raises UnknownImport, WholeFileHeld, RowsNotRefused, ReasonMissing, AccessRefused.
    """
    require(actor, Role.INTEGRATOR)
    note = note.strip()[:NOTE_LENGTH]
    if not note:
        raise ReasonMissing()
    made = Import.objects.filter(pk=import_id).first()
    if made is None:
        raise UnknownImport(import_id=str(import_id))
    require_client(actor, made.client_id)
    if made.status == HELD:
        raise WholeFileHeld(import_id=str(import_id))
    with transaction.atomic():
        clients.take_turn(client_id=made.client_id)
        refused = QuarantinedRow.objects.filter(imported_id=import_id)
        if records is not None:
            known = set(refused.filter(record_number__in=records).values_list("record_number", flat=True))
            if strangers := sorted(set(records) - known):
                raise RowsNotRefused(import_id=str(import_id), records=", ".join(map(str, strangers[:10])))
            refused = refused.filter(record_number__in=records)
        waiting = refused.filter(mended_by=None, set_aside=None).order_by("record_number")
        numbers = list(waiting.values_list("record_number", flat=True))
        if numbers:
            _set_aside(made, numbers, note, at, actor)
    return len(numbers)


def _set_aside(made: Import, numbers: list[int], note: str, at: datetime, actor: Actor) -> None:
    salt = journal_rules.new_salt()
    fact_id = journal.append(
        chain=journal.INSTALLATION,
        kind="rows-set-aside",
        room="intake",
        at=at,
        actor=actor,
        body={
            "import_id": made.pk,
            "client_id": made.client_id,
            "count": len(numbers),
            "records": numbers,
            "note_digest": journal_rules.content_digest(salt, note),
        },
    )
    kept = SetAside.objects.create(
        imported=made,
        rows_count=len(numbers),
        note=note,
        salt=salt,
        actor_id=actor.user_id,
        actor=actor.name,
        set_at=at,
        fact_id=fact_id,
    )
    rows = QuarantinedRow.objects.filter(imported=made, record_number__in=numbers, mended_by=None, set_aside=None)
    rows.update(set_aside=kept)
