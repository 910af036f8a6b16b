"""The schema as it was before a migration."""

from __future__ import annotations

import shutil
from pathlib import Path

from ccdialer.storage.migrating import STEPS


def steps_before(step: str, folder: Path) -> Path:
    """A folder with the migrations that come before the one of this number, such as 0007."""
    steps = folder / "before"
    steps.mkdir()
    for path in sorted(STEPS.glob("0*.py")):
        if path.stem < step:
            shutil.copy(path, steps)
    return steps
