"""A database is brought from any version to this one, whatever dies meanwhile."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.errors import StorageUnavailable
from ccdialer.storage import migrating
from ccdialer.storage.migrating import STEPS
from tests.storage.processes import other_process

STEP = '''"""A later step."""
import sys, time
def up(migrator, db):
    db.execute_sql("CREATE TABLE later (id INTEGER)")
    if {pause}:
        print("halfway")
        time.sleep(600)
    db.execute_sql("CREATE TABLE later_still (id INTEGER)")
'''

MIGRATE = """
import sys
from pathlib import Path
from ccdialer.storage import connect, migrate
migrate(connect(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The steps of a later ccdialer: one more."""
    steps = tmp_path / "later"
    shutil.copytree(STEPS, steps)
    (steps / "9999_later.py").write_text(STEP.format(pause=False))
    return steps


def test_an_empty_database_gets_every_step(database_url: str) -> None:
    names = sorted(path.stem for path in STEPS.glob("0*.py"))
    with storage.connect(database_url) as database:
        assert storage.status(database).pending == tuple(names)
        assert storage.migrate(database) == names
        assert storage.status(database) == storage.Status(tuple(names), (), ())
        assert storage.migrate(database) == []
        storage.check(database)


def test_work_is_refused_before_the_migration(database_url: str) -> None:
    with pytest.raises(StorageUnavailable, match=r"0001_spine.*run: ccdialer db migrate"):
        storage.open_database(database_url)
    with storage.connect(database_url) as database:
        storage.migrate(database)
    storage.open_database(database_url).close()


def test_a_database_of_a_newer_ccdialer_is_refused(database_url: str, later: Path) -> None:
    with storage.connect(database_url) as database:
        storage.migrate(database, later)
        for refused in (storage.migrate, storage.check):
            with pytest.raises(StorageUnavailable, match=r"newer ccdialer \(9999_later\)"):
                refused(database)
    with pytest.raises(StorageUnavailable):
        storage.open_database(database_url)


def test_two_processes_migrate_once(database_url: str, later: Path) -> None:
    applied: list[list[str]] = []

    def work() -> None:
        with storage.connect(database_url) as database:
            applied.append(storage.migrate(database, later))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, applied)) == [0, 0, len(list(later.glob("[0-9]*.py")))]


def test_a_killed_migration_leaves_the_version_before(database_url: str, later: Path) -> None:
    (later / "9999_later.py").write_text(STEP.format(pause=True))
    with storage.connect(database_url) as database:
        storage.migrate(database)
        before = storage.status(database).applied
        with other_process(MIGRATE, database_url, str(later)) as migration:
            assert migration.line() == "halfway"
            migration.kill()
        (later / "9999_later.py").write_text(STEP.format(pause=False))
        assert migrating.status(database, later).applied == before
        # The lock died too, and nothing of the step is there: it can be done from its beginning.
        assert storage.migrate(database, later) == ["9999_later"]
        assert {"later", "later_still"} <= set(database.engine.get_tables())


def test_a_failing_step_leaves_the_version_before(database_url: str, later: Path) -> None:
    (later / "9999_later.py").write_text(STEP.format(pause="1 / 0"))
    with storage.connect(database_url) as database:
        with pytest.raises(ZeroDivisionError):
            storage.migrate(database, later)
        assert migrating.status(database, later).pending == ("9999_later",)
        assert "later" not in database.engine.get_tables()


def test_sqlite_is_copied_before_a_migration(tmp_path: Path, later: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    with storage.connect(f"sqlite:///{folder}/site.db") as database:
        storage.migrate(database)
        assert list(folder.glob("*.bak")) == []
        storage.ensure_project(database, "acme", 0)
        storage.migrate(database, later)
    last = max(path.stem for path in STEPS.glob("0*.py"))
    (copy,) = folder.glob(f"site.db.{last}.*.bak")
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("SELECT name FROM project").fetchall() == [("acme",)]
        tables = before.execute("SELECT name FROM sqlite_master WHERE name = 'later'")
        assert tables.fetchall() == []
