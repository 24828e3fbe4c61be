"""A file that cannot be right stops a client's collection; a person who did not import it lets it go on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.db import transaction

from tideover.core.access.types import SYSTEM, AccessRefused, Actor, Role
from tideover.core.journal import queries as journal_queries
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.clients import rules
from tideover.know.clients.tests.test_clients import TERMS
from tideover.know.clients.types import (
    EVERY_DAY,
    WORKING_DAY,
    ExpectedFile,
    NoteMissing,
    OwnImport,
    StopAcknowledged,
    StopReason,
    UnknownStop,
)

AT = datetime(2026, 10, 5, 1, tzinfo=UTC)
GONE = StopReason("gone-above-share", {"gone": "30", "expected": "100", "most": "2"})
GAP = StopReason("sequence-gap", {"sequence": "7", "missing": "6"})


def officer(client_id: int, user_id: int = 9) -> Actor:
    return Actor(user_id, f"user{user_id}", frozenset({Role.COMPLIANCE_OFFICER}), client_ids=frozenset({client_id}))


def stopped(client_id: int, actor: Actor = SYSTEM, import_id: int = 1) -> int:
    with transaction.atomic():
        return clients.stop_collection(
            client_id=client_id, import_id=import_id, reasons=[GAP, GONE], at=AT, actor=actor
        )


@pytest.mark.django_db
def test_a_stop_names_the_gravest_reason_and_holds_until_it_is_acknowledged() -> None:
    client_id = clients.add_client(**TERMS, at=AT, actor=SYSTEM)
    assert clients_queries.get_stop(client_id) is None and not clients_queries.is_stopped(client_id)
    stop_id = stopped(client_id)
    stop = clients_queries.get_stop(client_id)
    assert stop is not None and stop.cause == "gone-above-share" and stop.is_open
    assert [reason.code for reason in stop.reasons] == ["gone-above-share", "sequence-gap"]
    clients.acknowledge(stop_id=stop_id, note="the bank confirms 30 settlements", at=AT, actor=officer(client_id))
    assert not clients_queries.is_stopped(client_id)
    kinds = [fact.kind for fact in journal_queries.list_facts(0)]
    assert kinds[:2] == ["stop-acknowledged", "collection-stopped"]


@pytest.mark.django_db
def test_who_imported_never_acknowledges_nor_who_sent_the_mending_nor_anybody_without_the_role() -> None:
    client_id = clients.add_client(**TERMS, at=AT, actor=SYSTEM)
    both = Actor(7, "wu", frozenset({Role.COMPLIANCE_OFFICER, Role.INTEGRATOR}), client_ids=frozenset({client_id}))
    stop_id = stopped(client_id, both)
    with pytest.raises(OwnImport):
        clients.acknowledge(stop_id=stop_id, note="mine", at=AT, actor=both)
    mender = officer(client_id, 8)
    with transaction.atomic():
        assert clients.note_explained(import_id=1, by_import_id=2, at=AT, actor=mender)
        assert not clients.note_explained(import_id=1, by_import_id=3, at=AT, actor=mender)
    with pytest.raises(OwnImport):
        clients.acknowledge(stop_id=stop_id, note="mine", at=AT, actor=mender)
    with pytest.raises(AccessRefused):
        clients.acknowledge(stop_id=stop_id, note="elsewhere", at=AT, actor=officer(client_id + 1))
    leader = Actor(3, "chen", frozenset({Role.TEAM_LEADER}), client_ids=frozenset({client_id}))
    with pytest.raises(AccessRefused):
        clients.acknowledge(stop_id=stop_id, note="we want to work", at=AT, actor=leader)
    with pytest.raises(NoteMissing):
        clients.acknowledge(stop_id=stop_id, note="  ", at=AT, actor=officer(client_id))
    with pytest.raises(UnknownStop):
        clients.acknowledge(stop_id=stop_id + 1, note="what", at=AT, actor=officer(client_id))
    stop = clients_queries.get_stop(client_id)
    assert stop is not None and stop.is_explained, "explained, and still for a person to let go"
    clients.acknowledge(stop_id=stop_id, note="mended", at=AT, actor=officer(client_id))
    clients.acknowledge(stop_id=stop_id, note="mended", at=AT, actor=officer(client_id))
    with pytest.raises(StopAcknowledged):
        clients.acknowledge(stop_id=stop_id, note="me too", at=AT, actor=officer(client_id, 10))


@pytest.mark.django_db
def test_a_terminal_that_imported_does_not_acknowledge() -> None:
    client_id = clients.add_client(**TERMS, at=AT, actor=SYSTEM)
    terminal = Actor(None, "command:root", frozenset({Role.SYSTEM}))
    stop_id = stopped(client_id, terminal)
    with pytest.raises(OwnImport):
        clients.acknowledge(stop_id=stop_id, note="mine", at=AT, actor=terminal)
    clients.acknowledge(stop_id=stop_id, note="seen", at=AT, actor=officer(client_id))


def test_a_file_is_late_only_where_the_profile_expects_it() -> None:
    full = ExpectedFile("full", None, time(7), EVERY_DAY)
    paid = ExpectedFile("payments", None, time(9, 30), WORKING_DAY)
    day = date(2026, 10, 8)
    assert rules.late_kinds((full, paid), day, time(6, 59), is_working_day=True, came=()) == ()
    assert rules.late_kinds((full, paid), day, time(7), is_working_day=True, came=()) == ("full",)
    assert rules.late_kinds((full, paid), day, time(9, 30), is_working_day=True, came=("full",)) == ("payments",)
    assert rules.late_kinds((full, paid), day, time(9, 30), is_working_day=False, came=("full",)) == ()
    assert rules.late_kinds((), day, time(23), is_working_day=True, came=()) == ()


def test_a_file_of_the_week_is_late_on_its_day_only_and_not_before_it_was_agreed() -> None:
    weekly = (ExpectedFile("full", None, time(7), "monday", date(2026, 10, 12)),)
    late = [
        day
        for day in (date(2026, 10, number) for number in range(1, 27))
        if rules.late_kinds(weekly, day, time(7), is_working_day=False, came=())
    ]
    assert late == [date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 26)]
    assert clients_queries.get_profile("unheard-of").id == "profiles.default"
