"""The daemon's name: held by one, given back, and taken again after PostgreSQL was away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ccdialer import storage
from ccdialer.runtime.lease import Lease
from ccdialer.storage import Database, lock_node
from ccdialer.storage.locks import NodeTaken
from tests import postgres
from tests.lab.sipp import wait_until

HERE = """
    FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
LOCKERS = f"SELECT pid {HERE}"
NAMELESS = f"SELECT pg_terminate_backend(pid) {HERE}"


@pytest.fixture
def site(database_url: str) -> Iterator[Database]:
    with storage.connect(database_url) as db:
        yield db


@pytest.fixture
def pg(postgresql_cluster: str) -> Iterator[Database]:
    with storage.connect(postgres.fresh_database(postgresql_cluster)) as db:
        yield db


def test_a_name_is_held_by_one_and_given_back(site: Database) -> None:
    with Lease(site, "main") as lease:
        lease.renew()
        with pytest.raises(NodeTaken, match=r'another daemon already runs as node "main"'):
            Lease(site, "main")
        with Lease(site, "other"):
            pass
    wait_until(lambda: is_free(site))  # PostgreSQL ends a session when it comes to it


def is_free(db: Database) -> bool:
    try:
        lock_node(db, "main").release()
    except NodeTaken:
        return False
    return True


def break_session(db: Database) -> None:
    """What a restart of PostgreSQL does to the session that holds the lock."""
    assert len(db.rows(LOCKERS)) == 1
    db.rows(NAMELESS)
    wait_until(lambda: not db.rows(LOCKERS))


@pytest.mark.postgres
def test_a_name_that_was_lost_with_the_server_is_taken_again(pg: Database) -> None:
    with Lease(pg, "main") as lease:
        break_session(pg)
        lease.renew()
        with pytest.raises(NodeTaken):
            lock_node(pg, "main")
        break_session(pg)
        lease.renew()
        assert len(pg.rows(LOCKERS)) == 1, "the last one is held, and no other"
    wait_until(lambda: not pg.rows(LOCKERS), what="it is given back")


@pytest.mark.postgres
def test_whoever_was_quicker_has_it(pg: Database) -> None:
    with Lease(pg, "main") as lease:
        break_session(pg)
        with lock_node(pg, "main"):
            with pytest.raises(NodeTaken):
                lease.renew()
            with pytest.raises(NodeTaken):
                lease.renew()
        wait_until(lambda: not pg.rows(LOCKERS))
        lease.renew()
