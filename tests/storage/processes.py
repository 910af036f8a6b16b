"""Other processes for tests: started with a piece of Python, spoken with by lines, killed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

LIMIT_S = 60


class Other:
    """A process that says a line when it got somewhere."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def line(self) -> str:
        """What it says next; empty if it ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.wait(LIMIT_S)


@contextlib.contextmanager
def other_process(code: str, *arguments: str) -> Iterator[Other]:
    """Run Python `code` with `arguments` in sys.argv[1:]; killed at the end if it still lives."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", code, *arguments], stdout=subprocess.PIPE, text=True
    )
    other = Other(process)
    try:
        yield other
    finally:
        other.kill()
        assert process.stdout is not None
        process.stdout.close()
