"""Addresses are understood, troubles are told in a sentence, and a busy database is told apart."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.errors import ConfigError, StorageUnavailable
from ccdialer.storage import Database, StorageBusy
from ccdialer.storage import database as database_module


@pytest.mark.parametrize("url", ["mysql://x/y", "site.db", "sqlite://", "sqlite://host/file"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=r"sqlite:////|sqlite:///file"):
        storage.connect(url)


def test_a_relative_and_an_absolute_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with storage.connect("sqlite:///here.db") as database:
        assert database.path == tmp_path / "here.db"
    with storage.connect(f"sqlite:///{tmp_path}/there.db") as database:
        assert database.path == tmp_path / "there.db"
    assert {path.name for path in tmp_path.glob("*.db")} == {"here.db", "there.db"}


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match=r"nowhere does not exist; create it"):
        storage.connect(f"sqlite:///{tmp_path}/nowhere/site.db")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("phone;name\n" * 1000)
    with pytest.raises(StorageUnavailable, match=r"list\.csv: file is not a database"):
        storage.connect(f"sqlite:///{file}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of others")
def test_what_root_makes_belongs_to_whom_the_folder_belongs_to(tmp_path: Path) -> None:
    os.chown(tmp_path, 4321, 4322)
    with storage.connect(f"sqlite:///{tmp_path}/site.db") as database:
        storage.migrate(database)
        made = {path.name: path.stat() for path in tmp_path.iterdir()}
    assert {"site.db", "site.db-wal", "site.db.migration.lock"} <= made.keys()
    assert {(stat.st_uid, stat.st_gid) for stat in made.values()} == {(4321, 4322)}


def test_who_may_not_write_is_told_who_may(tmp_path: Path) -> None:
    with storage.connect(f"sqlite:///{tmp_path}/site.db") as database:
        database.row("PRAGMA query_only = 1")
        with pytest.raises(StorageUnavailable, match=r"site\.db may not be written by this"):
            database.run("CREATE TABLE t (x)")


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable) as caught:
        storage.connect(f"postgresql://me:secret@/ccdialer?host={tmp_path}")
    assert "secret" not in str(caught.value)
    assert "postgresql:" in str(caught.value)


@pytest.mark.parametrize(("asked", "meaning"), [("", 1), ("?synchronous=full", 2)])
def test_sqlite_is_set_up_for_one_machine(tmp_path: Path, asked: str, meaning: int) -> None:
    with storage.connect(f"sqlite:///{tmp_path}/site.db{asked}") as database:
        assert database.row("PRAGMA journal_mode") == ("wal",)
        assert database.row("PRAGMA foreign_keys") == (1,)
        assert database.row("PRAGMA synchronous") == (meaning,)


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """SQLite does not wait by itself while another connection switches the file to WAL."""
    refused: list[StorageUnavailable] = []
    together = threading.Barrier(4)

    def work(url: str) -> None:
        together.wait()
        try:
            storage.connect(url).close()
        except StorageUnavailable as error:
            refused.append(error)

    for round_ in range(100):
        url = f"sqlite:///{tmp_path}/{round_}.db"
        threads = [threading.Thread(target=work, args=(url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert refused == []


def test_an_unknown_synchronous_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="normal or full"):
        storage.connect(f"sqlite:///{tmp_path}/site.db?synchronous=off")


def test_a_locked_table_is_busy_and_free_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_S", 0.1)
    with storage.connect(database_url) as one, storage.connect(database_url) as two:
        storage.migrate(one)
        with one.transaction():
            if one.dialect == "postgresql":
                one.run("LOCK TABLE project IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(StorageBusy):
                storage.ensure_project(two, "acme", 0)
        assert storage.ensure_project(two, "acme", 0)


def test_a_broken_transaction_leaves_nothing_and_the_next_one_works(db: Database) -> None:
    def fail_halfway() -> None:
        with db.transaction():
            storage.ensure_project(db, "acme", 0)
            raise KeyError("halfway")

    with pytest.raises(KeyError):
        fail_halfway()
    assert storage.list_projects(db) == {}
    storage.ensure_project(db, "acme", 0)
    assert list(storage.list_projects(db).values()) == ["acme"]


@pytest.mark.postgres
@pytest.mark.parametrize("within", [False, True], ids=["between", "within"])
def test_a_lost_server_connection_is_busy_and_then_replaced(
    postgresql_cluster: str, within: bool
) -> None:
    url = postgresql_cluster.format(name="postgres")
    with storage.connect(url) as victim, storage.connect(url) as killer:

        def use_a_killed_connection() -> None:
            with victim.transaction():
                _kill(victim, killer)
                victim.row("SELECT 1")

        if not within:
            _kill(victim, killer)
        with pytest.raises(StorageBusy):
            use_a_killed_connection() if within else victim.row("SELECT 1")
        assert victim.row("SELECT 1") == (1,)


def _kill(victim: Database, killer: Database) -> None:
    pid = victim.row("SELECT pg_backend_pid()")
    assert pid is not None
    assert killer.row("SELECT pg_terminate_backend(?, 5000)", pid) == (True,)


def test_closing_closes_the_connections_of_ended_threads(database_url: str) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = open_files()
    database = storage.connect(database_url)
    threads = [threading.Thread(target=database.row, args=("SELECT 1",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert open_files() > before
    database.close()
    assert open_files() == before
