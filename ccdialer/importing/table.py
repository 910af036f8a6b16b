"""A CSV file in any usual encoding and delimiter as a stream of rows, or one sentence why not."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ccdialer.errors import UnreadableFile

CHUNK = 1 << 20
LONGEST_FIELD = 100_000  # characters
MOST_LINES_IN_A_ROW = 100
DELIMITERS = ",;\t|"

_KINDS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a workbook (XLSX) or an archive; save it as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "an old workbook (XLS); save it as CSV UTF-8",
    b"\x1f\x8b": "compressed; unpack it first",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
}
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BINARY = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the caller says a file is written; None: found out."""

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None


FOUND_OUT = Layout()


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read once through and is a table."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...] | None
    row_count: int  # without the header

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row with the line where it begins; the header and empty rows are left out."""
        rows = _rows(self.path, self.encoding, self.delimiter)
        if self.header is not None:
            next(rows, None)
        return rows


def open_table(path: Path, layout: Layout) -> Table:
    """Find out how the file is written and read it once through, so that nothing is begun in vain.

    `header` of the table is its first row, unless the layout says there is none; whether it really
    is one is for the caller to see. Raises UnreadableFile.
    """
    if layout.delimiter is not None and len(layout.delimiter) != 1:
        raise UnreadableFile(f'delimiter "{layout.delimiter}" is not one character')
    try:
        encoding = layout.encoding or _encoding_of(path)
        _refuse_binary(path, encoding)
        first = _first_lines(path, encoding)
        delimiter = layout.delimiter or _delimiter_of(first)
        count = sum(1 for _ in _rows(path, encoding, delimiter))
        header = next(_rows(path, encoding, delimiter), (0, []))[1]
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read: {error.strerror}") from None
    except LookupError:
        raise UnreadableFile(f'{path.name}: "{layout.encoding}" is not an encoding') from None
    except UnicodeError:
        _refuse(path, f"is not written in {encoding}; save it as CSV UTF-8")
    if not count:
        _refuse(path, "is empty")
    if layout.header is False:
        return Table(path, encoding, delimiter, None, count)
    return Table(path, encoding, delimiter, tuple(cell.strip() for cell in header), count - 1)


def without_header(table: Table) -> Table:
    """The same table, its first row being a row like the others."""
    return Table(table.path, table.encoding, table.delimiter, None, table.row_count + 1)


def _refuse(path: Path, sentence: str) -> NoReturn:
    raise UnreadableFile(f"{path.name} {sentence}; nothing was imported")


def _encoding_of(path: Path) -> str:
    """UTF-8 and UTF-16 by their marks, else UTF-8 if all of the file is, else windows-1251."""
    with path.open("rb") as file:
        head = file.read(4096)
        for mark, kind in _KINDS.items():
            if head.startswith(mark):
                _refuse(path, f"is not a CSV file but {kind}")
        for mark, encoding in _BOMS.items():
            if head.startswith(mark):
                return encoding
        for encoding in ("utf-16-le", "utf-16-be"):
            if _looks_like(head, encoding):
                return encoding
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "windows-1251"
    return "utf-8"


def _looks_like(head: bytes, encoding: str) -> bool:
    """Whether this is UTF-16 without its mark: letters of Europe and no NUL."""
    try:
        text = head[: len(head) // 2 * 2].decode(encoding)
    except UnicodeDecodeError:
        return False
    return 0 in head and "\0" not in text and max(text, default="") < "\u2120"


def _refuse_binary(path: Path, encoding: str) -> None:
    """Text has no control characters, and its lines end some time."""
    with path.open(encoding=encoding, newline="") as file:
        while chunk := file.read(CHUNK):
            if _BINARY.search(chunk):
                _refuse(path, "is not a text file")
            if len(chunk) == CHUNK and "\n" not in chunk and "\r" not in chunk:
                _refuse(path, f"has a line of more than {CHUNK} characters; is it a table?")


def _first_lines(path: Path, encoding: str) -> list[str]:
    with path.open(encoding=encoding) as file:
        lines = [line for _, line in zip(range(50), file, strict=False)]
    return [line for line in lines if line.strip()]


def _delimiter_of(lines: Sequence[str]) -> str:
    """The one that cuts most rows into the same number of cells, more than one."""

    def fit(delimiter: str) -> tuple[bool, int, int]:
        rows = csv.reader(lines, delimiter=delimiter)
        sizes = Counter(len(row) for row in rows)
        size, times = max(sizes.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return (size > 1 and times * 5 >= len(lines) * 4, size * times, times)

    try:
        best = max(DELIMITERS, key=fit)
        return best if fit(best)[0] else _in_header(lines)
    except csv.Error:
        return _in_header(lines)


def _in_header(lines: Sequence[str]) -> str:
    """The delimiter that the first line has most of."""
    return max(DELIMITERS, key=lines[0].count) if lines else ","


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_FIELD)
    line = 1
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                end = reader.line_num
                if row and (row[0].strip() or any(map(str.strip, row))):
                    yield line, row
                if end - line > MOST_LINES_IN_A_ROW:
                    _refuse(path, f"has a quotation mark in line {line} that is never closed")
                line = end + 1
        except csv.Error as error:
            _refuse(path, f"has a quotation mark in the wrong place, in line {line} ({error})")
