"""Writes a file whole or not at all, readable for whom its folder belongs to."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from ccdialer.errors import UnreadableFile

MODE = 0o640  # there are passwords in what Asterisk is told


def replaced(path: Path, text: str) -> bool:
    """Put the text in the place of the file; False if it was there already.

    Whoever reads it meanwhile finds the old text or the new one. Raises UnreadableFile, having
    changed nothing.
    """
    try:
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return False
        _put(path, text)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UnreadableFile(f"{path}: cannot be written: {reason}") from None
    return True


def _put(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.chmod(name, MODE)
        folder = path.parent.stat()
        with suppress(PermissionError):  # written by root, read by Asterisk's account
            os.chown(name, folder.st_uid, folder.st_gid)
        os.replace(name, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
