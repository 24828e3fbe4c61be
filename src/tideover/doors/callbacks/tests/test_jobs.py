"""What the clock asks for by itself: a file that should have come is told of, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from tideover.core.clock import operations as clock_operations
from tideover.core.journal import queries as journal_queries
from tideover.doors.callbacks import jobs
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import EVERY_DAY, ExpectedFile
from tideover.know.portfolio.tests.given import make_client
from tideover.rehearsal import demo


@pytest.mark.django_db
def test_the_job_tells_of_a_late_file_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (ExpectedFile("full", None, time(8), EVERY_DAY),)
    profile = replace(clients_queries.get_profile("x"), expects=expected)
    monkeypatch.setattr(clients_queries, "get_profile", lambda code: profile)
    make_client()
    clock_operations.set_instant(at=datetime(2026, 10, 2, 1, tzinfo=UTC), waits_until_at=None)
    for _ in range(2):
        jobs.note_late_files(timestamp=0)
    assert [fact.kind for fact in journal_queries.list_facts(0)].count("file-late") == 1


@pytest.mark.django_db
def test_nothing_is_late_while_a_demo_s_days_are_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (ExpectedFile("full", None, time(8), EVERY_DAY),)
    profile = replace(clients_queries.get_profile("x"), expects=expected)
    monkeypatch.setattr(clients_queries, "get_profile", lambda code: profile)
    demo.prepare(accounts=1, loans=0, days=1, collectors=1)
    jobs.note_late_files(timestamp=0)
    assert "file-late" not in [fact.kind for fact in journal_queries.list_facts(0)]
