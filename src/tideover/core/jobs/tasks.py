"""The job that keeps the other jobs going. No business time here: what is due, ``day.py`` decides."""

from __future__ import annotations

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

from tideover.core.jobs import lost

STALLED_SECONDS = 30
"""Three heartbeats missed."""

log = structlog.get_logger("tideover.jobs")


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry-stalled-jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs of a killed worker to another: nothing built in does."""
    count = await lost.give_back(context.app.job_manager, seconds=STALLED_SECONDS)
    if count:
        log.warning("jobs-given-back", count=count)
