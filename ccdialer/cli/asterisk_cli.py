"""Asks Asterisk's own command line what ARI has no word for, where it runs on this machine."""

from __future__ import annotations

import shutil
import subprocess

LIMIT_S = 5.0


def asterisk_says(words: str) -> str | None:
    """What `asterisk -rx WORDS` prints; None: it does not run here, or not for us."""
    program = shutil.which("asterisk")
    if program is None:
        return None
    try:
        told = subprocess.run(
            [program, "-rx", words],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if told.returncode else told.stdout
