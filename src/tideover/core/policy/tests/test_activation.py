"""What ships is activated once; afterwards a changed file is refused by name, and old versions stay readable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tideover.core.access.types import SYSTEM
from tideover.core.journal import queries as journal_queries
from tideover.core.policy import files, queries
from tideover.core.policy import operations as policy
from tideover.core.policy.tests.test_files import GOOD, write
from tideover.core.policy.types import PolicyChanged, PolicyVersionUnknown

AT = datetime(2026, 10, 1, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def overlay(tmp_path: Path, settings: object) -> Iterator[Path]:
    """A lender's folder with a calendar of its own, read afresh."""
    settings.POLICY_OVERLAY = tmp_path  # type: ignore[attr-defined]
    write(tmp_path, "cn", GOOD)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    """As a new process would begin."""
    files.open_library.cache_clear()
    queries._accepted.clear()


def test_a_new_home_activates_what_ships_by_one_fact(overlay: Path) -> None:
    count = policy.activate_shipped(at=AT, actor=SYSTEM)
    assert count == len(queries.list_activations()) > 5
    fact = journal_queries.list_facts(0)[-1]
    assert fact.kind == "policies-activated"
    assert queries.active_versions()["calendars.cn"] == queries.get("calendars", "calendars.cn").version
    assert policy.activate_shipped(at=AT, actor=SYSTEM) == 0


def test_a_running_installation_refuses_a_changed_file_by_name(overlay: Path) -> None:
    policy.activate_shipped(at=AT, actor=SYSTEM)
    write(overlay, "cn", GOOD.replace("[2026-10-01]", "[2026-10-02]"))
    forget()
    with pytest.raises(PolicyChanged) as refused:
        queries.load("calendars")
    assert refused.value.fields["policies"] == "calendars.cn"
    with pytest.raises(PolicyChanged):
        policy.activate_shipped(at=AT, actor=SYSTEM)
    assert queries.load("stages")


def test_a_file_that_was_never_activated_is_refused_too(overlay: Path) -> None:
    policy.activate_shipped(at=AT, actor=SYSTEM)
    write(overlay, "de")
    forget()
    with pytest.raises(PolicyChanged):
        queries.get("calendars", "calendars.de")


def test_a_rule_that_was_taken_away_is_missed_by_name(overlay: Path) -> None:
    write(overlay, "de")
    forget()
    policy.activate_shipped(at=AT, actor=SYSTEM)
    for file in overlay.rglob("de*.yaml"):
        file.unlink()
    forget()
    with pytest.raises(PolicyChanged) as refused:
        queries.load("calendars")
    assert refused.value.fields["policies"] == "calendars.de"
    with pytest.raises(PolicyChanged):
        policy.activate_shipped(at=AT, actor=SYSTEM)


def test_where_nothing_was_activated_every_file_is_taken(overlay: Path) -> None:
    write(overlay, "de")
    forget()
    assert queries.get("calendars", "calendars.de").layer == "lender"


def test_an_old_decision_is_replayed_with_the_version_it_used(overlay: Path) -> None:
    policy.activate_shipped(at=AT, actor=SYSTEM)
    old = queries.get("calendars", "calendars.cn").version
    write(overlay, "cn", GOOD.replace("[2026-10-01]", "[2026-10-02]"))
    forget()
    kept = queries.get_version("calendars", "calendars.cn", old)
    assert kept.version == old == hashlib.sha256(kept.text.encode()).hexdigest()
    assert kept.data.calendar.is_working_day(date(2026, 10, 2))
    with pytest.raises(PolicyVersionUnknown):
        queries.get_version("calendars", "calendars.cn", "0" * 64)
