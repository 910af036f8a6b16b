"""Clients in a CSV file that another system writes; it is read again when it changes."""

from __future__ import annotations

import csv
import io
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ccdialer.core.card import Card
from ccdialer.core.phone import Reader, split_numbers
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.rows import card_of_rows

NUMBERS = ("number", "phone", "number2", "phone2", "number3", "phone3")
MOST_BYTES = 200_000_000
DELIMITERS = ";,\t|"

Stamp = tuple[int, int, int]
Row = Mapping[str, str]


class CsvConnector:
    """Looks a number up in a file; as long as the file cannot be read, what was in it counts."""

    def __init__(self, name: str, path: Path, reader: Reader) -> None:
        self.name = name
        self._path = path
        self._reader = reader
        self._read_as: Stamp | None = None
        self._rows: dict[str, list[Row]] = {}
        self._reading = threading.Lock()

    def find(self, number: str, within_s: float) -> Card | None:
        """The client with that number. Raises CrmFault if the file was never readable."""
        self._look(within_s)
        return card_of_rows(self.name, self._rows.get(number, []))

    def _look(self, within_s: float) -> None:
        """Read the file if it is another one than before."""
        try:
            stamp = _stamp_of(self._path)
        except OSError as error:
            if self._read_as is None:
                raise _unreadable(self._path, error.strerror or str(error)) from error
            return
        if stamp == self._read_as or not self._reading.acquire(timeout=self._patience_s(within_s)):
            return
        try:
            if stamp != self._read_as:
                self._rows = _rows_of(self._path, self._reader)
                self._read_as = stamp
        except CrmFault:
            if self._read_as is None:
                raise
        finally:
            self._reading.release()

    def _patience_s(self, within_s: float) -> float:
        """Only before the first reading is there nothing to answer with meanwhile."""
        return within_s if self._read_as is None else 0.0


def _stamp_of(path: Path) -> Stamp:
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size, found.st_ino


def _unreadable(path: Path, why: str) -> CrmFault:
    return CrmFault("crm_file", f"{path}: {why}")


def _rows_of(path: Path, reader: Reader) -> dict[str, list[Row]]:
    lines = io.StringIO(_text_of(path), newline="")
    table = csv.DictReader(lines, delimiter=_delimiter(lines), restkey="", restval="")
    names = {name.strip().lower(): name for name in table.fieldnames or () if name}
    columns = [names[each] for each in NUMBERS if each in names]
    if not columns:
        wanted = " or ".join(NUMBERS[:2])
        raise _unreadable(path, f"its first line has no column {wanted}")
    found: dict[str, list[Row]] = {}
    others = {key: column for key, column in names.items() if column not in columns}
    try:
        for row in table:
            kept = {key: row[column] or "" for key, column in others.items()}
            for number in _numbers((row[column] or "" for column in columns), reader):
                found.setdefault(number, []).append(kept)
    except csv.Error as error:
        raise _unreadable(path, f"line {table.line_num}: {error}") from error
    return found


def _numbers(texts: Iterable[str], reader: Callable[[str], object]) -> set[str]:
    """Diallable ones; what is none cannot call either."""
    read = (reader(part) for text in texts for part in split_numbers(text))
    return {number for number in read if isinstance(number, str)}


def _text_of(path: Path) -> str:
    """UTF-8, else what Excel writes in Russia."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if len(raw) > MOST_BYTES:
        raise _unreadable(path, f"larger than {MOST_BYTES} bytes; use kind: sql")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def _delimiter(lines: io.StringIO) -> str:
    """The one that is most often in the first line."""
    head = lines.readline()
    lines.seek(0)
    return max(DELIMITERS, key=head.count)
