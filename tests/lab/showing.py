"""Shows a demo to its reader: sentences, and commands of ccdialer as he would type them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.lab.site import Site


class Failed(Exception):
    """The demo cannot go on; the message says why."""


def command(site: Site, *words: str, limit_s: float = 60.0) -> None:
    """Print a command of ccdialer, then run it before the reader's eyes. Raises Failed."""
    print(f"\n$ ccdialer {' '.join(shown(word) for word in words)}", flush=True)
    try:
        done = subprocess.run(argv(site, *words), timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"`ccdialer {' '.join(words)}` took more than {limit_s:.0f} s") from None
    if done.returncode:
        raise Failed(f"`ccdialer {' '.join(words)}` ended with {done.returncode}")


def argv(site: Site, *words: str) -> list[str]:
    return [str(site.folder / "ccdialer"), *words]


def shown(path: Path | str) -> str:
    """A path as the reader would type it, from where he stands."""
    return str(path).removeprefix(f"{Path.cwd()}/")


def say(sentence: str) -> None:
    print(f"\n--- {sentence}", flush=True)
