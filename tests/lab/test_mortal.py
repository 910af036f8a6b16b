"""The daemon is killed at every step of dialing, one after the other (TRUST A.5, rows 1 and 6).

At the end, by the carrier's own record: nobody was rung twice, behind every INVITE stands an
attempt that was written before it, and no task is lost; the fixture looks for channels and bridges
that nobody owns any more.
"""

from __future__ import annotations

import re

import pytest

from ccdialer.core.campaign import Mode
from tests.lab.running import Make, Running
from tests.lab.sipp import Manners, wait_until

pytestmark = pytest.mark.lab

STEPS = range(1, 43)
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


@pytest.mark.parametrize("kept_up", [True, False])
def test_killed_at_every_step_of_dialing(make_sqlite: Make, kept_up: bool) -> None:
    running = make_sqlite(BRISK)
    count = 200
    running.fill(count, {1: 3.0, 3: 1.0}, kept_up, mode=Mode.PROGRESSIVE, wrap_up_s=0.1)
    running.start()
    running.ask("login", logins=["agent1", "agent2"])
    wait_until(lambda: on_duty(running) == 2, 10, "the sign-ins to be written")
    running.kill()
    places = [live_and_die(running, step) for step in STEPS]
    assert len(set(places)) >= 15, places
    running.start()
    running.ask("login", logins=["agent1", "agent2"])
    running.wait_done(120)
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
    nobody_twice_nobody_lost(running, count)
