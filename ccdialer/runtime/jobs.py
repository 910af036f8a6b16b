"""Housekeeping that runs by the clock: watchdog, status line, edits made in the database."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

Jobs = dict[str, tuple[float, Callable[[], Awaitable[None]]]]
"""Name -> (every so many seconds, coroutine function)."""


class Housekeeping:
    """Runs jobs in the loop. A run that comes late is still of use, and two of one kind never
    overlap; one that fails is logged, and comes again."""

    def __init__(self) -> None:
        defaults = {"misfire_grace_time": None, "coalesce": True}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        self._scheduler.add_listener(_report, EVENT_JOB_ERROR)

    def start(self, jobs: Jobs) -> None:
        """Begin, in the running loop; the first run of each comes after its interval."""
        for name, (seconds, job) in jobs.items():
            self._scheduler.add_job(job, "interval", seconds=seconds, id=name)
        self._scheduler.start()
        logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)  # _report tells it

    def change(self, name: str, seconds: float) -> None:
        """Run the job every so many seconds from now on."""
        self._scheduler.reschedule_job(name, trigger="interval", seconds=seconds)

    def leave_only(self, name: str) -> None:
        """Take all other jobs out; what is running runs to its end."""
        for job in self._scheduler.get_jobs():
            if job.id != name:
                job.remove()

    def end(self) -> None:
        """Run nothing more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _report(event: JobExecutionEvent) -> None:
    log.error("housekeeping failed", job=event.job_id, exc_info=event.exception)
