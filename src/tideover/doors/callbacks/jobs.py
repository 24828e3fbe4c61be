"""What the clock asks for: a client's day is started once it is due."""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app

from tideover import day as days
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

    A client's first day is started by a person, by command. In a demo the rehearsal says when a day comes.
    """
    if rehearsal_queries.find_demo() is not None:
        return
    at = clock_queries.now()
    for client in clients.list_clients():
        if receipts.get_open_day(client.id) is None:
            continue
        try:
            while (day := days.next_day(client.id, at)) is not None:
                days.run_day(client_id=client.id, day=day, at=at, actor=SYSTEM)
        except Problem as problem:
            log.error("day-not-run", client_id=client.id, code=problem.code)
