"""A file back that is killed at any moment is told of whole or not at all, and is written again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import pytest

from tideover.act.intake import operations as intake
from tideover.core.access.types import SYSTEM
from tideover.core.journal import queries as journal
from tideover.know.portfolio.tests.given import make_client

CHILD = """
import sys
from datetime import UTC, date, datetime
import django
django.setup()
from tideover.act.intake import operations as intake
from tideover.core.access.types import SYSTEM
print("ready", flush=True)
while True:
    intake.write_back(client_code="hengtong", mapping_id="hengtong_contacts_back", day=date(2026, 10, 9),
        at=datetime(2026, 10, 9, 12, tzinfo=UTC), actor=SYSTEM)
    print("written", flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_file_back_killed_at_five_moments_is_told_of_as_often_as_it_was_written() -> None:
    make_client("hengtong")
    moments = random.Random(5)
    for _ in range(5):
        before = _told()
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tideover.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        time.sleep(moments.random())
        child.send_signal(signal.SIGKILL)
        written = child.stdout.read().count("written")
        child.wait(timeout=60)
        assert _told() - before in (written, written + 1), "each is told once; the last may have been said to nobody"
    assert intake.write_back(
        client_code="hengtong",
        mapping_id="hengtong_contacts_back",
        day=date(2026, 10, 9),
        at=datetime(2026, 10, 9, 12, tzinfo=UTC),
        actor=SYSTEM,
    ).content
    assert journal.verify().holds


def _told() -> int:
    return sum(fact.kind == "file-sent-back" for fact in journal.list_facts(0))
