"""A daemon killed in the middle of its batches leaves rows that agree, and nobody dialed twice."""

from __future__ import annotations

import json

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Mode
from ccdialer.core.task import TaskState
from ccdialer.storage import AttemptFilter, Database, TaskFilter
from ccdialer.storage.callbacks import CallbackFilter, list_callbacks
from ccdialer.storage.inbound import callers_of
from tests.storage.callers import callbacks_of, queue_of
from tests.storage.processes import other_process
from tests.storage.samples import NODE, NOW, carry, claim, closing, insert, opening, row

WORK = """
import sys
from ccdialer import storage
from ccdialer.core.commands import ReserveTasks
from tests.storage.samples import carry, closing, opening
with storage.connect(sys.argv[1]) as db:
    while True:
        (answer,) = carry(db, ReserveTasks(int(sys.argv[2]), 4))
        opens = [opening(task) for task in answer.tasks]
        for answer in carry(db, *opens):
            print("dialed", answer.attempt_id)
        carry(db, *(closing(o) for o in opens[:2]))
"""
ROUNDS = 4


def test_kills_at_any_moment_leave_consistent_rows(db: Database, campaign: Campaign) -> None:
    insert(db, campaign, [row(i) for i in range(1000)])
    dialed: set[str] = set()
    for kill_after in range(3, 3 + 7 * ROUNDS, 7):
        with other_process(WORK, db.url, str(campaign.id)) as daemon:
            dialed |= {daemon.line().split()[1] for _ in range(kill_after)}
            daemon.kill()
        _agree(db, dialed)
        _recover(db)
    counts = storage.count_tasks(db)[campaign.id]
    assert counts[TaskState.WAITING] == 1000
    assert len(claim(db, campaign, 1000)) < 1000  # the dialed ones are due later


def _agree(db: Database, dialed: set[str]) -> None:
    """What was said to be dialed is written; a task is active exactly while its attempt lives."""
    attempts = storage.list_attempts(db, AttemptFilter())
    assert dialed <= {attempt["id"] for attempt in attempts}
    live = [attempt["task"] for attempt in attempts if attempt["ended_at"] is None]
    active = storage.list_tasks(db, TaskFilter(states=[TaskState.ACTIVE]))
    assert sorted(live) == [task["id"] for task in active]
    assert len({a["number"] for a in attempts}) == len(attempts)  # nobody was dialed twice
    (legs,) = db.row("SELECT COUNT(*) FROM leg") or (0,)
    assert legs == len(attempts)


def _recover(db: Database) -> None:
    """As the daemon does at its next start."""
    storage.release_reserved(db, NODE)
    for found in storage.open_attempts_of(db, NODE):
        carry(db, closing(opening(found.task, attempt_id=found.attempt_id)))
    assert storage.open_attempts_of(db, NODE) == []


LADDERS = """
import sys
from itertools import count
from ccdialer import storage
from ccdialer.core import events as e
from ccdialer.core.campaign import History
from ccdialer.core.commands import StorageCommand
from ccdialer.core.dialer import Dialer
from tests.storage.samples import NODE, carry

ids = count(1)
dialer = Dialer(lambda: f"{next(ids):010d}")
now = float(sys.argv[3])

def think(commands):
    told = [c for c in commands if isinstance(c, StorageCommand)]
    for event in carry(db, *told) if told else ():
        think(dialer.receive(event, now))
    print("at", now, flush=True)

with storage.connect(sys.argv[1]) as db:
    storage.release_reserved(db, NODE)
    campaign = storage.campaign_by_id(db, int(sys.argv[2]))
    carl = storage.agent_by_login(db, "carl")
    for event in (
        e.CampaignLoaded(campaign, History()),
        e.SwitchFound(()),
        e.SignInAsked(carl, "s"),
        e.PauseAsked(carl.id, "he is there, and takes nobody"),
    ):
        think(dialer.receive(event, now))
    for _ in count():
        now += 0.5
        think(dialer.fire_timer(now))
"""


def test_kills_at_any_moment_tell_each_miss_once(db: Database) -> None:
    """The real core on the real storage, killed again and again while ladders come to their
    ends; in its own time, which goes on where the killed one was seen last."""
    settings = CampaignSettings("P/x", Mode.CALLBACK, owner_wait_s=5.0, group_wait_s=3.0)
    campaign = storage.upsert_campaign(db, "acme", "back", settings, NOW)
    storage.set_campaign_state(db, campaign.id, CampaignState.ACTIVE, NOW)
    anna = Agent(0, "anna", "", "PJSIP/anna", True, frozenset(), frozenset({"vip"}))
    owner_id = storage.upsert_agent(db, anna, ["acme"], NOW)
    carl = Agent(0, "carl", "", "PJSIP/carl", False, frozenset())
    storage.upsert_agent(db, carl, ["acme"], NOW)
    count, begun = 30, NOW // 1000 - 60
    rows = [row(n, owner_id=owner_id, due_at=(begun + n) * 1000 + 300) for n in range(count)]
    insert(db, campaign, rows)
    now, kills = float(begun), 0
    while now < begun + count + 12:
        with other_process(LADDERS, db.url, str(campaign.id), str(now)) as daemon:
            for _ in range(7 + kills % 9):
                now = float(daemon.line().split()[1])
            daemon.kill()
        kills += 1
    told = storage.read_journal(db, "callback")
    assert kills > 5
    assert sorted((one["task_id"], one["state"]) for one in told) == [
        (task["id"], state)
        for task in storage.list_tasks(db, TaskFilter())
        for state in ("group_missed", "owner_missed")
    ]
    for one in told:
        wait_s = 5 if one["state"] == "owner_missed" else 8
        assert one["at"] == one["detail"]["due_at"] + wait_s * 1000, "the wait ended when it ended"


CALLERS = """
import sys
from uuid import uuid4
from ccdialer import storage
from tests.storage.callers import comes, ends
from tests.storage.samples import carry
with storage.connect(sys.argv[1]) as db:
    queue = storage.campaign_by_id(db, int(sys.argv[2]))
    while True:
        came = [comes(queue, index, call_id=uuid4().hex) for index in range(5)]
        carry(db, *came)
        carry(db, *(ends(each) for each in came))
        print("lost", flush=True)
"""


def test_kills_at_any_moment_lose_no_caller_and_count_each_once(db: Database) -> None:
    queue, campaign = queue_of(db), callbacks_of(db)
    for kill_after in range(1, 13, 4):
        with other_process(CALLERS, db.url, str(queue.id)) as daemon:
            for _ in range(kill_after):
                daemon.line()
            daemon.kill()
        lost = db.rows(
            "SELECT number, COUNT(task_id), COUNT(DISTINCT task_id) FROM inbound_call"
            " WHERE ended_at IS NOT NULL GROUP BY number ORDER BY number"
        )
        told = {
            task["numbers"][0]["e164"]: json.loads(task["details"])["missed_calls"]
            for task in list_callbacks(db, CallbackFilter(campaign.id))
        }
        assert lost == [(number, count, 1) for number, count in sorted(told.items())]
        assert len(callers_of(db, NODE)) % 5 == 0  # a batch is whole, or not there
