"""Threads that run scripts: bounded, and replaced when one does not come back.

A thread of Python cannot be ended from outside. One whose script hangs is given up: another takes
its place at once, and GivenUp is raised in it, which ends a script that computes without end, and
one that waits for something as soon as it comes back. How many hang is counted by script, so that
the server can shut out a script before it has eaten the machine.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue


class GivenUp(BaseException):
    """Raised in the thread of a script whose time is up; not for scripts to catch."""


class Job:
    """A piece of work; `whose`: of which script, as it is now."""

    __slots__ = ("is_done", "is_given_up", "is_running", "thread", "whose", "work")

    def __init__(self, whose: object, work: Callable[[], None]) -> None:
        self.whose = whose
        self.work = work
        self.thread = 0  # that runs it
        self.is_running = False
        self.is_given_up = False
        self.is_done = False


class Crew:
    """At most `most` threads at work, besides those that were given up."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._alive = 0  # threads that take jobs
        self._due = 0  # jobs that somebody waits for, begun or not
        self._hanging: set[Job] = set()

    def submit(self, job: Job) -> None:
        """Run a job as soon as a thread is free. `work` must not raise."""
        with self._lock:
            self._due += 1
            hires = self._hires()
        self._queue.put(job)
        if hires:
            self._hire()

    def give_up(self, job: Job) -> None:
        """Nobody waits for it any more: it is not begun, or its thread is given up."""
        with self._lock:
            if job.is_done or job.is_given_up:
                return
            job.is_given_up = True
            self._due -= 1
            if job.is_running:
                self._hanging.add(job)
                self._alive -= 1
                _interrupt(job.thread)
            hires = self._hires()
        if hires:
            self._hire()

    def hanging(self, whose: object = None) -> int:
        """Threads that were given up and have not come back: of one script, or of all."""
        with self._lock:
            return sum(whose is None or job.whose == whose for job in self._hanging)

    def close(self) -> None:
        """Free threads end; those that hang end with the process."""
        with self._lock:
            count = self._alive
        for _ in range(count):
            self._queue.put(None)

    def _hires(self) -> bool:
        """Whether one more thread is wanted, which counts from now on; under the lock."""
        hires = self._alive < min(self._due, self._most)
        self._alive += hires
        return hires

    def _hire(self) -> None:
        try:
            threading.Thread(target=self._run, name="agi-script", daemon=True).start()
        except RuntimeError:  # the machine has no more: the job waits for another, or in vain
            with self._lock:
                self._alive -= 1

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            if not self._serve(job):
                return
        with self._lock:
            self._alive -= 1

    def _serve(self, job: Job) -> bool:
        """False: this thread was given up. GivenUp may come at any step, once."""
        try:
            if self._begin(job):
                with suppress(GivenUp):
                    job.work()
                return self._end(job)
            return True
        except GivenUp:  # it was on its way when the script came back
            return self._end(job)

    def _begin(self, job: Job) -> bool:
        with self._lock:
            job.is_running, job.thread = not job.is_given_up, threading.get_ident()
            return job.is_running

    def _end(self, job: Job) -> bool:
        """False: this thread was given up, and another has its place."""
        with self._lock:
            job.is_done = True
            self._hanging.discard(job)
            self._due -= not job.is_given_up
            return not job.is_given_up


def _interrupt(thread: int) -> None:
    """Raise GivenUp there, as soon as it runs Python again (C API: PyThreadState_SetAsyncExc)."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(GivenUp))
