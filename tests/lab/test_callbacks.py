"""Callbacks through a real Asterisk: everybody is called back by his own agent, in order, and the
owner's next client rings the moment he is free."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest

from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.storage import agents
from ccdialer.storage.insertion import TaskRow, insert_tasks
from tests.lab.running import Make, Running
from tests.lab.sipp import Manners
from tests.lab.site import numbers

pytestmark = pytest.mark.lab

EACH = 25  # callbacks of every agent
RINGS = """
    SELECT agent_id, held_agent_id, attempt.owner_id, attempt.due_at, ended_at, ringing_at
    FROM attempt JOIN task ON task.id = task_id
    WHERE disposition = 'talked' ORDER BY joined_at"""


def call_back(running: Running, **changes: Any) -> int:
    """As many callbacks for every agent, the later ones due earlier; how many there are."""
    shipped: dict[str, Any] = {"mode": Mode.CALLBACK, "wrap_up_s": 0.0, "owner_wait_s": 600.0}
    shipped |= {"calling_hours": AT_ANY_TIME}
    settings = CampaignSettings("PJSIP/{digits}@carrier", **{**shipped, **changes})
    running.fill_with(settings, [])
    now = time.time_ns() // 1_000_000
    found = agents.list_agents(running.database)
    wanted = numbers(EACH * len(found), {2: 1.0})
    rows = [
        TaskRow(((number, number),), now - n * 1000, owner_id=found[n % len(found)].id)
        for n, number in enumerate(wanted)
    ]
    insert_tasks(running.database, 1, rows, now)
    return len(rows)


@pytest.mark.parametrize("agent_first", [False, True])
def test_everybody_is_called_back_by_his_owner(make_sqlite: Make, agent_first: bool) -> None:
    running = make_sqlite(Manners(ring_ms=(50, 150), talk_ms=(300, 50)))
    count = call_back(running, agent_first=agent_first)
    running.start()
    running.ask("login", all=True)
    running.wait_done(120)
    assert running.dispositions() == {"talked": count}
    assert running.attempts() == running.invites()
    by_owner: dict[int, list[Any]] = {}
    for agent, held, owner, *when in running.database.rows(RINGS):
        assert agent == held == owner
        by_owner.setdefault(owner, []).append(when)
    waits = []
    for calls in by_owner.values():
        assert len(calls) == EACH
        assert [due for due, _, _ in calls] == sorted(due for due, _, _ in calls)
        waits += [after[2] - before[1] for before, after in pairwise(calls)]
    waits.sort()
    assert all(wait >= 0 for wait in waits), "two clients of one agent at once"
    at = [waits[int(len(waits) * share)] for share in (0.5, 0.99)]
    print(f"owner free -> his next client rings, ms: median, p99 of {len(waits)}: {at}")
    assert running.database.rows("SELECT id FROM journal WHERE kind = 'callback'") == []
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
