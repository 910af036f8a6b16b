"""Asterisk's folder of recordings as this machine sees it: where a file is, and all there are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ccdialer.config import RecordingFormat
from ccdialer.core.stored import attempt_in

# Asterisk writes the name of the format after the dot, but for one (build_filename, main/file.c).
ENDINGS = {RecordingFormat.WAV49: "WAV"}

# Bytes before the first sample, and bytes a second.
RATES = {
    RecordingFormat.WAV: (44, 16000),
    RecordingFormat.WAV16: (44, 32000),
    RecordingFormat.WAV49: (60, 1625),
    RecordingFormat.GSM: (0, 1650),
    RecordingFormat.ULAW: (0, 8000),
    RecordingFormat.ALAW: (0, 8000),
}


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file whose name is as ccdialer gives them; without its ending."""

    name: str
    size: int  # bytes
    changed_at: float  # epoch seconds


def path_of(folder: str, name: str, kind: str) -> Path:
    """Where the recording of that name and format lies. Raises ValueError for a name that is none
    of ours, so that none leads out of the folder."""
    if not attempt_in(name):
        raise ValueError(f"{name!r} is not the name of a recording")
    return Path(folder) / f"{name}.{ENDINGS.get(RecordingFormat(kind), kind)}"


def size_of(folder: str, name: str, kind: str) -> int | None:
    """Bytes of its file; None: there is none to be seen."""
    with suppress(OSError):
        return path_of(folder, name, kind).stat().st_size
    return None


def seconds_of(kind: str, size: int) -> float:
    """How long a file of that size lasts."""
    header, rate = RATES[RecordingFormat(kind)]
    return max(0, size - header) / rate


def seen_in(folder: str) -> Iterator[SeenFile]:
    """All recordings by their names, whether an attempt is known for them or not. Raises OSError
    if the folder cannot be read."""
    for day in os.scandir(folder):
        if not day.is_dir(follow_symlinks=False):
            continue
        for file in os.scandir(day.path):
            name = f"{day.name}/{file.name.rpartition('.')[0]}"
            if attempt_in(name) and file.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):  # deleted while we look
                    found = file.stat()
                    yield SeenFile(name, found.st_size, found.st_mtime)
