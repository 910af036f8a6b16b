"""The daemon is killed at every kind of step of a caller: he comes, waits, is offered, joined,
talks, is closed, is lost and called back (TRUST A.5; SPEC A3, E3).

Each life of the daemon has one caller, and ends at a step of his that is named; the next one finds
him. At the end three who do not know each other say the same, and whoever met nobody has been
called back once, by the carrier's own record; no agent is kept for anybody who has gone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from ccdialer.core.campaign import CampaignState
from ccdialer.errors import CcdialerError, Refused
from ccdialer.storage import campaigns
from tests.lab import reception, witness
from tests.lab.ari import Listener
from tests.lab.callers import Call, callers, notes_of
from tests.lab.inbound_ledger import faults_of, read_calls
from tests.lab.reception import CALLBACKS, DID
from tests.lab.running import Make, Running
from tests.lab.sipp import Manners, Sipp, wait_until
from tests.lab.witness import Said

pytestmark = pytest.mark.lab

KEPT_UP, RUNG = "consultants", "sales"
"""Queues, by the phone of their only agent."""
JOINED = (
    ("/addChannel", KEPT_UP),
    ("before the core hears LegJoined", KEPT_UP),
    ("before the commit of JoinInbound", KEPT_UP),
    ("before the core hears LegEnded", KEPT_UP),
    ("before POST channels/ccd-", RUNG),
    ("before the core hears LegAnswered", RUNG),
    ("before POST bridges/", RUNG),
    ("after the commit of JoinInbound", RUNG),
    ("before the commit of CloseInbound", RUNG),
)
"""Steps of a caller for whom an agent is free. He stays until his agent hangs up."""
LEAVES_MS, STAYS_MS = 600, 600_000
ALONE = (
    ("before the commit of RecordRoute", STAYS_MS),
    ("after the commit of RecordRoute", LEAVES_MS),
    ("before the core hears CallerArrived", STAYS_MS),
    ("before the commit of OpenInbound", LEAVES_MS),
    ("after the commit of OpenInbound", STAYS_MS),
    ("before the commit of CloseInbound", LEAVES_MS),
    ("after the commit of CloseInbound", LEAVES_MS),
)
"""Steps of one for whom nobody is, and how long he stays."""
MORTAL = ("tests.lab.mortal", "1")
LIFE_LIMIT_S = 120.0
BRISK = Manners(ring_ms=(100, 200), talk_ms=(250, 100), media=False)
BLIND_S = 1.0
NUMBERS = [f"79001000{n:03}" for n in range(len(JOINED) + len(ALONE))]
OPEN = "SELECT count(*) FROM inbound_call WHERE ended_at IS NULL"
TALKING = """
    SELECT login FROM inbound_call JOIN agent ON agent.id = agent_id
    WHERE joined_at > 0 AND ended_at IS NULL"""
CALLERS = "SELECT leg_id, fate FROM inbound_call"
IN_VAIN = "SELECT number FROM inbound_call WHERE fate IN ('left', 'lost')"


def test_killed_at_steps_of_callers(make_sqlite: Make) -> None:
    running = make_sqlite(BRISK, agents=2)
    furnish(running)
    with Listener(running.site.plan, "witness", hears_all=True) as listener:
        came = [*those_who_are_joined(running), *those_who_are_alone(running)]
        serve_the_rest(running)
        stays = witness.stays_of(listener.events)
    call_back(running)
    record = [note for caller in came for note in notes_of(caller)]
    rows = read_calls(running.database)
    unknown = {note.number for note in record} - {row.number for row in rows}
    assert unknown <= {NUMBERS[len(JOINED)]}, "the dialplan's fallback had nobody else"
    faults = faults_of([note for note in record if note.number not in unknown], rows)
    said = [Said(*row) for row in running.database.rows(CALLERS)]
    faults += witness.faults_of(stays, said, BLIND_S)
    assert not faults, "\n".join(faults)
    whoever_met_nobody_was_called_back(running)


def furnish(running: Running) -> None:
    """Callbacks are made, and not dialed yet."""
    reception.furnish(running)
    rung = dict.fromkeys(NUMBERS[len(JOINED) - in_queue(RUNG) : len(JOINED)], ("Proposal sent", ""))
    reception.write_clients(running.site, rung)
    running.database.run("UPDATE agent SET kept_up = ? WHERE login = 'agent2'", (False,))
    let_callbacks(running, CampaignState.PAUSED)


def in_queue(queue: str) -> int:
    return sum(each == queue for _, each in JOINED)


def let_callbacks(running: Running, state: CampaignState) -> None:
    promises = campaigns.find_campaign(running.database, CALLBACKS)
    now = time.time_ns() // 1_000_000
    campaigns.set_campaign_state(running.database, promises.id, state, now)


def those_who_are_joined(running: Running) -> Iterator[Sipp]:
    """Whoever was there before is answered, and both agents are free, before the next one calls."""
    for number, (step, _) in zip(NUMBERS, JOINED, strict=False):
        running.start(program=(*MORTAL, step))
        running.ask("login", all=True)
        wait_until(lambda: is_served(running), LIFE_LIMIT_S, f"an agent for him; {running.log}")
        wait_until(lambda: is_at_rest(running), LIFE_LIMIT_S, f"all are free; {running.log}")
        yield call_and_die(running, step, Call(number, DID, STAYS_MS))


def those_who_are_alone(running: Running) -> Iterator[Sipp]:
    for number, (step, stay_ms) in zip(NUMBERS[len(JOINED) :], ALONE, strict=True):
        running.start(program=(*MORTAL, step))
        running.ask("logout", all=True)
        wait_until(lambda: not running.snapshot()["agents"], LIFE_LIMIT_S, "nobody is on duty")
        yield call_and_die(running, step, Call(number, DID, stay_ms))


def is_at_rest(running: Running) -> bool:
    states = [agent["state"] for agent in running.snapshot()["agents"]]
    return running.database.rows(OPEN) == [(0,)] and states == ["available", "available"]


def call_and_die(running: Running, step: str, call: Call) -> Sipp:
    """He calls, and the daemon dies of it, or of the end of his talk."""
    caller = callers(running.site.folder / call.number, [call], running.site.plan)
    wait_until(lambda: is_dead(running), LIFE_LIMIT_S, f"{step}; {running.log}")
    last = running.log.splitlines()[-1]
    assert last.startswith("killed at step 1: "), running.log
    assert step in last
    return caller


def is_dead(running: Running) -> bool:
    assert running.process is not None
    with suppress(CcdialerError):  # it may die while it is asked
        end_talks(running)
    return running.process.poll() is not None


def serve_the_rest(running: Running) -> None:
    """Who still waits is answered."""
    running.start()
    running.ask("login", all=True)
    wait_until(lambda: is_served(running), LIFE_LIMIT_S, f"the last caller; {running.log}")


def call_back(running: Running) -> None:
    """Everybody whom nobody has answered."""
    let_callbacks(running, CampaignState.ACTIVE)
    running.ask("reload")
    running.wait_done()
    wait_until(lambda: is_at_rest(running), LIFE_LIMIT_S, "all are free")
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log
    assert "Traceback" not in running.log


def is_served(running: Running) -> bool:
    """Whether no caller is left."""
    end_talks(running)
    return running.database.rows(OPEN) == [(0,)]


def end_talks(running: Running) -> None:
    """Agents hang up, once it is written that they talk."""
    for (login,) in running.database.rows(TALKING):
        with suppress(Refused):  # it is over meanwhile
            running.ask("hangup", login=login)


def whoever_met_nobody_was_called_back(running: Running) -> None:
    """And whoever could meet an agent has."""
    answered = {row.number for row in read_calls(running.database) if row.fate == "answered"}
    assert set(NUMBERS[: len(JOINED)]) <= answered
    in_vain = Counter(number.lstrip("+") for (number,) in running.database.rows(IN_VAIN))
    assert len(in_vain) >= sum(stay_ms == LEAVES_MS for _, stay_ms in ALONE) > 0
    assert running.invites() == in_vain
    assert running.states().keys() == {"done"}
