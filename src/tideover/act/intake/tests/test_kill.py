"""A killed import leaves nothing that anybody sees; running it again is the cure. Two at once take turns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tideover.act.intake import staging
from tideover.act.intake.models import Import, QuarantinedRow, Run
from tideover.act.intake.operations import STEPS
from tideover.act.intake.tests.given import AT, CUT_OFF, PEOPLE, ROW, import_placement, write
from tideover.core.journal import queries as journal_queries
from tideover.know.clients import queries as clients_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.tests.given import make_client

CHILD = """
import os, signal, sys
import django
django.setup()
from tideover.act.intake.tests.given import import_placement

def progress(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

print(import_placement(sys.argv[1], progress=progress).is_repeat)
"""


def start(path: Path, kill_at: str) -> subprocess.Popen[str]:
    """An import in a process of its own, on this test's database."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), kill_at],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tideover.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )


def staged() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM intake_staged_account")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_at_any_step_shows_nothing_and_runs_again(tmp_path: Path) -> None:
    client_id = make_client()
    told = journal_queries.latest_fact_id()
    path = write(tmp_path, [ROW | PEOPLE | {"account_id": str(n), "customer_number": f"C{n}"} for n in range(50)])
    for step in STEPS[-2:]:
        assert start(path, step).wait(timeout=60) == -signal.SIGKILL
        assert portfolio_queries.count_accounts(client_id) == 0 and not Import.objects.exists()
        assert journal_queries.latest_fact_id() == told, "a killed import tells nothing"
    assert Run.objects.count() == 1 and staged() == 50, "each run sweeps the dead one before it"
    report = import_placement(path)
    assert report.new_count == 50 and not report.is_repeat
    assert not Run.objects.exists() and staged() == 0
    assert journal_queries.verify().holds


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_goes_in_once(tmp_path: Path) -> None:
    client_id = make_client()
    path = write(tmp_path, [ROW | {"account_id": str(number)} for number in range(200)])
    both = [start(path, "never") for _ in range(2)]
    said = sorted(child.communicate(timeout=60)[0].strip() for child in both)
    assert said == ["False", "True"]
    assert portfolio_queries.count_accounts(client_id) == 200 and Import.objects.count() == 1
    assert staged() == 0 and not Run.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_files_of_one_client_at_once_take_turns_and_each_account_is_stated_by_one_of_them(tmp_path: Path) -> None:
    client_id = make_client()
    first = [ROW | {"account_id": str(number)} for number in range(120)]
    second = [ROW | {"account_id": str(number), "bill_amt1": "5000"} for number in range(80, 200)]
    both = [start(write(tmp_path, rows, f"{name}.csv"), "never") for name, rows in (("one", first), ("two", second))]
    assert [child.communicate(timeout=60)[0].strip() for child in both] == ["False", "False"]
    assert portfolio_queries.count_accounts(client_id) == 200 and Import.objects.count() == 2
    assert sorted(Import.objects.values_list("good_count", flat=True)) == [80, 120], "nobody is stated by both"
    waiting = QuarantinedRow.objects.values_list("problems", flat=True)
    assert len(waiting) == 40 and {problem["code"] for row in waiting for problem in row} == {"stated-otherwise"}
    assert staged() == 0 and not Run.objects.exists() and journal_queries.verify().holds


@pytest.mark.django_db(transaction=True)
def test_of_two_files_at_once_with_one_number_the_one_is_taken_and_the_other_held(tmp_path: Path) -> None:
    client_id = make_client()
    both = []
    for name, amount in (("one", "3913"), ("two", "3914")):
        path = write(tmp_path, [ROW | {"account_id": str(n), "bill_amt1": amount} for n in range(100)], f"{name}.csv")
        told = f"format: 1\nkind: placement\nsequence: 1\ncut_off: {CUT_OFF}\nrows: 100\n"
        path.with_name(f"{path.name}.control.yaml").write_text(told)
        both.append(start(path, "never"))
    assert [child.communicate(timeout=60)[0].strip() for child in both] == ["False", "False"]
    assert sorted(Import.objects.values_list("status", flat=True)) == ["held", "taken"]
    assert portfolio_queries.count_accounts(client_id) == 100
    stop = clients_queries.get_stop(client_id)
    assert stop is not None and [reason.code for reason in stop.reasons] == ["sequence-used"]


@pytest.mark.django_db(transaction=True)
def test_a_run_that_lives_is_not_swept() -> None:
    with staging.opened(client_id=1, kind="placement", at=AT) as run_id:
        child = subprocess.run(
            [
                sys.executable,
                "-c",
                "import django; django.setup()\nfrom tideover.act.intake import staging\nprint(staging.sweep())",
            ],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tideover.settings"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert child.stdout.strip() == "0" and Run.objects.get().pk == run_id
