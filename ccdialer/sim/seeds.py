"""Does the same work again and again, for many seeds, on several processors of the machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def over_seeds(work: Callable[[int], T], seeds: int) -> Iterator[T]:
    """`work(seed)` for the seeds from 1, on all processors; see `spread`."""
    return spread(work, range(1, seeds + 1), os.cpu_count() or 1)


def spread(work: Callable[[S], T], jobs: Sequence[S], processes: int) -> Iterator[T]:
    """The work on each job, in order, as soon as it is done; it must be picklable.

    What comes of it does not depend on `processes`. Whoever stops asking stops them too.
    """
    processes = min(processes, len(jobs))
    if processes < 2:
        yield from map(work, jobs)
        return
    # Spawned, so that nothing of this process (its connections, its threads) is in them.
    with multiprocessing.get_context("spawn").Pool(processes, _leave_interrupts) as pool:
        yield from pool.imap(work, jobs)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that asked: it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
