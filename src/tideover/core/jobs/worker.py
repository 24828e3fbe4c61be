"""Running the jobs, with a connector that is the worker's alone.

The tasks keep the Django connector: a job that defers another and then rolls back leaves no child behind.
Procrastinate's own worker command swaps the connector of the whole process, and would leave one.
"""

from __future__ import annotations

import asyncio

from procrastinate.app import App
from procrastinate.contrib.django import app

from tideover.core.jobs import lost

CONCURRENCY = 6
"""One long job and the small ones beside it; in a demo each call takes a place for as long as its talk lasts."""

GRACE_SECONDS = 2
"""After this long a stopping worker tells its jobs to give up; a job that listens ends at its next step."""


def build() -> App:
    """The worker's own application: the same tasks over a connection pool of its own."""
    app.perform_import_paths()
    return app.with_connector(app.connector.get_worker_connector())  # pyright: ignore[reportAttributeAccessIssue]


def run(*, alone: bool) -> None:
    """Work until told to stop. ``alone``: no other worker exists, so a job still ``doing`` has lost its own."""
    if alone:
        give_back_lost_jobs(seconds=0)
    build().run_worker(
        concurrency=CONCURRENCY,
        shutdown_graceful_timeout=GRACE_SECONDS,
        delete_jobs="successful",
    )


def give_back_lost_jobs(*, seconds: float) -> int:
    """Let the jobs of workers that were not heard from for so long be done again; says how many."""

    async def give_back() -> int:
        worker = build()
        async with worker.open_async():
            return await lost.give_back(worker.job_manager, seconds=seconds)

    return asyncio.run(give_back())
