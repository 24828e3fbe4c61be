"""A file of instalments that is killed at any moment leaves nothing that anybody sees; running it again is the cure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tideover.act.intake.models import Import
from tideover.act.intake.operations import STEPS
from tideover.act.intake.tests.test_hengtong import bring
from tideover.core.journal import queries as journal_queries
from tideover.know.portfolio.tests.given import make_client

CHILD = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from tideover.act.intake.tests.test_hengtong import bring

def progress(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

bring(Path(sys.argv[1]), "good/placement.csv", progress=progress)
"""
TABLES = (
    "portfolio_account",
    "portfolio_instalment",
    "portfolio_party",
    "portfolio_batch",
    "customers_customer",
    "customers_contactpoint",
    "ledger_statedbalance",
)


def rows() -> dict[str, int]:
    """How much there is of everything that an import makes."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db(transaction=True)
def test_a_file_of_instalments_killed_at_any_step_shows_nothing_and_runs_again(tmp_path: Path) -> None:
    make_client("hengtong")
    told = journal_queries.latest_fact_id()
    for step in STEPS[:5]:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), step],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tideover.settings"},
        )
        assert child.wait(timeout=180) == -signal.SIGKILL
        assert not any(rows().values()) and not Import.objects.exists(), step
        assert journal_queries.latest_fact_id() == told, "a killed import tells nothing"
    assert bring(tmp_path, "good/placement.csv").new_count == 4
    assert rows()["portfolio_instalment"] == 24 and rows()["portfolio_party"] == 6
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM intake_staged_instalment), (SELECT count(*) FROM intake_run)")
        assert cursor.fetchone() == (0, 0)
    assert journal_queries.verify().holds
