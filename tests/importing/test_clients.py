"""Files of clients: accepted, known or rejected row by row, and given again without harm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.errors import UnreadableFile
from ccdialer.importing import ClientImport, import_clients
from ccdialer.importing import clients as module
from ccdialer.storage import Database, StorageBusy
from ccdialer.storage.client_pages import ClientFilter, list_clients
from tests.importing.conftest import Write

HEADER = "phone;id;name;stage;owner;city"


@pytest.fixture
def options(db: Database) -> ClientImport:
    agent = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())
    storage.upsert_agent(db, agent, ["acme"], 1)
    return ClientImport(storage.ensure_project(db, "acme", 1), zone="UTC")


def file(write: Write, *lines: str, header: str = HEADER) -> Path:
    return write("".join(f"{line}\n" for line in (header, *lines)), name="clients.csv")


def stages(db: Database) -> list[tuple[str, str, str | None]]:
    found = list_clients(db, ClientFilter())
    return [(client["name"], client["stage"], client["owner"]) for client in found]


def test_a_file_and_its_next_edition(db: Database, write: Write, options: ClientImport) -> None:
    path = file(write, "89161234567;A;Olga;new;anna;Omsk", "89161234568;;Boris;;;", "1;;Nobody;;;")
    report = import_clients(db, path, options)
    assert (report.rows.accepted, report.rows.duplicates, report.rows.rejected) == (2, 0, 1)
    assert (report.created, report.changed) == (2, 0)
    (told,) = report.rows.sentences()
    assert told.startswith('clients.csv:4: "1" is not a phone number')
    assert stages(db) == [("Olga", "new", "anna"), ("Boris", "", None)]
    again = import_clients(db, path, options)
    assert (again.rows.accepted, again.rows.duplicates, again.rows.rejected) == (0, 2, 1)
    moved = import_clients(db, file(write, "A;paid", header="id;stage"), options)
    assert (moved.rows.accepted, moved.created, moved.changed) == (1, 0, 1)
    assert stages(db)[0] == ("Olga", "paid", "anna")
    (entry,) = storage.read_journal(db, "client")
    assert (entry["reason"], entry["detail"]) == ("clients.csv", {"stage": ["new", "paid"]})


def test_a_dry_run_changes_nothing(db: Database, write: Write, options: ClientImport) -> None:
    path = file(write, "89161234567;A;Olga;;;")
    report = import_clients(db, path, replace(options, dry_run=True))
    assert (report.rows.accepted, report.created) == (1, 1)
    assert stages(db) == []


def test_rejected_rows_are_kept(
    db: Database, write: Write, options: ClientImport, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    path = file(write, "89161234567;A;;;;", "89161234567;B;;;;", "89161234567;;;won;;")
    report = import_clients(db, path, replace(options, rejects=bad))
    assert report.rows.rejects == bad
    assert "clients 1 and 2 have these numbers" in bad.read_text()


def test_columns_that_are_named(db: Database, write: Write, options: ClientImport) -> None:
    path = file(write, "89161234567;won", header="Tel of him;S")
    import_clients(db, path, replace(options, mapping={"phone": "Tel of him", "stage": "2"}))
    assert stages(db) == [("", "won", None)]


@pytest.mark.parametrize("header", ["name;city", "stage"])
def test_a_file_of_nobody_is_refused(
    db: Database, write: Write, options: ClientImport, header: str
) -> None:
    path = file(write, "a;b", header=header)
    with pytest.raises(UnreadableFile, match="no column with phone numbers or ids among"):
        import_clients(db, path, options)


def test_many_batches(
    db: Database, write: Write, options: ClientImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH_ROWS", 3)
    seen: list[int] = []
    lines = [f"8916123456{n};;;s{n};;" for n in range(8)]
    import_clients(db, file(write, *lines), options, lambda done, of: seen.append(done))
    assert [stage for _, stage, _ in stages(db)] == [f"s{n}" for n in range(8)]
    assert seen == [3, 6]


def test_a_busy_database_is_waited_for(
    db: Database, write: Write, options: ClientImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter([StorageBusy("locked"), StorageBusy("locked")])
    put = module.put_clients

    def sometimes(*given: object) -> object:
        for refusal in refusals:
            raise refusal
        return put(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "put_clients", sometimes)
    assert import_clients(db, file(write, "89161234567;;Olga;;;"), options).created == 1
