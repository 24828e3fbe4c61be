"""Clients are made by an administrator, by command."""

from __future__ import annotations

from datetime import datetime, time

from django.db import connection, transaction

from tideover.core.access.rules import require
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.know.clients import rules
from tideover.know.clients.models import Client
from tideover.know.clients.types import ClientCodeTaken


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
