"""Jobs whose worker was killed: each would stay ``doing`` for ever, and what waits behind it as well."""

from __future__ import annotations

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager


async def give_back(manager: JobManager, *, seconds: float) -> int:
    """Let the jobs of workers that were not heard from for so long be done again; says how many.

    A retry runs a job from its start, so every job is idempotent. Where the same is asked for already, the lost
    job is dropped: the one that waits does its work.
    """
    count = 0
    for job in list(await manager.get_stalled_jobs(seconds_since_heartbeat=seconds)):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)
        count += 1
    return count
