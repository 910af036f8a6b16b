"""Bad days: what breaks is broken for real, and nobody may be dialed twice or forgotten for it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.lab.asterisk import Plan
from tests.lab.proxy import Proxy
from tests.lab.running import Make, Running
from tests.lab.sipp import Manners, wait_until

pytestmark = pytest.mark.lab

MIX = {1: 2.0, 2: 2.0, 3: 1.0, 5: 0.5}


def begin(running: Running, count: int = 60, **changes: Any) -> None:
    """A campaign under way: some calls are live, some are done."""
    running.fill(count, MIX, **changes)
    running.start()
    running.ask("login", all=True)
    wait_until(lambda: running.states()["done"] >= 3, 20, "the first talks")


def settle(running: Running) -> None:
    """Sign in whoever the bad day has signed out, and let the list come to its end."""
    running.ask("login", all=True)
    running.wait_done()
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


def nobody_twice_nobody_lost(running: Running, count: int) -> None:
    """At most one INVITE a number (one attempt is all they have), an attempt behind each, and
    every task still there."""
    invites, attempts = running.invites(), running.attempts()
    assert [n for n, times in invites.items() if times > 1] == []
    assert set(invites) <= set(attempts)
    assert running.open_attempts() == 0
    assert sum(running.states().values()) == count


def test_asterisk_killed_and_started_again(make_sqlite: Make) -> None:
    running = make_sqlite()
    begin(running)
    running.site.asterisk.kill()
    wait_until(lambda: not running.is_connected(), 30, "the daemon notices")
    time_of_silence = len(running.invites())
    running.site.asterisk.start()
    wait_until(running.is_connected, 30, "the daemon finds Asterisk again")
    settle(running)
    assert len(running.invites()) > time_of_silence
    nobody_twice_nobody_lost(running, 60)


def test_the_websocket_is_cut(make_sqlite: Make) -> None:
    plan = Plan()
    proxy = Proxy(plan.daemon_port)
    running = make_sqlite(daemon_port=proxy.port)
    text = running.site.config.read_text()
    running.site.config.write_text(text.replace(str(proxy.port), str(plan.daemon_port)))
    begin(running)
    proxy.cut()
    wait_until(lambda: not running.is_connected(), 10, "the daemon notices")
    silent = len(running.invites())
    time.sleep(2)  # long enough for calls to be answered and to end unheard
    assert len(running.invites()) == silent, "dialed while blind"
    proxy.mend()
    wait_until(running.is_connected, 15, "connected again")
    settle(running)
    nobody_twice_nobody_lost(running, 60)
    proxy.close()


def test_sigkill_in_the_middle_of_dialing(make: Make) -> None:
    running = make()
    begin(running)
    for _ in range(3):
        running.kill()
        running.start()
        done = running.states()["done"]
        wait_until(lambda before=done: running.states()["done"] > before, 30, "work goes on")
    settle(running)
    nobody_twice_nobody_lost(running, 60)


def test_a_talk_outlives_the_daemon(make_sqlite: Make) -> None:
    running = make_sqlite(Manners(talk_ms=(6000, 1), media=False))
    running.fill(1, {1: 1})
    running.start()
    running.ask("login", logins=["agent1"])
    wait_until(lambda: running.snapshot()["calls_by_state"].get("talking"), 10, "a talk")
    running.kill()
    running.start()
    assert running.snapshot()["calls_by_state"] == {"talking": 1}
    agent = running.snapshot()["agents"][0]
    assert (agent["login"], agent["state"]) == ("agent1", "talking")
    settle(running)
    assert running.dispositions() == {"talked": 1}
    ((agent_id,),) = running.database.rows("SELECT agent_id FROM attempt")
    assert agent_id is not None
    nobody_twice_nobody_lost(running, 1)


def test_all_agents_leave_at_once(make_sqlite: Make) -> None:
    running = make_sqlite()
    begin(running, count=200, ring_timeout_s=20.0, min_ring_s=1.0)
    running.ask("logout", all=True)
    wait_until(lambda: not running.snapshot()["agents"], 15, "everybody is gone")
    after = len(running.invites())
    wait_until(lambda: not running.snapshot()["calls_by_state"], 15, "ringing calls are let go")
    assert len(running.invites()) == after, "dialed with no agent"
    wait_until(lambda: running.states()["reserved"] == 0, 5, "the hopper is given back")
    assert running.stop() == 0
    nobody_twice_nobody_lost(running, 200)


def test_the_database_is_locked_for_ten_seconds(make_sqlite: Make, tmp_path: Path) -> None:
    running = make_sqlite()
    begin(running, count=40)
    blocker = sqlite3.connect(tmp_path / "site.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    wait_until(lambda: running.ask("status")["daemon"]["storage_stalled_s"] > 0, 15, "a stall")
    silent = len(running.invites())
    time.sleep(4)
    assert len(running.invites()) == silent, "dialed without a committed attempt"
    blocker.execute("ROLLBACK")
    blocker.close()
    settle(running)
    nobody_twice_nobody_lost(running, 40)


def test_a_second_daemon_of_the_same_name_is_refused(make: Make) -> None:
    running = make()
    running.fill(1, {3: 1})
    running.start()
    second = subprocess.run(
        [sys.executable, "-m", "ccdialer", "run"],
        env=running.site.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 5
    assert 'another daemon already runs as node "lab"' in second.stderr
    assert "Traceback" not in second.stderr
    assert running.is_connected()
    assert running.stop() == 0


def test_a_wrong_ari_password_is_said_plainly(make_sqlite: Make) -> None:
    running = make_sqlite()
    text = running.site.config.read_text()
    running.site.config.write_text(text.replace(running.site.plan.ari_password, "guess"))
    running.fill(1, {3: 1})
    running.start(is_connected=False)
    wait_until(lambda: "password" in running.ask("status")["daemon"]["asterisk"], 40, "the word")
    assert "Traceback" not in running.log
    assert running.stop() == 0
    assert running.invites() == {}


def test_sigterm_lets_live_talks_end(make_sqlite: Make) -> None:
    running = make_sqlite(Manners(talk_ms=(3000, 1), media=False))
    running.fill(40, {1: 1})
    running.start()
    running.ask("login", all=True)
    wait_until(lambda: running.snapshot()["calls_by_state"].get("talking") == 5, 15, "five talks")
    assert running.process is not None
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert set(running.dispositions()) == {"talked"}
    assert running.states()["reserved"] == 0
    assert running.open_attempts() == 0
    running.start()  # the agents' phones are still up: they are found again
    assert len(running.snapshot()["agents"]) == 5
    running.ask("logout", all=True)
    assert running.stop() == 0


def test_sighup_with_a_broken_config_keeps_the_old_one(make_sqlite: Make) -> None:
    running = make_sqlite()
    running.fill(1, {3: 1})
    running.start()
    text = running.site.config.read_text()
    running.site.config.write_text(text + "nonsense: 1\n")
    assert running.process is not None
    os.kill(running.process.pid, signal.SIGHUP)
    wait_until(lambda: "nonsense" in running.log, 10, "the fault is named")
    assert running.is_connected()
    running.site.config.write_text(text)
    assert running.stop() == 0
