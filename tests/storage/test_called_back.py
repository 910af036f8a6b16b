"""The core and the storage together: who leaves a queue is dialed back for whom he talked with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from ccdialer import storage
from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignState, History
from ccdialer.core.dialer import Dialer
from ccdialer.core.queue import Caller, Fate
from ccdialer.storage import Database
from tests.storage.callers import agent_of, callbacks_of, comes, ends, joins, queue_of
from tests.storage.samples import NOW, at, carry, number


class House:
    """A core whose words storage carries out, at one instant after another."""

    def __init__(self, db: Database) -> None:
        ids = count(1)
        self.db = db
        self.dialer = Dialer(lambda: f"{next(ids):032x}")
        self.dialed: list[c.Originate] = []

    def hear(self, event: e.Event, after_s: float) -> None:
        self._do(self.dialer.receive(event, at(after_s)), after_s)

    def wait(self, after_s: float) -> None:
        self._do(self.dialer.fire_timer(at(after_s)), after_s)

    def _do(self, commands: Iterable[c.Command], after_s: float) -> None:
        told = list(commands)
        self.dialed += [command for command in told if isinstance(command, c.Originate)]
        kept = [command for command in told if isinstance(command, c.StorageCommand)]
        for event in carry(self.db, *kept) if kept else ():
            self.hear(event, after_s)


def by_call(db: Database, agent_id: int) -> Agent:
    """The agent, whose phone is rung for each call."""
    return replace(storage.agent_by_id(db, agent_id), kept_up=False)


def test_who_leaves_is_dialed_for_whom_he_talked_with_as_soon_as_that_one_is_there(
    db: Database,
) -> None:
    queue, callbacks = queue_of(db), callbacks_of(db)
    anna, boris = agent_of(db, "anna"), agent_of(db, "boris")
    before = comes(queue, 1, -900, call_id="b" * 32)
    carry(db, before, joins(before, anna, -890), ends(before, Fate.ANSWERED, -800))
    house = House(db)
    for campaign in (queue, callbacks):
        at_work = replace(campaign, state=CampaignState.ACTIVE)
        house.hear(e.CampaignLoaded(at_work, History()), -60)
    house.hear(e.SwitchFound(()), -60)
    house.hear(e.CallerQueued(queue.id, Caller("a" * 32, "1.1", number(1))), -50)
    house.hear(e.LegEnded("1.1", 16), -10)
    row = db.row("SELECT fate, task_id FROM inbound_call WHERE id = ?", ("a" * 32,))
    assert row is not None
    assert row[0] == "left"
    assert storage.show_task(db, row[1])["owner"] == "anna"
    house.hear(e.SignInAsked(by_call(db, boris), "s" * 32), 0)
    house.wait(1)
    assert house.dialed == []  # he is not the one
    house.hear(e.SignInAsked(by_call(db, anna), "t" * 32), 2)
    house.wait(3)
    (attempt,) = storage.list_attempts(db, storage.AttemptFilter(number=number(1)))
    assert (attempt["held"], attempt["task"]) == ("anna", row[1])
    assert [number(1).lstrip("+") in command.endpoint for command in house.dialed] == [True]
    assert attempt["opened_at"] >= NOW
