"""The jobs that keep the other jobs going. No business time here: what is due, ``day.py`` decides."""

from __future__ import annotations

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

log = structlog.get_logger("tideover.jobs")


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry-stalled-jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs of a killed worker to another: nothing built in does, and each would stay ``doing`` for ever.

    A retry runs a job again from its start, so every job is idempotent.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        log.warning("job-retried", job_id=job.id, task=job.task_name)
        await manager.retry_job(job)
