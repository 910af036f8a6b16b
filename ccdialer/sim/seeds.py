"""Does the same work for many seeds, on all processors of the machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


def over_seeds(work: Callable[[int], T], seeds: int) -> Iterator[T]:
    """`work(seed)` for the seeds from 1, in their order; it must be picklable.

    Whoever stops asking stops the processes too.
    """
    processes = min(seeds, os.cpu_count() or 1)
    if processes < 2:
        yield from map(work, range(1, seeds + 1))
        return
    # Spawned, so that nothing of this process (its connections, its threads) is in them.
    with multiprocessing.get_context("spawn").Pool(processes, _leave_interrupts) as pool:
        yield from pool.imap(work, range(1, seeds + 1))


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that asked: it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
