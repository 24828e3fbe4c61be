"""Public reads of clients."""

from __future__ import annotations

from collections.abc import Iterable

from tideover.core.policy import queries as policy
from tideover.know.clients.models import Client, Stop
from tideover.know.clients.rules import late_kinds as late_kinds
from tideover.know.clients.types import (
    ClientRead,
    ProfileRead,
    StopRead,
    StopReason,
    UnknownClient,
    UnknownStop,
)

DEFAULT_PROFILE = "profiles.default"


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


def get_stop(client_id: int) -> StopRead | None:
    """What stops the client's collection now: the gravest stop that nobody acknowledged; None: it goes on."""
    stops = list_stops([client_id])
    return stops[0] if stops else None


def is_stopped(client_id: int) -> bool:
    """Whether the client's collection stands still. Read live: a stop placed now holds from now."""
    return Stop.objects.filter(client_id=client_id, acknowledged_at=None).exists()


def list_stops(client_ids: Iterable[int], *, also_acknowledged: bool = False) -> list[StopRead]:
    """The stops of some clients that nobody acknowledged, those not explained first; or all, the newest first."""
    found = Stop.objects.filter(client_id__in=set(client_ids))
    if also_acknowledged:
        return [_stop(stop) for stop in found.order_by("-pk")]
    open_ones = [_stop(stop) for stop in found.filter(acknowledged_at=None).order_by("pk")]
    return sorted(open_ones, key=lambda stop: (stop.is_explained, stop.id))


def get_stop_by_id(stop_id: int) -> StopRead:
    """The stop with the id, acknowledged or not; raises UnknownStop."""
    stop = Stop.objects.filter(pk=stop_id).first()
    if stop is None:
        raise UnknownStop(stop=str(stop_id))
    return _stop(stop)


def find_stop_of_import(import_id: int) -> StopRead | None:
    """The stop that an import caused, if it did."""
    stop = Stop.objects.filter(import_id=import_id).first()
    return None if stop is None else _stop(stop)


def _stop(stop: Stop) -> StopRead:
    return StopRead(
        id=stop.pk,
        client_id=stop.client_id,
        cause=stop.cause,
        reasons=tuple(StopReason(each["code"], each["fields"]) for each in stop.reasons),
        import_id=stop.import_id,
        placed_at=stop.placed_at,
        placed_by_id=stop.placed_by_id,
        placed_by=stop.placed_by,
        explained_at=stop.explained_at,
        explained_import_id=stop.explained_import_id,
        explained_by_id=stop.explained_by_id,
        explained_by=stop.explained_by,
        acknowledged_at=stop.acknowledged_at,
        acknowledged_by=stop.acknowledged_by,
        note=stop.note,
    )


def get_profile(client_code: str) -> ProfileRead:
    """What the client sends and how: its own profile, else the default one."""
    files = {file.id: file for file in policy.load("profile")}
    file = files.get(f"profiles.{client_code}", files[DEFAULT_PROFILE])
    return ProfileRead(
        id=file.id,
        version=file.version,
        expects=file.data.expects,
        encoding=file.data.encoding,
        delimiter=file.data.delimiter,
        control=file.data.control,
        gone_share_max=file.data.gone_share_max,
        calendar=file.data.calendar,
    )
