"""Calls that come in, end to end: SIPp as callers, a real Asterisk, the daemon, its queues, lost
calls and what comes of them."""

from __future__ import annotations

import pytest

from tests.lab import reception
from tests.lab.callers import Call, callers
from tests.lab.inbound_ledger import faults_of, read_calls
from tests.lab.reception import DID
from tests.lab.running import Make, Running
from tests.lab.sipp import Note, wait_until

pytestmark = pytest.mark.lab

QUEUED = """
    SELECT number, campaign.name, agent.login FROM inbound_call
    LEFT JOIN campaign ON campaign.id = campaign_id LEFT JOIN agent ON agent.id = agent_id"""


def open_doors(make: Make, kept_up: bool = True, **queue: object) -> Running:
    """The site with its daemon, and all agents signed in."""
    running = make(agents=5)
    reception.furnish(running, kept_up, **queue)
    running.start()
    running.ask("login", all=True)
    return running


def call_in(running: Running, name: str, *calls: Call, rate: float = 20.0) -> list[Note]:
    """They call, to the end of the last call; what they have noted."""
    sipp = callers(running.site.folder / name, calls, running.site.plan, rate)
    sipp.wait()
    return sipp.notes()


def settled(running: Running) -> None:
    """Until no call is open."""
    open_calls = "SELECT count(*) FROM inbound_call WHERE ended_at IS NULL"
    wait_until(lambda: running.database.rows(open_calls) == [(0,)], 10)


def test_each_reaches_those_who_know_his_business(make_sqlite: Make) -> None:
    running = open_doors(make_sqlite)
    known = {"79001000001": ("sales", "agent2"), "79001000002": ("production", "agent3")}
    calls = [Call(number, DID, 2500) for number in (*known, "79001000099")]
    record = call_in(running, "callers", *calls)
    settled(running)
    found = {
        number.lstrip("+"): (queue, login) for number, queue, login in running.database.rows(QUEUED)
    }
    print(found, [n.word for n in record])
    assert faults_of(record, read_calls(running.database)) == []
    assert found["79001000001"] == ("sales", "agent2")
    assert found["79001000002"] == ("production", "agent3")
    assert found["79001000099"][0] == "consultants"
