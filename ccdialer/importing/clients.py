"""Clients from a CSV file into the built-in client base: new, changed or known, row by row."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ccdialer.core.phone import NumberType, reader
from ccdialer.errors import UnreadableFile
from ccdialer.importing.batches import BREATH_S, Progress, patiently, transaction
from ccdialer.importing.client_rows import ClientReader, client_of
from ccdialer.importing.columns import client_columns
from ccdialer.importing.rows import Rejected
from ccdialer.importing.table import FOUND_OUT, Layout, Table, open_table
from ccdialer.importing.verdicts import ImportReport, Rejects, Verdict
from ccdialer.storage import Database, list_agents
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.clients import ClientRow, Put, Putting, put_clients

BATCH_ROWS = 2000

VERDICTS = {
    Putting.CREATED: Verdict.ACCEPTED,
    Putting.CHANGED: Verdict.ACCEPTED,
    Putting.SAME: Verdict.DUPLICATE,
    Putting.REFUSED: Verdict.REJECTED,
}


@dataclass(frozen=True, slots=True)
class ClientImport:
    """How a file of clients is to be read, and into which project they go."""

    project_id: int
    region: str = "RU"
    mapping: Mapping[str, str] = field(default_factory=dict)  # {"phone": "Contact", "stage": "3"}
    zone: str | None = None  # of instants that do not say theirs; None: the machine's
    layout: Layout = FOUND_OUT
    dry_run: bool = False
    rejects: Path | None = None


@dataclass(slots=True)
class ClientReport:
    """The outcome: rows as in every import, and how many clients they made and changed."""

    rows: ImportReport
    created: int = 0
    changed: int = 0


def import_clients(
    database: Database, path: Path | str, options: ClientImport, progress: Progress | None = None
) -> ClientReport:
    """Put the rows of a CSV file into the client base, while the daemon works.

    A row is accepted (a client is new or has changed), a duplicate (all of it is known) or
    rejected. Giving the same file again changes nothing. Raises UnreadableFile, having changed
    nothing, if the file is no table of clients.
    """
    table = open_table(Path(path), options.layout)
    if table.header is None:
        raise UnreadableFile(f"{table.path.name}: the first row has to name the columns")
    columns = client_columns(table.path.name, table.header, options.mapping)
    owners = {agent.login: agent.id for agent in list_agents(database)}
    read = reader(options.region, frozenset(NumberType))
    how = ClientReader(columns, read, owners, options.zone)
    rows = ImportReport(
        table.path.name, table.encoding, table.delimiter, columns.taken_for, options.dry_run
    )
    rejects = Rejects(options.rejects, table)
    batch = _Batch(database, options, ClientReport(rows), rejects)
    try:
        _run(table, how, batch, progress)
    finally:
        rows.rejects = rejects.close()
    return batch.report


def _run(table: Table, how: ClientReader, batch: _Batch, progress: Progress | None) -> None:
    for line, cells in table.rows():
        found = client_of(cells, how)
        if isinstance(found, Rejected):
            batch.reject(line, cells, found.reason)
        elif batch.add(line, cells, found) and progress is not None:
            progress(batch.report.rows.rows, table.row_count)
    batch.store()


class _Batch:
    """Rows on their way to the base; stored when they are enough."""

    def __init__(
        self, database: Database, options: ClientImport, report: ClientReport, rejects: Rejects
    ) -> None:
        self.report = report
        self._database, self._options, self._rejects = database, options, rejects
        self._rows: list[ClientRow] = []
        self._places: list[tuple[int, Sequence[str], str]] = []  # line, cells, remark

    def add(self, line: int, cells: Sequence[str], found: tuple[ClientRow, str]) -> bool:
        """Take a row in; whether a batch was stored."""
        row, remark = found
        self._rows.append(row)
        self._places.append((line, cells, remark))
        if len(self._rows) < BATCH_ROWS:
            return False
        self.store()
        time.sleep(BREATH_S)
        return True

    def reject(self, line: int, cells: Sequence[str], reason: str) -> None:
        """A row cannot be taken."""
        self.report.rows.count(Verdict.REJECTED, line, reason)
        self._rejects.add(cells, reason)

    def store(self) -> None:
        """Put what has gathered into the base."""
        for (line, cells, remark), put in zip(self._places, patiently(self._put), strict=True):
            self.report.created += put.what is Putting.CREATED
            self.report.changed += put.what is Putting.CHANGED
            if put.what is Putting.REFUSED:
                self.reject(line, cells, put.reason)
            else:
                self.report.rows.count(VERDICTS[put.what], line, remark)
        self._rows, self._places = [], []

    def _put(self) -> list[Put]:
        occasion = Occasion(time.time_ns() // 1_000_000, self.report.rows.file)
        with transaction(self._database, is_dry=self._options.dry_run):
            return put_clients(self._database, self._options.project_id, self._rows, occasion)
