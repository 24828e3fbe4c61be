"""Two who append to one chain at the same time take turns, and the chain holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from tideover.core.access.types import SYSTEM
from tideover.core.journal import operations as journal
from tideover.core.journal import queries

NOW = datetime(2026, 10, 1, 1, tzinfo=UTC)
SET = "SELECT chain::bigint, '{}'::jsonb FROM generate_series(1, 20) AS chain"


def single(kind: str) -> None:
    journal.append(chain=7, kind=kind, room="tests", at=NOW, actor=SYSTEM, body={})


def many() -> None:
    journal.append_set(kind="set", room="tests", at=NOW, actor=SYSTEM, select=SET)


@pytest.mark.parametrize(
    ("comes_second", "told"), [(many, "set"), (lambda: single("single"), "single")], ids=["a set", "a single fact"]
)
@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_waits_for_the_first_and_links_to_it(comes_second: Callable[[], None], told: str) -> None:
    with transaction.atomic():
        single("before")
    written, may_commit = threading.Event(), threading.Event()

    def one() -> None:
        with transaction.atomic():
            single("first")
            written.set()
            may_commit.wait(10)
        connection.close()

    def other() -> None:
        with transaction.atomic():
            comes_second()
        connection.close()

    first, second = threading.Thread(target=one), threading.Thread(target=other)
    first.start()
    assert written.wait(10)
    second.start()
    second.join(0.5)
    assert second.is_alive(), "it waits for the chain's head"
    may_commit.set()
    first.join(10)
    second.join(10)

    assert [each.kind for each in queries.list_facts(7)] == [told, "first", "before"]
    with transaction.atomic():
        single("after")
    assert queries.verify().holds
