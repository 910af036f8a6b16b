"""Do-not-call numbers from a file onto a list, while the daemon dials: a verdict per bad row."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from ccdialer.core.phone import NumberType, Reader, reader, split_numbers
from ccdialer.errors import UnreadableFile
from ccdialer.importing.batches import BREATH_S, Progress, patiently, transaction
from ccdialer.importing.columns import DNC_HEADERS, Columns, kind_of
from ccdialer.importing.rows import Rejected, instant, numbers_of
from ccdialer.importing.table import FOUND_OUT, Layout, Table, open_table, without_header
from ccdialer.importing.verdicts import ImportReport, Rejects, Verdict
from ccdialer.storage import Database
from ccdialer.storage.dnc import DncList, Listed, Listing, drop_unseen, note_listing, put_on_list

BATCH_ROWS = 2000

LOOKED_AT = 50  # rows, where no header says which column has the numbers


@dataclass(frozen=True, slots=True)
class DncImport:
    """How a file of numbers is to be read, and onto which list it goes."""

    on: DncList
    reason: str = ""  # of rows that name none
    is_whole: bool = False  # the file is all that its source says: what it lacks comes off
    region: str = "RU"
    zone: str | None = None  # of instants that do not say theirs; None: the machine's
    layout: Layout = FOUND_OUT
    dry_run: bool = False
    rejects: Path | None = None


@dataclass(slots=True)
class DncReport:
    """The outcome: rows as in every import, and what they meant for the list and for tasks."""

    rows: ImportReport
    removed: int = 0  # numbers that the source does not name any more
    ended: int = 0  # tasks


def import_dnc(
    database: Database, path: Path | str, options: DncImport, progress: Progress | None = None
) -> DncReport:
    """Put the numbers of a file on a list; each holds from the commit of its batch on.

    Giving the same file again changes nothing, and so an import that was broken off is given again.
    Raises UnreadableFile, having changed nothing, if the file is no table with numbers.
    """
    read = reader(options.region, frozenset(NumberType))
    table, columns = _opened(Path(path), options.layout, read)
    rows = ImportReport(
        table.path.name, table.encoding, table.delimiter, columns.taken_for, options.dry_run
    )
    report = DncReport(rows)
    rejects = Rejects(options.rejects, table)
    batch = _Batch(database, options, report)
    try:
        for line, cells in table.rows():
            judged = _judge(cells, columns, options, read)
            if isinstance(judged, Rejected):
                rows.count(Verdict.REJECTED, line, judged.reason)
                rejects.add(cells, judged.reason)
            elif batch.add(line, judged) and progress is not None:
                progress(rows.rows, table.row_count)
        batch.store()
    finally:
        rows.rejects = rejects.close()
    batch.finish()
    return report


def _opened(path: Path, layout: Layout, read: Reader) -> tuple[Table, Columns]:
    """The file and where its numbers stand; a column of mere numbers needs no header."""
    table = open_table(path, layout)
    first = table.header or next(table.rows())[1]
    kinds = [kind_of(cell, DNC_HEADERS) for cell in first]
    if "phone" in kinds and table.header is not None:
        numbers = tuple(place for place, kind in enumerate(kinds) if kind == "phone")
        places = {kind: place for place, kind in reversed([*enumerate(kinds)]) if kind}
        names = {first[place]: kind for place, kind in enumerate(kinds) if kind}
        return table, Columns(places, numbers, (), len(first), names)
    table = without_header(table) if table.header is not None else table
    numbers = _columns_with_numbers(table, read)
    if not numbers:
        raise UnreadableFile(
            f"{path.name}: no column with phone numbers among {', '.join(first)};"
            ' name it "phone"; nothing was imported'
        )
    names = {f"column {place + 1}": "phone" for place in numbers}
    return table, Columns({}, numbers, (), len(first), names)


def _columns_with_numbers(table: Table, read: Reader) -> tuple[int, ...]:
    """Where numbers stand in the first rows."""
    found = {
        place
        for _, cells in islice(table.rows(), LOOKED_AT)
        for place, cell in enumerate(cells)
        if any(isinstance(read(part), str) for part in split_numbers(cell))
    }
    return tuple(sorted(found))


def _judge(
    cells: Sequence[str], columns: Columns, options: DncImport, read: Reader
) -> list[Listing] | Rejected:
    """The numbers of a row, or why not all of them could be read."""
    cells = [*cells, *[""] * (columns.width - len(cells))]
    reason_at, until_at = columns.places.get("reason"), columns.places.get("until")
    numbers, remark = numbers_of([cells[place] for place in columns.numbers], read)
    until = None if until_at is None else instant(cells[until_at].strip(), options.zone)
    if remark or not numbers:
        return Rejected(remark or "no phone number")
    if isinstance(until, Rejected):
        return until
    reason = ("" if reason_at is None else cells[reason_at].strip()) or options.reason
    return [Listing(e164, reason, until) for e164, _ in numbers]


class _Batch:
    """Rows on their way to the list; stored when they are enough."""

    def __init__(self, database: Database, options: DncImport, report: DncReport) -> None:
        self._database, self._options, self._report = database, options, report
        self._began = _now()
        self._rows: list[tuple[int, list[Listing]]] = []

    def add(self, line: int, listings: list[Listing]) -> bool:
        """Take a row in; whether a batch was stored."""
        self._rows.append((line, listings))
        if len(self._rows) < BATCH_ROWS:
            return False
        self.store()
        time.sleep(BREATH_S)
        return True

    def store(self) -> None:
        """Put what has gathered on the list."""
        listed = patiently(self._put)
        new = set(listed.new)
        for line, listings in self._rows:
            is_new = not new.isdisjoint(each.e164 for each in listings)
            new.difference_update(each.e164 for each in listings)
            self._report.rows.count(Verdict.ACCEPTED if is_new else Verdict.DUPLICATE, line)
        self._report.ended += len(listed.ended)
        self._rows = []

    def _put(self) -> Listed:
        each = [listing for _, listings in self._rows for listing in listings]
        options = self._options
        with transaction(self._database, is_dry=options.dry_run):
            return put_on_list(self._database, options.on, each, _now(), options.is_whole)

    def finish(self) -> None:
        """Take off what the source does not name any more, and tell the journal."""
        rows, options = self._report.rows, self._options
        if options.dry_run:
            return
        if options.is_whole:
            if not rows.accepted and not rows.duplicates:
                raise UnreadableFile(f"{rows.file} has no number that can be used; nothing changed")
            self._drop_unseen()
        detail = {"file": rows.file, "new_rows": rows.accepted, "known_rows": rows.duplicates}
        detail |= {"bad_rows": rows.rejected, "removed": self._report.removed}
        note_listing(self._database, "imported", options.on, _now(), detail)

    def _drop_unseen(self) -> None:
        after = ""
        while True:
            drop = partial(drop_unseen, self._database, self._options.on, self._began, after)
            count, after = patiently(drop)
            self._report.removed += count
            if not after:
                return
            time.sleep(BREATH_S)


def _now() -> int:
    return time.time_ns() // 1_000_000
