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
