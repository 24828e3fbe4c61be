"""What the clock asks for: a client's day is started once it is due, and a file that should have come is told."""

from __future__ import annotations

import contextlib
from datetime import date, datetime

import structlog
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tideover import day as days
from tideover.act.intake import operations as intake
from tideover.core.access.types import SYSTEM
from tideover.core.clock import queries as clock_queries
from tideover.core.problem import Problem
from tideover.decide.receipts import queries as receipts
from tideover.know.clients import queries as clients
from tideover.rehearsal import queries as rehearsal_queries

log = structlog.get_logger("tideover.days")


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="start-due-days", lock="start-due-days")
def start_due_days(timestamp: int) -> None:
    """Run each client's days that are due: those after the open day, once they have begun there.

    A client's first day is started by a person, by command. While a demo is replayed the rehearsal says when a day
    comes; once it is handed over, a day that a stop kept back is decided here as anywhere. Every client takes one
    day at a time, so that those of one team stay together; a client that fails, or is stopped, or waits for another,
    keeps nobody else from going on.
    """
    demo = rehearsal_queries.find_demo()
    if demo is not None and not demo.is_ready:
        return
    at = clock_queries.now()
    open_days = {client.id: receipts.get_open_day(client.id) for client in clients.list_clients()}
    for client_id, open_day in open_days.items():
        if open_day is not None and not days.is_sealed(client_id, open_day):
            _run(client_id, open_day, at)
    begun = sorted(client_id for client_id, open_day in open_days.items() if open_day is not None)
    before: list[date | None] = []
    while before != (now_open := [receipts.get_open_day(client_id) for client_id in begun]):
        before = now_open
        for client_id in begun:
            if (day := days.next_day(client_id, at)) is not None:
                _run(client_id, day, at)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="note-late-files", lock="note-late-files")
def note_late_files(timestamp: int) -> None:
    """Tell of each file that a client's profile expected by now and that has not come, once a day.

    While a demo's days are replayed its clock stands before the files that it brings in: nothing is late then.
    """
    demo = rehearsal_queries.find_demo()
    if demo is not None and not demo.is_ready:
        return
    if count := intake.note_late_files(at=clock_queries.now(), actor=SYSTEM):
        log.warning("files-late", count=count)


def ask_for_due_days() -> None:
    """Let the worker look at once, and not when the five minutes are over: a client's collection goes on."""
    with contextlib.suppress(AlreadyEnqueued):
        start_due_days.defer(timestamp=int(clock_queries.real_now().timestamp()))


def _run(client_id: int, day: date, at: datetime) -> None:
    try:
        came_to = days.run_day(client_id=client_id, day=day, at=at, actor=SYSTEM)
    except Problem as problem:
        log.error("day-not-run", client_id=client_id, code=problem.code)
        return
    if not came_to.is_filed:
        log.info("day-waits", client_id=client_id, day=day.isoformat(), is_stopped=came_to.is_stopped)
