"""Once a number is on the list, no attempt is opened for it, whatever else goes on meanwhile."""

from __future__ import annotations

import time
from collections import Counter
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.core.commands import OpenAttempt
from ccdialer.core.events import AttemptOpened
from ccdialer.core.task import Task
from ccdialer.storage import Database
from ccdialer.storage.dnc import (
    DncFilter,
    DncList,
    Listing,
    drop_unseen,
    list_dnc,
    put_on_list,
    take_off_list,
)
from ccdialer.storage.refusals import SITE
from tests.storage.processes import other_process
from tests.storage.samples import NOW, carry, claim, closing, insert, number, opening, row, state_of

STATE, COMMAND = DncList(source="state"), DncList(source="command")


def put(db: Database, *indexes: int, on: DncList = COMMAND, now: int = NOW) -> Any:
    return put_on_list(db, on, [Listing(number(i)) for i in indexes], now, is_seen=True)


def listed(db: Database) -> list[tuple[str, str]]:
    return [(found["e164"], found["source"]) for found in list_dnc(db, DncFilter())]


# --- lists ----------------------------------------------------------------------------------------


def test_a_number_comes_on_a_list_and_off_it(db: Database, campaign: Campaign) -> None:
    assert put(db, 1, 2).new == {number(1), number(2)}
    assert put(db, 2, 3).new == {number(3)}
    assert put(db, 2, on=STATE).new == {number(2)}
    own = DncList(campaign.project_id, "command")
    put(db, 2, on=own)
    assert [row["project"] for row in list_dnc(db, DncFilter(e164=number(2)))] == [
        None,
        None,
        "acme",
    ]
    assert take_off_list(db, SITE, [number(2), number(9)], NOW) == 1
    assert listed(db) == [(number(i), "command") for i in (1, 2, 3)]
    told = storage.read_journal(db, "dnc")
    assert [(row["state"], row["detail"]["source"]) for row in told] == [
        ("removed", "command"),
        ("removed", "state"),
    ]


def test_a_later_word_is_the_one_that_counts(db: Database) -> None:
    put_on_list(db, COMMAND, [Listing(number(1), "for now", NOW + 5)], NOW)
    assert put_on_list(db, COMMAND, [Listing(number(1), "for good")], NOW + 1).new == frozenset()
    (found,) = list_dnc(db, DncFilter())
    assert (found["reason"], found["until_at"], found["since_at"]) == ("for good", None, NOW)


def test_what_a_source_names_no_more_comes_off(db: Database) -> None:
    put(db, *range(10), on=STATE)
    put(db, 3, on=COMMAND)
    put(db, *range(5, 12), on=STATE, now=NOW + 1)
    after, dropped = "", 0
    while True:
        gone, after = drop_unseen(db, STATE, NOW + 1, after, 4)
        dropped += gone
        if not after:
            break
    assert dropped == 5
    assert listed(db) == [
        (number(3), "command"),
        *((number(i), "state") for i in range(5, 12)),
    ]


def test_pages_of_a_list(db: Database) -> None:
    put(db, *range(5))
    found = list_dnc(db, DncFilter(limit=3))
    last = found[-1]
    after = (last["e164"], last["project_id"], last["source"])
    rest = list_dnc(db, DncFilter(after=after))
    assert [row["e164"] for row in found + rest] == [number(i) for i in range(5)]


# --- tasks ----------------------------------------------------------------------------------------


def test_open_tasks_of_the_number_end_with_it(db: Database, campaign: Campaign) -> None:
    other = storage.upsert_campaign(db, "other", "o", CampaignSettings("PJSIP/x"), NOW)
    insert(db, campaign, [row(1), row(2), row(3, numbers=[(number(3), ""), (number(1000), "")])])
    insert(db, other, [row(1), row(2)])
    claim(db, campaign)
    ended = put(db, 1, 3, on=DncList(campaign.project_id)).ended
    assert [storage.show_task(db, i)["campaign_id"] for i in ended] == [campaign.id]
    states = [row["state"] for row in storage.list_tasks(db, storage.TaskFilter())]
    assert Counter(states) == {"reserved": 2, "cancelled": 1, "waiting": 2}
    assert len(put(db, 1, 2, 3).ended) == 3
    told = storage.show_task(db, ended[0])
    assert told["reason"] == 'on the do-not-call list of project "acme"'
    assert [entry["reason"] for entry in told["journal"]] == [told["reason"]]


def test_a_task_that_comes_later_says_so_at_once(db: Database, campaign: Campaign) -> None:
    put(db, 1)
    insert(db, campaign, [row(1), row(2), row(3, numbers=[(number(1000), ""), (number(1001), "")])])
    states = [row["state"] for row in storage.list_tasks(db, storage.TaskFilter())]
    assert states == ["cancelled", "waiting", "waiting"]


# --- whatever goes on meanwhile -------------------------------------------------------------------

FRESH = count(10_000, 10)
STEPS = st.one_of(
    st.tuples(st.just("claim"), st.sampled_from(("one", "two"))),
    st.tuples(st.sampled_from(("open", "close")), st.integers(0, 5)),
    st.tuples(st.sampled_from(("list", "unlist")), st.integers(0, 3)),
)


class Floor:
    """Two nodes, two campaigns, three clients who share numbers, and a list."""

    def __init__(self, db: Database) -> None:
        self.db, self.first = db, next(FRESH)
        self.campaigns = [
            storage.upsert_campaign(db, f"p{self.first}", f"c{n}", CampaignSettings("x"), NOW)
            for n in range(2)
        ]
        for campaign, groups in zip(self.campaigns, ([(0, 1), (2,)], [(1, 0), (3,)]), strict=True):
            given = [[(number(self.first + n), "") for n in group] for group in groups]
            insert(db, campaign, [row(0, numbers=numbers) for numbers in given])
        self.ready: list[tuple[Task, str]] = []
        self.live: list[OpenAttempt] = []
        self.listed: set[str] = set()

    def claim(self, node: str) -> None:
        for campaign in self.campaigns:
            self.ready += [(task, node) for task in claim(self.db, campaign, 1, node)]

    def open(self, which: int) -> None:
        if self.ready:
            task, node = self.ready.pop(which % len(self.ready))
            command = opening(task)
            (answer,) = carry(self.db, command, node=node)
            if isinstance(answer, AttemptOpened):
                assert command.number not in self.listed
                self.live.append(command)

    def close(self, which: int) -> None:
        if self.live:
            ended = self.live.pop(which % len(self.live))
            carry(self.db, closing(ended, retry_after_s=-60.0))

    def list(self, which: int) -> None:
        put(self.db, self.first + which)
        self.listed.add(number(self.first + which))

    def unlist(self, which: int) -> None:
        take_off_list(self.db, SITE, [number(self.first + which)], NOW)
        self.listed.discard(number(self.first + which))

    def agree(self) -> None:
        """No open task has listed numbers only, but for those that are on the line."""
        for campaign in self.campaigns:
            for task in storage.list_tasks(self.db, storage.TaskFilter(campaign_id=campaign.id)):
                if {one["e164"] for one in task["numbers"]} <= self.listed:
                    assert task["state"] in ("cancelled", "active")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEPS, min_size=2, max_size=20))
def test_no_attempt_is_opened_for_a_listed_number(db: Database, steps: list[Any]) -> None:
    floor = Floor(db)
    floor.claim("one")
    floor.claim("two")
    for name, argument in steps:
        getattr(floor, name)(argument)
        floor.agree()


DIAL = """
import sys
from ccdialer import storage
from ccdialer.core.commands import ReserveTasks
from tests.storage.samples import carry, closing, opening
node = sys.argv[3]
with storage.connect(sys.argv[1]) as db:
    print("begun")
    while True:
        (answer,) = carry(db, ReserveTasks(int(sys.argv[2]), 3), node=node)
        opens = [opening(task) for task in answer.tasks]
        answers = carry(db, *opens, node=node)
        carry(db, *(closing(o, retry_after_s=-600.0) for o in opens), node=node)
"""
CLIENTS = 30
ATTEMPTS = "SELECT COUNT(*) FROM attempt WHERE number = ?"


def test_while_two_other_processes_dial(db: Database, campaign: Campaign) -> None:
    """Counted in the listing's transaction: what is opened by then is all that is ever opened."""
    insert(
        db,
        campaign,
        [
            row(i, numbers=[(number(i), ""), (number(i + 500), "")][: 1 + i % 2])
            for i in range(CLIENTS)
        ],
    )
    by_then: dict[int, int] = {}
    words = (db.url, str(campaign.id))
    with other_process(DIAL, *words, "one") as one, other_process(DIAL, *words, "two") as two:
        assert [one.line(), two.line()] == ["begun", "begun"]
        while not db.rows("SELECT 1 FROM attempt LIMIT 1"):
            time.sleep(0.01)
        for index in range(CLIENTS - 2):
            by_then[index] = _listed_among_others(db, index)
        (before,) = db.row("SELECT COUNT(*) FROM attempt") or (0,)
        while (db.row("SELECT COUNT(*) FROM attempt") or (0,))[0] < before + 20:
            time.sleep(0.01)  # they go on with the clients who are left
    counts = {i: db.rows(ATTEMPTS, (number(i),))[0][0] for i in by_then}
    assert counts == by_then
    assert sum(counts.values()) > 0
    single = [i for i in by_then if not i % 2]
    ids = [storage.list_tasks(db, storage.TaskFilter(number=number(i)))[0]["id"] for i in single]
    assert {state_of(db, task_id) for task_id in ids} <= {"cancelled", "active"}


def _listed_among_others(db: Database, index: int) -> int:
    while True:
        try:
            with db.transaction():
                put(db, index)
                return int(db.rows(ATTEMPTS, (number(index),))[0][0])
        except storage.StorageBusy:
            continue
