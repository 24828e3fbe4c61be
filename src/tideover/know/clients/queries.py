"""Public reads of clients."""

from __future__ import annotations

from collections.abc import Iterable

from tideover.know.clients.models import Client
from tideover.know.clients.types import ClientRead, UnknownClient


def _read(client: Client) -> ClientRead:
    return ClientRead(
        id=client.pk,
        code=client.code,
        name_en=client.name_en,
        name_zh=client.name_zh,
        country=client.country,
        zone=client.zone,
        mandate=client.mandate,
        balance_authority=client.balance_authority,
        day_begins=client.day_begins,
        payment_file_lag_days=client.payment_file_lag_days,
        made_at=client.made_at,
    )


def get_client(code: str) -> ClientRead:
    """The client with the code; raises UnknownClient, whose words name the command that makes one."""
    client = Client.objects.filter(code=code).first()
    if client is None:
        raise UnknownClient(client=code)
    return _read(client)


def get_client_by_id(client_id: int) -> ClientRead:
    """The client with the id; raises UnknownClient."""
    client = Client.objects.filter(pk=client_id).first()
    if client is None:
        raise UnknownClient(client=str(client_id))
    return _read(client)


def list_clients(ids: Iterable[int] | None = None) -> list[ClientRead]:
    """All clients by code, or those with the ids."""
    found = Client.objects.order_by("code")
    if ids is not None:
        found = found.filter(pk__in=set(ids))
    return [_read(client) for client in found]
