"""The daemon is killed at every step of dialing, one after the other (TRUST A.5, rows 1 and 6), and
at steps of callbacks and of failover, chosen so that all kinds of them are met (rows 1, 16, 24).

At the end, by the carrier's own record: nobody was rung twice, behind every INVITE stands an
attempt that was written before it, and no task is lost; the fixture looks for channels and bridges
that nobody owns any more.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.storage import agents
from ccdialer.storage.insertion import TaskRow, insert_tasks
from tests.lab.running import Make, Running
from tests.lab.sipp import Manners, invites, wait_until
from tests.lab.site import numbers
from tests.lab.test_trunks import SETTINGS, UNAVAILABLE, Providers, at_work, providers

__all__ = ["providers"]

pytestmark = pytest.mark.lab

STEPS = range(1, 43)
FEWER_STEPS = (*range(1, 10), 12, 15, 19, 24, 30)
BRISK = Manners(ring_ms=(100, 200), talk_ms=(250, 100), media=False)
LIFE_LIMIT_S = 25.0
KILLED = re.compile(r"killed at step (\d+): (.*)")


def live_and_die(running: Running, step: int) -> str:
    """One life of the daemon; where it ended."""
    running.spawn("tests.lab.mortal", str(step))
    assert running.process is not None
    process = running.process
    wait_until(lambda: process.poll() is not None, LIFE_LIMIT_S, f"step {step}; {running.log}")
    assert process.returncode == -9, running.log
    number, name = KILLED.findall(running.log)[-1]
    assert int(number) == step
    return str(name)


def on_duty(running: Running) -> int:
    return len(running.database.rows("SELECT 1 FROM agent_session WHERE state <> 'offline'"))


def nobody_twice_nobody_lost(running: Running, count: int) -> None:
    """At most one INVITE a number (one attempt is all they have), an attempt behind each, and
    every task still there."""
    invites = running.invites()
    assert [n for n, times in invites.items() if times > 1] == []
    rows = running.database.rows("SELECT number FROM attempt")
    assert set(invites) <= {str(number).lstrip("+") for (number,) in rows}
    assert running.open_attempts() == 0
    assert sum(running.states().values()) == count


@pytest.mark.parametrize(("kept_up", "steps"), [(True, STEPS), (False, STEPS[::3])])
def test_killed_at_every_step_of_dialing(
    make_sqlite: Make, kept_up: bool, steps: Sequence[int]
) -> None:
    running = make_sqlite(BRISK)
    count = 200
    running.fill(count, {1: 3.0, 3: 1.0}, kept_up, mode=Mode.PROGRESSIVE, wrap_up_s=0.1)
    running.start()
    running.ask("login", logins=["agent1", "agent2"])
    wait_until(lambda: on_duty(running) == 2, 10, "the sign-ins to be written")
    running.kill()
    places = [live_and_die(running, step) for step in steps]
    assert len(set(places)) >= len(steps) // 3, places
    running.start()
    running.ask("login", logins=["agent1", "agent2"])
    running.wait_done(120)
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
    nobody_twice_nobody_lost(running, count)


# --- callbacks ----------------------------------------------------------------------------------

SPACED_MS = 250
TWICE_TOLD = """
    SELECT task_id, state FROM journal WHERE kind = 'callback'
    GROUP BY task_id, state HAVING COUNT(*) > 1"""
MISSES = "SELECT task_id, state FROM journal WHERE kind = 'callback'"
TAKEN = """
    SELECT task_id, held_agent_id, agent_id, task.owner_id, task.owner_group
    FROM attempt JOIN task ON task.id = task_id"""
LEGS = """
    SELECT number, leg.opened_at, trunk.name FROM leg JOIN attempt ON attempt.id = attempt_id
    LEFT JOIN trunk ON trunk.id = leg.trunk_id WHERE role = 'client'"""


def call_back(running: Running, count: int) -> None:
    """Callbacks due one after the other: a third each for agents who are on duty, for one who is
    not, and for a group of his."""
    settings = CampaignSettings(
        "PJSIP/{digits}@carrier",
        mode=Mode.CALLBACK,
        calling_hours=AT_ANY_TIME,
        owner_wait_s=1.0,
        group_wait_s=1.0,
        wrap_up_s=0.1,
    )
    running.fill_with(settings, [])
    found = {agent.login: agent.id for agent in agents.list_agents(running.database)}
    for login in ("agent2", "agent4"):
        agents.set_groups(running.database, found[login], ["sales"])
    pins = (
        *({"owner_id": found["agent1"]}, {"owner_id": found["agent4"]}),
        *({"owner_group": "sales"}, {"owner_id": found["agent3"]}),
    )
    now = time.time_ns() // 1_000_000
    rows = [
        TaskRow(((number, number),), now + n * SPACED_MS)._replace(**pins[n % len(pins)])
        for n, number in enumerate(numbers(count, {1: 3.0, 3: 1.0}))
    ]
    insert_tasks(running.database, 1, rows, now)


@pytest.mark.parametrize("kept_up", [True, False])
def test_killed_at_steps_of_callbacks(make_sqlite: Make, kept_up: bool) -> None:
    """The shipped pauses are longer than the test: nobody is rung twice."""
    running = make_sqlite(BRISK)
    count = 160
    call_back(running, count)
    running.database.run("UPDATE agent SET kept_up = ?", (kept_up,))
    running.start()
    running.ask("login", logins=["agent1", "agent2", "agent3"])
    wait_until(lambda: on_duty(running) == 3, 10, "the sign-ins to be written")
    running.kill()
    places = [live_and_die(running, step) for step in FEWER_STEPS]
    running.start()
    running.ask("login", logins=["agent1", "agent2", "agent3"])
    wait_until(lambda: nothing_is_to_come(running), 90, f"the end of the list: {running.states()}")
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
    nobody_twice_nobody_lost(running, count)
    assert len(set(places)) >= 6, places
    assert running.database.rows(TWICE_TOLD) == []
    told = set(running.database.rows(MISSES))
    for task_id, held, agent, owner, group in running.database.rows(TAKEN):
        for who in (held, agent):
            is_owner = who is None or who == owner
            assert is_owner or owner is None or (task_id, "owner_missed") in told
        assert owner is not None or group == "sales"
    written_before_they_were_dialed(running, invites(running.site.carrier_log()))


def nothing_is_to_come(running: Running) -> bool:
    """No callback is at work or due within a minute."""
    soon = time.time_ns() // 1_000_000 + 60_000
    sql = (
        "SELECT 1 FROM task WHERE state IN ('reserved', 'active')"
        " OR (state = 'waiting' AND due_at <= ?)"
    )
    return running.database.rows(sql, (soon,)) == [] and running.open_attempts() == 0


def written_before_they_were_dialed(
    running: Running, dialed: list[tuple[float, str]], trunk: str | None = None
) -> None:
    """For each INVITE that a carrier has seen there is a leg of its own, older than it."""
    rows = [row for row in running.database.rows(LEGS) if trunk in (None, row[2])]
    written: dict[str, list[int]] = {}
    for number, opened_at, _ in rows:
        written.setdefault(number.lstrip("+"), []).append(opened_at)
    for at, number in dialed:
        assert written.get(number), f"no leg was written for {number}"
        assert min(written[number]) <= at * 1000
    for number, times in Counter(number for _, number in dialed).items():
        assert times <= len(written[number]), f"{number} is dialed more often than written"


# --- failover -----------------------------------------------------------------------------------

SUMS = """
    SELECT attempt.cost, SUM(leg.cost), SUM(leg.held) FROM attempt
    JOIN leg ON attempt_id = attempt.id GROUP BY attempt.id, attempt.cost"""
SPENT = "SELECT SUM(spent), SUM(held) FROM spending WHERE scope = 'site'"


def test_killed_at_steps_of_failover(make_sqlite: Make, providers: Providers) -> None:
    """The first trunk answers 503; every life begins by trying it again."""
    providers.treats("main", UNAVAILABLE)
    providers.treats("spare", replace(UNAVAILABLE, refuses="", talk_ms=(250, 50)))
    running = at_work(make_sqlite, providers)
    running.kill()
    count = 100
    running.fill_with(replace(SETTINGS, wrap_up_s=0.1), numbers(count, {1: 3, 3: 1}))
    places = [live_and_die(running, step) for step in FEWER_STEPS]
    assert any("OpenLeg" in place or "LegEnded" in place for place in places), places
    running.start()
    running.ask("login", all=True)
    running.wait_done(90)
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
    assert running.open_attempts() == 0
    assert sum(running.states().values()) == count
    for name in ("main", "spare"):
        notes = providers.running[name].notes()
        word = "503" if name == "main" else "INVITE"
        dialed = [(note.at, note.number) for note in notes if note.word == word]
        assert {times for times in Counter(n for _, n in dialed).values()} == {1}
        written_before_they_were_dialed(running, dialed, name)
    sums = running.database.rows(SUMS)
    assert all((cost or 0) == (of_legs or 0) and held is None for cost, of_legs, held in sums)
    assert running.database.rows(SPENT) == [(sum(cost or 0 for cost, _, _ in sums), 0)]
