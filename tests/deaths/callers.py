"""Callers of a site whose daemons die: they call, are routed, wait, talk and hang up; and what must
be true of each of them at the end (TRUST A.5; SPEC A3, E3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Protocol

from ccdialer import storage
from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.queue import Caller, QueueSettings, Widening
from ccdialer.storage import Database
from tests.deaths.exchange import Agenda, Switch

QUEUE, LINE = "line", "+78121112233"
EVERY_S, STAY_S, ROUTED_S = (0.5, 8.0), (0.5, 60.0), (0.0, 0.5)
OFTEN = 0.2  # share of those who have called before


class Exchange(Protocol):
    """A daemon, or its place, and its switch."""

    switch: Switch
    queue: list[c.StorageCommand]
    dialer: object | None


def open_queue(database: Database, now: int) -> int:
    """A queue of the sales people first, whose callers are called back; its campaign's id."""
    waits = QueueSettings(widening=(Widening(0.0, ("sales",)), Widening(10.0)), lost_after_s=0.0)
    settings = CampaignSettings(
        mode=Mode.INBOUND, calling_hours=AT_ANY_TIME, wrap_up_s=2.0, record=True, queue=waits
    )
    queue = storage.upsert_campaign(database, "acme", QUEUE, settings, now)
    storage.set_campaign_state(database, queue.id, CampaignState.ACTIVE, now)
    return queue.id


@dataclass
class Rush:
    """So many callers, one after the other; what Asterisk knows of each."""

    campaign_id: int
    project_id: int
    wanted: int
    came: list[Caller] = field(default_factory=list)

    def begin(self, agenda: Agenda, dice: Random, nodes: Sequence[Exchange]) -> None:
        serials = count(1)

        def next_one() -> None:
            if len(self.came) < self.wanted:
                self._call(agenda, dice, dice.choice(nodes), next(serials))
                agenda.after(dice.uniform(*EVERY_S), next_one)

        agenda.after(dice.uniform(*EVERY_S), next_one)

    def is_over(self, database: Database) -> bool:
        return len(self.came) == self.wanted and database.rows(OPEN) == []

    def _call(self, agenda: Agenda, dice: Random, node: Exchange, serial: int) -> None:
        """A script routes him, if a daemon lives; a moment later he comes into the queue."""
        known = [caller.number for caller in self.came]
        is_known = known and dice.random() < OFTEN
        number = dice.choice(known) if is_known else f"+7812{serial:07}"
        call_id = f"{serial:032x}".replace("0", "f", 1)
        caller = Caller(call_id, f"1800000000.{serial}", number, did=LINE)
        self.came.append(caller)
        if node.dialer is not None:
            who = (caller.call_id, caller.leg_id, number, LINE, agenda.now)
            route = ("queue", QUEUE, "rule.line", "{}")
            node.queue.append(c.RecordRoute(*who, *route, project_id=self.project_id))
        event, stay_s = e.CallerQueued(self.campaign_id, caller), dice.uniform(*STAY_S)
        agenda.after(dice.uniform(*ROUTED_S), _arrival(node.switch, event, stay_s))


def _arrival(switch: Switch, event: e.CallerQueued, stay_s: float) -> Callable[[], None]:
    return lambda: switch.called(event, stay_s)


# --- laws ---------------------------------------------------------------------------------------

OPEN = "SELECT id, number, queued_at FROM inbound_call WHERE ended_at IS NULL"
ROWS = "SELECT id, leg_id, number, fate, joined_at, agent_id, task_id FROM inbound_call"
EXPLAINED = "SELECT attempt_id FROM journal WHERE kind = 'callback' AND attempt_id IS NOT NULL"
ASKED = """
    SELECT attempt_id, count(*) FROM journal WHERE kind = 'callback'
        AND state IN ('asked', 'missed', 'not_made') AND attempt_id IN (SELECT id FROM inbound_call)
    GROUP BY attempt_id HAVING count(*) > 1"""
AT_ONCE = """
    SELECT one.id, other.id FROM inbound_call AS one JOIN inbound_call AS other
        ON one.agent_id = other.agent_id AND one.id < other.id AND one.node = other.node
    WHERE one.joined_at < other.ended_at AND other.joined_at < one.ended_at"""
TWO_PROMISES = """
    SELECT e164, count(*) FROM task_number JOIN task ON task.id = task_id
    JOIN campaign ON campaign.id = task.campaign_id
    WHERE campaign.name = 'callback' AND task.state IN ('waiting', 'reserved', 'active')
    GROUP BY e164 HAVING count(*) > 1"""


def callers_were_served(database: Database, rush: Rush, met: set[str]) -> None:
    """Each is closed, once; who is said to have talked was with an agent; who met nobody is called
    back, once. `met`: the legs that Asterisk saw in a bridge with an agent."""
    assert database.rows(OPEN) == []
    rows = database.rows(ROWS)
    calls = {caller.call_id: caller for caller in rush.came}
    explained = {call_id for (call_id,) in database.rows(EXPLAINED)}
    for call_id, leg_id, number, fate, joined_at, agent_id, task_id in rows:
        assert (calls[call_id].leg_id, calls[call_id].number) == (leg_id, number)
        assert (fate == "answered") == (joined_at is not None), (call_id, fate, joined_at)
        if fate == "answered":
            assert leg_id in met, f"{call_id} was with nobody"
            assert agent_id is not None
        else:
            assert fate in ("left", "lost"), (call_id, fate)
            assert task_id is not None or call_id in explained, f"{call_id} is forgotten"
    for sql in (ASKED, AT_ONCE, TWO_PROMISES):
        assert database.rows(sql) == [], sql
