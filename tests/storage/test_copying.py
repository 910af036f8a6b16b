"""A backup is whole, taken while others write, and can be worked with."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.core.campaign import Campaign
from ccdialer.core.task import TaskState
from ccdialer.errors import StorageUnavailable
from ccdialer.storage import Database, copying
from tests.postgres import fresh_database, programs
from tests.storage.samples import claim, insert, row


def test_a_backup_is_a_database(
    db: Database, campaign: Campaign, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    insert(db, campaign, [row(i) for i in range(50)])
    with storage.connect(db.url) as writer, writer.transaction():
        claim(writer, campaign, 3)  # not committed: not in the copy
        path = storage.backup(db, tmp_path / "copy")
    if db.dialect == "sqlite":
        url = f"sqlite:///{path}"
    else:
        url = fresh_database(request.getfixturevalue("postgresql_cluster"))
        binaries = programs()
        assert binaries is not None
        subprocess.run([binaries / "pg_restore", "--dbname", url, path], check=True)
    with storage.open_database(url) as copy:
        assert storage.count_tasks(copy)[campaign.id][TaskState.WAITING] == 50
        assert storage.list_campaigns(copy) == [campaign]
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []


def test_a_file_that_exists_is_left_alone(db: Database, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    with pytest.raises(StorageUnavailable, match="exists already"):
        storage.backup(db, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "mine"


def test_a_missing_folder_is_named(db: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="folder does not exist"):
        storage.backup(db, tmp_path / "nowhere" / "copy")


@pytest.mark.postgres
def test_a_missing_pg_dump_is_told(
    postgresql_cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    url = postgresql_cluster.format(name="postgres")
    with (
        storage.connect(url) as database,
        pytest.raises(StorageUnavailable, match="apt install postgresql-client"),
    ):
        storage.backup(database, tmp_path / "copy")


@pytest.mark.postgres
def test_a_failed_pg_dump_leaves_nothing(postgresql_cluster: str, tmp_path: Path) -> None:
    url = fresh_database(postgresql_cluster)
    with storage.connect(url) as database:
        database.url = url.replace("?host=", "_gone?host=")
        with pytest.raises(StorageUnavailable, match="pg_dump could not copy"):
            storage.backup(database, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_not_seen_on_a_command_line() -> None:
    address, secret = copying._without_password("postgresql://anna:p%40ss@db:5433/site?x=1")
    assert address == "postgresql://anna@db:5433/site?x=1"
    assert secret["PGPASSWORD"] == "p@ss"
