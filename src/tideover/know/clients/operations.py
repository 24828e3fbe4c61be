"""Clients are made by an administrator, by command; their collection is stopped by a file, and goes on by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db import connection, transaction

from tideover.core.access.rules import require, require_client
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.know.clients import rules
from tideover.know.clients.models import Client, Stop
from tideover.know.clients.types import (
    STOP_CAUSES,
    ClientCodeTaken,
    NoteMissing,
    OwnImport,
    StopAcknowledged,
    StopReason,
    UnknownStop,
)


def add_client(
    *,
    code: str,
    name_en: str,
    name_zh: str,
    country: str,
    zone: str,
    mandate: str,
    balance_authority: str,
    day_begins: time,
    payment_file_lag_days: int,
    at: datetime,
    actor: Actor,
) -> int:
    """Make a client and return its id. The same again changes nothing; other terms raise ClientCodeTaken."""
    require(actor, Role.ADMINISTRATOR, Role.INTEGRATOR)
    rules.check_terms(
        code=code,
        country=country,
        zone=zone,
        mandate=mandate,
        balance_authority=balance_authority,
        payment_file_lag_days=payment_file_lag_days,
    )
    terms = {
        "name_en": name_en,
        "name_zh": name_zh,
        "country": country,
        "zone": zone,
        "mandate": mandate,
        "balance_authority": balance_authority,
        "day_begins": day_begins,
        "payment_file_lag_days": payment_file_lag_days,
    }
    with transaction.atomic():
        client, made = Client.objects.get_or_create(code=code, defaults={**terms, "made_at": at})
        if not made:
            if differing := sorted(name for name, value in terms.items() if getattr(client, name) != value):
                raise ClientCodeTaken(client=code, differing=", ".join(differing))
            return client.pk
        journal.append(
            chain=journal.INSTALLATION,
            kind="client-added",
            room="clients",
            at=at,
            actor=actor,
            body={
                "client_id": client.pk,
                "country": country,
                "zone": zone,
                "mandate": mandate,
                "balance_authority": balance_authority,
            },
        )
    return client.pk


def take_turn(*, client_id: int) -> None:
    """Let what changes many of the client's rows take turns: an import, a file of payments, a step of the day.

    Each of them locks rows and chains of many customers; two at once could lock each other out. The turn ends with
    the transaction; must be inside one, and comes first in it.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a turn is taken inside the transaction that needs it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"client:{client_id}"])


def stop_collection(
    *, client_id: int, import_id: int, reasons: Sequence[StopReason], at: datetime, actor: Actor
) -> int:
    """Stop a client's collection because of an import, and return the stop's id. It closes nobody.

    Must be inside the import's transaction: the import and what it stops are seen at one instant.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("collection is stopped in the transaction of the import")
    ordered = sorted(reasons, key=lambda reason: STOP_CAUSES.index(reason.code))
    told = [{"code": reason.code, "fields": dict(reason.fields)} for reason in ordered]
    fact_id = journal.append(
        chain=journal.INSTALLATION,
        kind="collection-stopped",
        room="clients",
        at=at,
        actor=actor,
        body={"client_id": client_id, "import_id": import_id, "cause": ordered[0].code, "reasons": told},
    )
    stop = Stop.objects.create(
        client_id=client_id,
        cause=ordered[0].code,
        reasons=told,
        import_id=import_id,
        placed_at=at,
        placed_by_id=actor.user_id,
        placed_by=actor.name,
        fact_id=fact_id,
    )
    return stop.pk


def note_explained(*, import_id: int, by_import_id: int, at: datetime, actor: Actor) -> bool:
    """Keep that a later file explains the stop of an import; a person must acknowledge it all the same.

    Must be inside the later import's transaction. Says whether there was such a stop, open and not explained.
    """
    stop = Stop.objects.select_for_update().filter(import_id=import_id, acknowledged_at=None).first()
    if stop is None or stop.explained_at is not None:
        return False
    stop.explained_at, stop.explained_import_id = at, by_import_id
    stop.explained_by_id, stop.explained_by = actor.user_id, actor.name
    stop.save(update_fields=["explained_at", "explained_import_id", "explained_by_id", "explained_by"])
    journal.append(
        chain=journal.INSTALLATION,
        kind="stop-explained",
        room="clients",
        at=at,
        actor=actor,
        body={"client_id": stop.client_id, "stop_id": stop.pk, "import_id": by_import_id},
    )
    return True


def acknowledge(*, stop_id: int, note: str, at: datetime, actor: Actor) -> None:
    """Let a client's collection go on: a compliance officer with the client in scope, never who imported.

    Raises UnknownStop, OwnImport, NoteMissing, StopAcknowledged, AccessRefused. The same person again changes
    nothing.
    """
    require(actor, Role.COMPLIANCE_OFFICER)
    note = note.strip()
    if not note:
        raise NoteMissing()
    with transaction.atomic():
        stop = Stop.objects.select_for_update().filter(pk=stop_id).first()
        if stop is None:
            raise UnknownStop(stop=str(stop_id))
        require_client(actor, stop.client_id)
        if rules.has_a_hand(actor, stop.placed_by_id, stop.placed_by) or (
            stop.explained_by is not None and rules.has_a_hand(actor, stop.explained_by_id, stop.explained_by)
        ):
            raise OwnImport(import_id=str(stop.import_id), actor=actor.name)
        if stop.acknowledged_at is not None:
            if stop.acknowledged_by == actor.name:
                return
            raise StopAcknowledged(stop=str(stop_id), actor=stop.acknowledged_by)
        stop.acknowledged_at, stop.acknowledged_by_id, stop.acknowledged_by = at, actor.user_id, actor.name
        stop.note = note[:1000]
        stop.save(update_fields=["acknowledged_at", "acknowledged_by_id", "acknowledged_by", "note"])
        journal.append(
            chain=journal.INSTALLATION,
            kind="stop-acknowledged",
            room="clients",
            at=at,
            actor=actor,
            body={
                "client_id": stop.client_id,
                "stop_id": stop.pk,
                "import_id": stop.import_id,
                "is_explained": stop.explained_at is not None,
            },
        )
