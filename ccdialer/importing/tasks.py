"""Tasks from a CSV file into a campaign: numbers read, duplicates dropped, a verdict per row."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from ccdialer.core.allowed import allowed_by, refusal
from ccdialer.core.campaign import Campaign, Mode
from ccdialer.core.phone import DIALABLE, NotANumber, Reader, Types, reader, split_numbers
from ccdialer.errors import UnreadableFile
from ccdialer.importing.batches import Progress, patiently, transaction
from ccdialer.importing.columns import (
    CALLBACK_HEADERS,
    TASK_HEADERS,
    Columns,
    bare_columns,
    kind_of,
    task_columns,
)
from ccdialer.importing.rows import Judge, Remarked, judge_of
from ccdialer.importing.table import FOUND_OUT, Layout, Table, open_table, without_header
from ccdialer.importing.verdicts import ImportReport, Rejects, Verdict
from ccdialer.storage import (
    Database,
    Duplicate,
    TaskRow,
    insert_tasks,
    list_agents,
)

BATCH_ROWS = 5000  # a live daemon waits for each batch, and gets in while the next is read

_Insert = Callable[[Sequence[TaskRow]], list[Duplicate | None]]


@dataclass(frozen=True, slots=True)
class TaskImport:
    """How a file of tasks is to be read; what is not said is found out."""

    region: str = "RU"
    types: Types = DIALABLE
    mapping: Mapping[str, str] = field(default_factory=dict)  # {"phone": "Contact", "name": "3"}
    layout: Layout = FOUND_OUT  # encoding, delimiter, header or none
    zone: str | None = None  # of instants that do not say theirs; None: the machine's
    dry_run: bool = False
    rejects: Path | None = None  # where to write the rows that were not taken


@dataclass(slots=True)
class _Batch:
    """Rows that are ready to be stored, with where they stand in the file."""

    rows: list[TaskRow] = field(default_factory=list)
    places: list[tuple[int, list[str], str]] = field(default_factory=list)  # line, cells, remark


def import_tasks(
    database: Database,
    campaign: Campaign,
    path: Path | str,
    options: TaskImport | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Put the rows of a CSV file into a campaign as tasks.

    Each row is accepted, a duplicate (the campaign has its number or external id) or rejected.
    Raises UnreadableFile, having changed nothing, if the file is no table with numbers.
    """
    options = options or TaskImport()
    _check_zone(options.zone)
    is_sticky = campaign.settings.mode is Mode.CALLBACK
    table, columns = _opened(Path(path), options, CALLBACK_HEADERS if is_sticky else TASK_HEADERS)
    now = int(time.time() * 1000)
    owners = {agent.login: agent.id for agent in list_agents(database)} if is_sticky else {}
    judge = judge_of(columns, _reader(campaign, options), options.zone, now, owners)
    insert: _Insert = partial(insert_tasks, database, campaign.id, now=now)
    if options.dry_run:
        insert = partial(_insert_dry, database, insert, set())
    report = ImportReport(
        table.path.name, table.encoding, table.delimiter, columns.taken_for, options.dry_run
    )
    rejects = Rejects(options.rejects, table)
    try:
        _run(table, judge, insert, _Books(report, rejects, progress))
    finally:
        report.rejects = rejects.close()
    return report


def _reader(campaign: Campaign, options: TaskImport) -> Reader:
    """Reads the numbers that the campaign dials (SPEC D10); of the others it says why not."""
    allowed = allowed_by(campaign.settings, options.region)
    understood = reader(options.region, options.types)

    def read(raw: str) -> str | NotANumber:
        number = understood(raw)
        why = refusal(number, allowed) if isinstance(number, str) else ""
        return NotANumber(f'"{raw}" is {why}') if why else number

    return read


def _check_zone(zone: str | None) -> None:
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError):
        raise UnreadableFile(f'"{zone}" is not a time zone; example: Europe/Moscow') from None


def _opened(
    path: Path, options: TaskImport, headers: Mapping[str, Sequence[str]]
) -> tuple[Table, Columns]:
    table = open_table(path, options.layout)
    first = table.header or next(table.rows())[1]
    read = reader(options.region, options.types)
    is_number = [any(isinstance(read(part), str) for part in split_numbers(c)) for c in first]
    named = {name.strip().lower() for name in options.mapping.values()}
    known = any(kind_of(cell, headers) or cell.lower() in named for cell in first)
    if options.layout.header is None and any(is_number) and not known:
        table = without_header(table)
    if table.header is not None:
        return table, task_columns(path.name, table.header, options.mapping, headers)
    if options.mapping:
        names = [f"column {place + 1}" for place in range(len(first))]
        return table, task_columns(path.name, names, options.mapping, headers)
    if not any(is_number):
        raise UnreadableFile(f"{path.name}: no column with phone numbers; nothing was imported")
    return table, bare_columns(is_number)


@dataclass(slots=True)
class _Books:
    """Where the outcome of the rows is written down."""

    report: ImportReport
    rejects: Rejects
    progress: Progress | None

    def reject(self, verdict: Verdict, line: int, cells: Sequence[str], reason: str) -> None:
        self.report.count(verdict, line, reason)
        self.rejects.add(cells, reason)


def _run(table: Table, judge: Judge, insert: _Insert, books: _Books) -> None:
    batch = _Batch()
    for line, cells in table.rows():
        judged = judge(cells)
        if isinstance(judged, TaskRow):
            batch.rows.append(judged)
            batch.places.append((line, cells, ""))
        elif isinstance(judged, Remarked):
            batch.rows.append(judged.row)
            batch.places.append((line, cells, judged.remark))
        else:
            books.reject(Verdict.REJECTED, line, cells, judged.reason)
        if len(batch.rows) >= BATCH_ROWS:
            _store(batch, insert, books)
            batch = _Batch()
            _tell(books, table)
    _store(batch, insert, books)
    _tell(books, table)


def _tell(books: _Books, table: Table) -> None:
    if books.progress is not None:
        books.progress(books.report.rows, table.row_count)


def _store(batch: _Batch, insert: _Insert, books: _Books) -> None:
    stored = patiently(partial(insert, batch.rows))
    for place, duplicate in zip(batch.places, stored, strict=True):
        line, cells, remark = place
        if duplicate is None:
            books.report.count(Verdict.ACCEPTED, line, remark)
        else:
            books.reject(Verdict.DUPLICATE, line, cells, _whose(duplicate))


def _whose(duplicate: Duplicate) -> str:
    owner = "an earlier row" if duplicate.task_id is None else f"task {duplicate.task_id}"
    return f"{duplicate.what} {duplicate.value} is that of {owner} already"


def _insert_dry(
    database: Database, insert: _Insert, seen: set[str], rows: Sequence[TaskRow]
) -> list[Duplicate | None]:
    """What an insert would say; nothing stays. `seen` has numbers and ids of earlier batches."""
    with transaction(database, is_dry=True):
        verdicts = insert(rows)
    for place, row in enumerate(rows):
        keys = {e164: "number" for e164, _ in row.numbers}
        keys |= {row.external_id: "external id"} if row.external_id else {}
        met = next((key for key in keys if key in seen), None)
        if verdicts[place] is None and met is not None:
            verdicts[place] = Duplicate(keys[met], met, None)
        elif verdicts[place] is None:
            seen.update(keys)
    return verdicts
