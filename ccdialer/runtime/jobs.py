"""Housekeeping that runs by the clock: watchdog, status line, edits made in the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()


def schedule(jobs: dict[str, tuple[float, Callable[[], Awaitable[None]]]]) -> AsyncIOScheduler:
    """Start a scheduler in the running loop: name -> (every so many seconds, coroutine function).

    A run that comes late is still of use, and two of one kind never overlap.
    """
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True}
    )
    for name, (seconds, job) in jobs.items():
        scheduler.add_job(job, "interval", seconds=seconds, id=name)
    scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    scheduler.start()
    return scheduler


def _report(event: JobExecutionEvent) -> None:
    log.error("housekeeping failed", job=event.job_id, trouble=repr(event.exception))
