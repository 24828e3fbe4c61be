"""The worker runs what was asked for, and nothing that was taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from tideover.core.jobs import worker


class TakenBack(Exception):
    """A job gives up on purpose."""


@pytest.fixture
def tasks() -> Iterator[list[str]]:
    """Two tasks of this test: one asks for the other and then takes everything back."""
    ran: list[str] = []

    @app.task(name="tests.child", queue="tests")
    def child() -> None:
        ran.append("child")

    @app.task(name="tests.parent", queue="tests")
    def parent(*, fails: bool) -> None:
        ran.append("parent")
        with transaction.atomic():
            child.defer()
            if fails:
                raise TakenBack

    yield ran
    for name in ("tests.child", "tests.parent"):
        app.tasks.pop(name)


def work() -> None:
    worker.build().run_worker(queues=["tests"], wait=False, install_signal_handlers=False, listen_notify=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fails", "expected"), [(False, ["parent", "child"]), (True, ["parent"])])
def test_a_job_that_rolls_back_leaves_no_child(tasks: list[str], fails: bool, expected: list[str]) -> None:
    app.configure_task("tests.parent").defer(fails=fails)
    work()
    assert tasks == expected


def lose(job: int) -> None:
    """The worker of a job is killed while it works."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (%s) returning id",
            [datetime(2026, 1, 1, tzinfo=UTC)],
        )
        gone = cursor.fetchone()[0]
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s where id = %s", [gone, job])


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_is_done_again(tasks: list[str]) -> None:
    lose(app.configure_task("tests.child").defer())
    work()
    assert tasks == []
    assert worker.give_back_lost_jobs(seconds=30) == 1
    work()
    assert tasks == ["child"]


@pytest.mark.django_db(transaction=True)
def test_a_lost_job_that_was_asked_for_again_is_done_once(tasks: list[str]) -> None:
    lose(app.configure_task("tests.child", queueing_lock="once").defer())
    app.configure_task("tests.child", queueing_lock="once").defer()
    assert worker.give_back_lost_jobs(seconds=30) == 1
    work()
    assert tasks == ["child"]
