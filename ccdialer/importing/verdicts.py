"""What became of each row of a file, and the file of the rows that were not taken."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from ccdialer.errors import UnreadableFile
from ccdialer.importing.table import Table

MAX_KEPT = 1000


class Verdict(StrEnum):
    """What became of a row."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"  # it is there already
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """A row that has something to be told about; `line` is where it begins in the file, from 1."""

    line: int
    verdict: Verdict
    reason: str


@dataclass(slots=True)
class ImportReport:
    """The outcome of an import. `remarks` holds the first rows that have something to be told."""

    file: str
    encoding: str
    delimiter: str
    columns: dict[str, str]  # header -> what it was taken for
    dry_run: bool = False
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    remarks: list[RowVerdict] = field(default_factory=list)
    rejects: Path | None = None  # where the rows that were not taken are

    @property
    def rows(self) -> int:
        return self.accepted + self.duplicates + self.rejected

    def count(self, verdict: Verdict, line: int, reason: str = "") -> None:
        """Count a row, and keep what is told about it."""
        if verdict is Verdict.ACCEPTED:
            self.accepted += 1
        elif verdict is Verdict.DUPLICATE:
            self.duplicates += 1
        else:
            self.rejected += 1
        if reason and len(self.remarks) < MAX_KEPT:
            self.remarks.append(RowVerdict(line, verdict, reason))

    def sentences(self) -> list[str]:
        """`tasks.csv:17: ...; row rejected` for every row in `remarks`."""
        return [f"{self.file}:{r.line}: {r.reason}; row {r.verdict}" for r in self.remarks]


class Rejects:
    """The rows that were not taken: their cells and a column "error", written as the file was."""

    def __init__(self, path: Path | None, table: Table) -> None:
        self.path = path
        self.count = 0
        self._file: TextIO | None = None
        if path is None:
            return
        if path.resolve() == table.path.resolve():
            raise UnreadableFile(f"{path}: the rejected rows would overwrite the file itself")
        try:
            self._file = path.open("w", encoding=table.encoding, errors="replace", newline="")
        except OSError as error:
            raise UnreadableFile(f"{path}: cannot be written: {error.strerror}") from None
        self._writer = csv.writer(self._file, delimiter=table.delimiter)
        if table.header is not None:
            self._writer.writerow([*table.header, "error"])

    def add(self, cells: Sequence[str], reason: str) -> None:
        self.count += 1
        if self._file is not None:
            self._writer.writerow([*cells, reason])

    def close(self) -> Path | None:
        """Where the rows are; None, and no file, if there were none."""
        if self._file is None or self.path is None:
            return None
        self._file.close()
        if self.count:
            return self.path
        with suppress(FileNotFoundError):
            self.path.unlink()
        return None
