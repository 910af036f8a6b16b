"""The writing thread against real databases: locked ones, refused commands, the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from structlog.testing import capture_logs

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.commands import RecordAgentState, ReserveTasks, StorageCommand
from ccdialer.core.events import Event, TasksReserved
from ccdialer.runtime.writer import BATCH_MOST, Writer
from ccdialer.storage import Database, database
from tests.lab.sipp import wait_until
from tests.runtime.floor import wall

LIMIT_S = 10.0
NOBODY = 4711

Lock = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def site(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database of each kind with one agent; a lock on it is noticed soon."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    with storage.connect(database_url) as db:
        storage.migrate(db)
        agent = Agent(0, "anna", "Anna", "PJSIP/anna", False, frozenset())
        storage.upsert_agent(db, agent, ["acme"], wall())
        yield db


@pytest.fixture
def lock(site: Database) -> Lock:
    """Somebody else who keeps the agents' rows to himself."""

    @contextmanager
    def locked() -> Iterator[None]:
        if site.path is not None:
            other = sqlite3.connect(site.path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
            other.close()
        else:
            with storage.connect(site.url) as db, db.transaction():
                db.run("LOCK TABLE agent_session IN ACCESS EXCLUSIVE MODE")
                yield

    return locked


class Desk:
    """A writer, and what it has answered."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.answers: list[Event] = []
        self.writer = Writer(
            lambda commands: storage.carry_out(db, commands, "n", lambda at: round(at * 1000)),
            self.answers.extend,
        )

    def note(self, *whats: str) -> None:
        for what in whats:
            self.writer.submit(state(what))

    def journal(self) -> list[str]:
        rows = self.db.rows("SELECT reason FROM journal WHERE kind = 'agent' ORDER BY id")
        return [reason for (reason,) in rows]


@pytest.fixture
def desk(site: Database) -> Iterator[Desk]:
    made = Desk(site)
    yield made
    made.writer.close(LIMIT_S)


def state(reason: str, agent_id: int | None = None) -> RecordAgentState:
    return RecordAgentState(agent_id or 1, AgentState.PAUSED, reason, 1.0, None, None)


def test_commands_are_carried_out_in_order_and_the_end_waits_for_them(desk: Desk) -> None:
    whats = [str(n) for n in range(2 * BATCH_MOST + 7)]
    desk.note(*whats)
    assert desk.writer.depth == len(whats)
    desk.writer.start()
    assert desk.writer.close(LIMIT_S)
    assert desk.journal() == whats
    assert desk.writer.depth == 0


def test_what_waits_together_is_one_transaction(site: Database) -> None:
    batches: list[int] = []

    def carry_out(commands: list[StorageCommand]) -> list[Event]:
        batches.append(len(commands))
        return []

    writer = Writer(carry_out, lambda events: None)  # type: ignore[arg-type]
    for n in range(BATCH_MOST + 1):
        writer.submit(state(str(n)))
    writer.start()
    assert writer.close(LIMIT_S)
    assert batches == [BATCH_MOST, 1]


def test_answers_are_delivered(desk: Desk) -> None:
    settings = CampaignSettings("PJSIP/{digits}@t")
    campaign = storage.upsert_campaign(desk.db, "acme", "demo", settings, wall())
    desk.writer.start()
    desk.writer.submit(ReserveTasks(campaign.id, 5))
    wait_until(lambda: desk.answers)
    assert desk.answers == [TasksReserved(campaign.id, (), 5)]


def test_a_locked_database_is_waited_for_and_nothing_is_lost(desk: Desk, lock: Lock) -> None:
    desk.writer.start()
    with capture_logs() as logs, lock():
        desk.note("one", "two")
        wait_until(lambda: desk.writer.stalled_since is not None)
        desk.note("three")
        wait_until(lambda: desk.writer.depth == 3, what="the batch at hand counts")
        assert desk.writer.trouble
    assert desk.writer.close(LIMIT_S)
    assert desk.journal() == ["one", "two", "three"]
    assert (desk.writer.stalled_since, desk.writer.trouble) == (None, "")
    assert [line["event"] for line in logs if "stalls" in line["event"]] == [
        "storage stalls, no new calls until it answers"
    ]


def test_it_says_when_storage_answers_again(desk: Desk, lock: Lock) -> None:
    with capture_logs() as logs:
        desk.writer.start()
        with lock():
            desk.note("one")
            wait_until(lambda: desk.writer.stalled_since is not None)
        wait_until(lambda: desk.writer.stalled_since is None)
    assert logs[-1]["event"] == "storage answers again"
    assert logs[-1]["log_level"] == "warning"


def test_a_command_that_is_refused_does_not_take_its_neighbors(desk: Desk) -> None:
    with capture_logs() as logs:
        desk.note("before")
        desk.writer.submit(state("poison", NOBODY))
        desk.note("after")
        desk.writer.start()
        assert desk.writer.close(LIMIT_S)
    assert desk.journal() == ["before", "after"]
    (dropped,) = [line for line in logs if line["event"] == "storage command dropped"]
    assert (dropped["command"], dropped["agent_id"]) == ("RecordAgentState", NOBODY)
    assert "poison" not in str(dropped), "whatever it says may be of a person"


def test_the_end_does_not_wait_for_ever(desk: Desk, lock: Lock) -> None:
    with lock():
        desk.note("one", "two")
        desk.writer.start()
        wait_until(lambda: desk.writer.stalled_since is not None)
        assert not desk.writer.close(0.01)
        assert not desk.writer._thread.is_alive(), "somebody would close the database under it"
    assert desk.journal() == []


def test_one_that_never_began_ends_at_once(site: Database) -> None:
    idle, laden = Desk(site), Desk(site)
    laden.note("one")
    assert idle.writer.close(LIMIT_S)
    assert not laden.writer.close(LIMIT_S)
