"""Two who append to one chain at the same time take turns, and the chain holds."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from tideover.core.access.types import SYSTEM
from tideover.core.journal import operations as journal
from tideover.core.journal import queries

NOW = datetime(2026, 10, 1, 1, tzinfo=UTC)
SET = "SELECT chain::bigint, '{}'::jsonb FROM generate_series(1, 20) AS chain"


@pytest.mark.django_db(transaction=True)
def test_a_set_waits_for_a_single_fact_and_links_to_it() -> None:
    written, may_commit = threading.Event(), threading.Event()

    def one() -> None:
        with transaction.atomic():
            journal.append(chain=7, kind="single", room="tests", at=NOW, actor=SYSTEM, body={})
            written.set()
            may_commit.wait(10)
        connection.close()

    def many() -> None:
        with transaction.atomic():
            journal.append_set(kind="set", room="tests", at=NOW, actor=SYSTEM, select=SET)
        connection.close()

    first, second = threading.Thread(target=one), threading.Thread(target=many)
    first.start()
    assert written.wait(10)
    second.start()
    second.join(0.5)
    assert second.is_alive(), "the set waits for the chain's head"
    may_commit.set()
    first.join(10)
    second.join(10)

    assert [each.kind for each in queries.list_facts(7)] == ["set", "single"]
    assert queries.verify().holds
