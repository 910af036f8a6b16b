"""One daemon per node name, until it dies; and death frees the name at once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.errors import StorageUnavailable
from ccdialer.storage.locks import lock_path, migration_lock
from tests.storage.processes import other_process

HOLDER = """
import sys, time
from ccdialer import storage
lock = storage.lock_node(storage.connect(sys.argv[1]), sys.argv[2])
print("held")
time.sleep(600)
"""
LIMIT_S = 30


def test_the_second_of_one_name_is_refused_and_told_why(database_url: str) -> None:
    with storage.connect(database_url) as one, storage.connect(database_url) as two:
        with storage.lock_node(one, "main") as lock:
            assert lock.held()
            with pytest.raises(StorageUnavailable, match=r'already runs as node "main".*stop it'):
                storage.lock_node(two, "main")
            with storage.lock_node(two, "spare") as other:
                assert other.held()
        with storage.lock_node(two, "main") as again:
            assert again.held()


def test_a_name_that_is_given_up_is_free_at_once(database_url: str) -> None:
    with storage.connect(database_url) as database:
        for _ in range(30):
            with storage.lock_node(database, "one"):
                pass


def test_a_killed_holder_lets_go(database_url: str) -> None:
    with (
        storage.connect(database_url) as database,
        other_process(HOLDER, database_url, "main") as holder,
    ):
        assert holder.line() == "held"
        with pytest.raises(StorageUnavailable):
            storage.lock_node(database, "main")
        holder.kill()
        storage_lock_within(database, LIMIT_S).release()


def storage_lock_within(database: storage.Database, limit_s: float) -> storage.NodeLock:
    """The kernel frees a file lock before wait() returns; PostgreSQL has first to see the end."""
    give_up_at = time.monotonic() + limit_s
    while True:
        try:
            return storage.lock_node(database, "main")
        except StorageUnavailable:
            if time.monotonic() > give_up_at:
                raise


@pytest.mark.postgres
def test_a_lock_whose_session_was_killed_is_not_held(postgresql_cluster: str) -> None:
    url = postgresql_cluster.format(name="postgres")
    with storage.connect(url) as database, storage.lock_node(database, "fragile") as lock:
        assert lock.held()
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'"
        assert database.rows(ended) == [(True,)]
        assert not lock.held()


def test_the_migration_lock_makes_others_wait(database_url: str) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with storage.connect(database_url) as database, migration_lock(database):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with storage.connect(database_url) as database, migration_lock(database):
        inside.set()
        thread.join(0.3)  # it must still be waiting then, however slow the machine
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_node_name_becomes_a_file_name() -> None:
    path = lock_path(Path("/x/site.db"), "node a/../b c")
    assert path == Path("/x/site.db.node_a____b_c.lock")
