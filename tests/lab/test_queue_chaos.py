"""200 callers wait in two queues at one instant, the daemon is killed or its socket cut, then 50
agents come, while people hang up, agents sign out and in, and the rest of the bad luck goes on:
nobody is lost, joined twice or forgotten (SPEC A3, E3).

What happened is told by three who do not know each other: SIPp, Asterisk and the database. More
courses of events: CHAOS_SEEDS="7 8 9" pytest tests/lab/test_queue_chaos.py
"""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.lab import callers, chaos, witness
from tests.lab.ari import Listener
from tests.lab.asterisk import Plan
from tests.lab.callers import notes_of
from tests.lab.inbound_ledger import Row, faults_of, most_who_wait, read_calls
from tests.lab.proxy import Proxy
from tests.lab.running import Make, Running
from tests.lab.sipp import Note, wait_until
from tests.lab.witness import Said

pytestmark = pytest.mark.lab

SEEDS = [int(seed) for seed in os.environ.get("CHAOS_SEEDS", "1").split()]
OPEN = "SELECT count(*) FROM inbound_call WHERE ended_at IS NULL"
CALLERS = "SELECT leg_id, fate FROM inbound_call"
UNSETTLED = """
    SELECT number, fate, task.state FROM inbound_call JOIN task ON task.id = task_id
    WHERE fate IN ('left', 'lost') AND task.state <> 'waiting' AND NOT EXISTS (
        SELECT 1 FROM inbound_call AS later WHERE later.number = inbound_call.number
            AND later.fate = 'answered' AND later.ended_at >= inbound_call.ended_at)"""
TWICE = """
    SELECT e164, count(*) FROM task_number JOIN task ON task.id = task_id
    WHERE state = 'waiting' GROUP BY e164 HAVING count(*) > 1"""


@pytest.mark.parametrize("kills", [0, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_lost_joined_twice_or_forgotten(make_sqlite: Make, seed: int, kills: int) -> None:
    plan, dice = Plan(), Random(seed)
    proxy = Proxy(plan.daemon_port)
    running = make_sqlite(daemon_port=proxy.port, agents=50)
    text = running.site.config.read_text()
    running.site.config.write_text(text.replace(str(proxy.port), str(plan.daemon_port)))
    chaos.furnish(running)
    running.start()
    with Listener(running.site.plan, "witness", hears_all=True) as listener:
        caller, hurried = chaos.crowd_waits(running, dice)
        weather = chaos.Weather(running, proxy, dice, kills)
        weather.strike(caller)
        assert not kills or weather.kills == kills - 1, "it was to be killed while all wait"
        running.ask("login", all=True)
        callers.let_go(running.site.asterisk)
        weather.rage(caller)
        for sipp in (caller, hurried):
            callers.end_lost(sipp, running.site.asterisk)
        wait_until(lambda: running.database.rows(OPEN) == [(0,)], 60, "the end of every call")
        print(f"seed {seed}: {weather.deeds} deeds, {weather.cuts} cuts")
        record = notes_of(caller) + notes_of(hurried)
        adds_up(running, record, listener, 20.0 if kills else 4.0)
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
    proxy.close()


def adds_up(running: Running, record: list[Note], listener: Listener, blind_s: float) -> None:
    """All three say the same, and nothing is left in the daemon's hands."""
    rows = read_calls(running.database)
    record = [note for note in record if note.number not in unheard(record, rows, listener)]
    assert most_who_wait(rows) >= chaos.WAITING
    faults = faults_of(record, rows)
    said = [Said(*row) for row in running.database.rows(CALLERS)]
    faults += witness.faults_of(witness.stays_of(listener.events), said, blind_s)
    assert not faults, "\n".join(faults)
    assert running.database.rows(UNSETTLED) == []
    assert running.database.rows(TWICE) == []
    assert {"answered", "left"} <= {row.fate for row in rows}
    snapshot = running.snapshot()
    assert snapshot["calls_by_state"] == {}
    assert sum(queue["waiting"] + queue["talking"] for queue in snapshot["queues"]) == 0
    assert "Traceback" not in running.log


def unheard(record: list[Note], rows: list[Row], listener: Listener) -> set[str]:
    """Who has hung up before Asterisk came to ask anybody about him: nobody can know of him."""
    hung_up = {note.number for note in record if note.word in ("CANCEL", "ABORTED")}
    return hung_up - {row.number for row in rows} - witness.asked(listener.events)
