"""A batch is one transaction, gathered by kind as far as its order does not matter."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from ccdialer import storage
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.campaign import Campaign
from ccdialer.core.commands import (
    CloseAttempt,
    CloseInbound,
    JoinInbound,
    OpenAttempt,
    OpenInbound,
    RecordAgentState,
    RecordJoin,
    ReleaseTasks,
    ReserveTasks,
    StorageCommand,
)
from ccdialer.core.disposition import Disposition
from ccdialer.core.events import AttemptOpened, TasksReserved
from ccdialer.core.queue import Caller, Fate
from ccdialer.core.task import Task, TaskMove
from ccdialer.storage import Database, StorageBusy
from ccdialer.storage import database as database_module
from ccdialer.storage.carrying import in_runs
from tests.storage.samples import NODE, NOW, at, carry, closing, insert, opening, row, to_wall


def agent_state(agent_id: int = 1) -> RecordAgentState:
    return RecordAgentState(agent_id, AgentState.AVAILABLE, "", at(), "s" * 32, None)


def task(task_id: int) -> Task:
    return Task(task_id, 1, (f"+7495{task_id:07}",))


def kinds(*commands: StorageCommand) -> list[tuple[type, int]]:
    return [(run.kind, len(run.commands)) for run in in_runs(commands)]


def test_calls_that_begin_and_end_side_by_side_are_gathered() -> None:
    first, second, third = opening(task(1)), opening(task(2)), opening(task(3))
    commands: list[StorageCommand] = [
        first,
        second,
        closing(opening(task(8))),
        agent_state(),
        closing(opening(task(9))),
    ]
    assert kinds(*commands) == [(OpenAttempt, 2), (CloseAttempt, 2), (RecordAgentState, 1)]
    # An open stays behind the close that may have freed its number.
    assert kinds(*commands, third)[-1] == (OpenAttempt, 1)


def test_an_attempts_own_order_is_kept() -> None:
    o = opening(task(1))
    join = RecordJoin(o.attempt_id, 1, "leg", at(), at())
    commands: list[StorageCommand] = [closing(opening(task(9))), o, join, closing(o)]
    assert [kind for kind, _ in kinds(*commands)] == [
        CloseAttempt,
        OpenAttempt,
        RecordJoin,
        CloseAttempt,
    ]


def test_a_caller_who_is_sent_on_to_another_queue_keeps_his_order() -> None:
    """All within a moment: the second queue's word comes after the first one's."""
    caller = Caller("c" * 32, "1.1")
    sent_on = CloseInbound(caller.call_id, 1, Fate.SENT_ON, at(), at())
    answered = CloseInbound(caller.call_id, 2, Fate.ANSWERED, at(), at())
    begun = (OpenInbound(1, caller, at()), sent_on, OpenInbound(2, caller, at()))
    talk = JoinInbound(caller.call_id, 1, "leg", at())
    assert kinds(*begun, talk, answered) == [
        *((OpenInbound, 1), (CloseInbound, 1)),
        *((OpenInbound, 1), (JoinInbound, 1), (CloseInbound, 1)),
    ]


def test_a_release_is_never_overtaken_by_a_claim() -> None:
    commands: list[StorageCommand] = [ReserveTasks(1, 5), ReleaseTasks((1,)), ReserveTasks(1, 5)]
    assert [kind for kind, _ in kinds(*commands)] == [ReserveTasks, ReleaseTasks, ReserveTasks]


def test_a_whole_life_in_one_batch(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1), row(2)])
    (answer,) = carry(db, ReserveTasks(campaign.id, 10))
    assert isinstance(answer, TasksReserved)
    assert (answer.campaign_id, answer.asked, len(answer.tasks)) == (campaign.id, 10, 2)
    first, second = answer.tasks
    o = opening(first)
    join = RecordJoin(o.attempt_id, 1, "leg", at(1), at(2))
    talked = closing(o, disposition=Disposition.TALKED, task_move=TaskMove.FINISH)
    answers = carry(db, o, join, ReleaseTasks((second.id,)), talked, ReserveTasks(campaign.id, 10))
    assert answers == [
        AttemptOpened(o.attempt_id),
        TasksReserved(campaign.id, (second,), 10),
    ]
    (found,) = storage.list_attempts(db, storage.AttemptFilter())
    assert (found["disposition"], found["joined_at"]) == ("talked", NOW + 2000)


def test_a_batch_is_kept_whole_or_not_at_all(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(1)])
    (answer,) = carry(db, ReserveTasks(campaign.id, 1))
    assert isinstance(answer, TasksReserved)
    o = opening(answer.tasks[0])
    broken = replace(agent_state(), agent_id=999)  # there is no such agent
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        carry(db, o, broken)
    assert storage.list_attempts(db, storage.AttemptFilter()) == []
    assert carry(db, o) == [AttemptOpened(o.attempt_id)]


def test_a_locked_database_is_waited_for_and_the_batch_carried_out_unchanged(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_S", 0.2)
    with storage.connect(database_url) as db, storage.connect(database_url) as other:
        storage.migrate(db)
        campaign = storage.upsert_campaign(
            db, "acme", "demo", storage.settings_from_json('{"dial": "PJSIP/x"}'), NOW
        )
        insert(db, campaign, [row(1)])
        with other.transaction():
            if other.dialect == "postgresql":
                other.run("LOCK TABLE task IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(StorageBusy):
                carry(db, ReserveTasks(campaign.id, 1))
        (answer,) = carry(db, ReserveTasks(campaign.id, 1))
        assert isinstance(answer, TasksReserved)
        assert len(answer.tasks) == 1


def test_writers_of_two_nodes_do_not_spoil_each_others_work(
    db: Database, campaign: Campaign
) -> None:
    insert(db, campaign, [row(i) for i in range(120)])
    failures: list[BaseException] = []

    def work(node: str) -> None:
        try:
            while True:
                (answer,) = storage.carry_out(
                    db, [ReserveTasks(campaign.id, 5)], node, to_wall, NOW
                )
                assert isinstance(answer, TasksReserved)
                if not answer.tasks:
                    return
                opens = [opening(each) for each in answer.tasks]
                closes = [closing(each) for each in opens]
                storage.carry_out(db, [*opens, *closes, agent_state()], node, to_wall, NOW)
        except BaseException as error:
            failures.append(error)
            raise

    _make_agent(db)
    threads = [threading.Thread(target=work, args=(node,)) for node in (NODE, "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    found = storage.list_attempts(db, storage.AttemptFilter())
    assert len({attempt["task"] for attempt in found}) == len(found) == 120


def _make_agent(db: Database) -> None:
    agent = Agent(0, "anna", "Anna", "PJSIP/anna", True, frozenset())
    assert storage.upsert_agent(db, agent, ["acme"], NOW) == 1
