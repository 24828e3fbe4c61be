"""Files that a client's profile expects and that did not come; judged against the profile alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tideover.act.intake.models import Import, LateFile
from tideover.core.access.types import Actor
from tideover.core.clock import rules as clock
from tideover.core.clock.rules import CalendarNotKnown
from tideover.core.journal import operations as journal
from tideover.core.policy import queries as policy_queries
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead, ProfileRead


@dataclass(frozen=True)
class Late:
    """A file that should have come by now, today where the client is."""

    client_id: int
    kind: str
    day: date
    by_at: datetime


def list_late(client_ids: Iterable[int], at: datetime) -> list[Late]:
    """What some clients' profiles expected by now and what has not come today, by client and hour."""
    found = [
        late
        for client in clients_queries.list_clients(client_ids)
        for late in _late_of(client, clients_queries.get_profile(client.code), at)
    ]
    return sorted(found, key=lambda late: (late.client_id, late.by_at))


def _late_of(client: ClientRead, profile: ProfileRead, at: datetime) -> list[Late]:
    if not profile.expects:
        return []
    day = client.local_date(at)
    came = Import.objects.filter(
        client_id=client.id, committed_at__gte=clock.start_of_day(day, client.zone), committed_at__lte=at
    ).values_list("kind", flat=True)
    kinds = clients_queries.late_kinds(
        profile.expects,
        day,
        clock.local_time(at, client.zone),
        is_working_day=_is_working_day(profile, day),
        came=frozenset(came),
    )
    by = {expected.kind: expected.by for expected in profile.expects}
    return [Late(client.id, kind, day, clock.instant(day, by[kind], client.zone)) for kind in kinds]


def _is_working_day(profile: ProfileRead, day: date) -> bool:
    """By the profile's calendar; a day that has not been announced is taken for one: better asked than missed."""
    if profile.calendar is None:
        return True
    try:
        return policy_queries.get("calendars", profile.calendar).data.calendar.is_working_day(day)
    except CalendarNotKnown:
        return True


def note_late_files(*, at: datetime, actor: Actor) -> int:
    """Write a fact for each expected file that is late now, once a client, kind and day; returns how many are new."""
    new = 0
    for late in list_late([client.id for client in clients_queries.list_clients()], at):
        with transaction.atomic():
            _, made = LateFile.objects.get_or_create(
                client_id=late.client_id, kind=late.kind, day=late.day, defaults={"noted_at": at}
            )
            if made:
                new += 1
                journal.append(
                    chain=journal.INSTALLATION,
                    kind="file-late",
                    room="intake",
                    at=at,
                    actor=actor,
                    body={"client_id": late.client_id, "kind": late.kind, "day": late.day, "by_at": late.by_at},
                )
    return new
