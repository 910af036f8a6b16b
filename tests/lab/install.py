"""Finds an Asterisk that can be run, or unpacks one from Debian into a cache folder."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OLDEST = 20
PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm")
SYSTEM_MODULES = ("/usr/lib/*/asterisk/modules", "/usr/lib*/asterisk/modules")
SYSTEM_DATA = ("/usr/share/asterisk", "/var/lib/asterisk", "/usr/local/share/asterisk")


class Missing(Exception):
    """A program that the lab needs is not here; the message says how to get it."""


@dataclass(frozen=True)
class Installation:
    """An Asterisk that can be run by anybody: the words that start it and where its parts lie."""

    argv: tuple[str, ...]
    modules: Path
    data: Path
    major: int


def say_on_stderr(sentence: str) -> None:
    """Where the lab tells what it is about to do, unless somebody else listens."""
    print(sentence, file=sys.stderr, flush=True)


def asterisk(say: Callable[[str], None] = say_on_stderr) -> Installation:
    """The machine's own Asterisk 20+, else the unpacked one; unpacks it at the first call."""
    return _own() or _unpacked(_cache()) or _unpack(_cache(), say)


def found() -> Installation | None:
    """As `asterisk`, but nothing is installed."""
    return _own() or _unpacked(_cache())


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "ccdialer" / "asterisk-22"


def _major(argv: tuple[str, ...]) -> int:
    words = subprocess.run([*argv, "-V"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"Asterisk (?:certified[/-])?(\d+)\.", words)
    return int(version.group(1)) if version else 0


def _own() -> Installation | None:
    program = shutil.which("asterisk", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None or _major((program,)) < OLDEST:
        return None
    modules = [path for pattern in SYSTEM_MODULES for path in Path("/").glob(pattern[1:])]
    data = [Path(path) for path in SYSTEM_DATA if (Path(path) / "rest-api").is_dir()]
    if not modules or not data:
        return None
    return Installation((program,), modules[0], data[0], _major((program,)))


def _unpacked(root: Path) -> Installation | None:
    """The tree at `root`. Its own loader and libraries are used, so no root rights, no chroot and
    no mounts are needed."""
    loaders = sorted(root.glob("usr/lib*/ld-linux*.so.*"))
    loaders += sorted(root.glob("usr/lib/*/ld-linux*.so.*"))
    modules = sorted(root.glob("usr/lib/*/asterisk/modules"))
    if not loaders or not modules:
        return None
    libraries = modules[0].parent.parent
    argv = (str(loaders[0]), "--library-path", str(libraries), str(root / "usr/sbin/asterisk"))
    return Installation(argv, modules[0], root / "usr/share/asterisk", _major(argv))


def _unpack(root: Path, say: Callable[[str], None]) -> Installation:
    if shutil.which("mmdebstrap") is None:
        raise Missing(
            "There is no Asterisk 20 or newer here, and no mmdebstrap to unpack one with. "
            "Install one of them: apt-get install mmdebstrap"
        )
    root.parent.mkdir(parents=True, exist_ok=True)
    with _alone(root.parent / "asterisk-22.lock"):
        if _unpacked(root) is None:
            say(f"Unpacking Asterisk 22 from Debian sid into {root} (about 270 MB, once).")
            _fetch(root)
    installation = _unpacked(root)
    if installation is None or installation.major < OLDEST:
        raise Missing(f"What was unpacked into {root} does not run; remove it and try again.")
    return installation


def _fetch(root: Path) -> None:
    """Extract the packages next to `root` and rename: a broken download leaves nothing behind."""
    beside = Path(tempfile.mkdtemp(prefix=".asterisk-22-", dir=root.parent))
    command = [
        "mmdebstrap",
        "--mode=chrootless",
        "--variant=extract",
        '--aptopt=Acquire::Check-Valid-Until "false"',
        f"--include={','.join(PACKAGES)}",
        "sid",
        str(beside / "tree"),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Missing(f"mmdebstrap could not unpack Asterisk: {done.stderr.strip()[-500:]}")
        os.rename(beside / "tree", root)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
