"""Calls that come in, end to end: SIPp as callers, a real Asterisk, the daemon, its queues, lost
calls and what comes of them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any

import pytest

from ccdialer.core.campaign import CampaignState
from ccdialer.storage import campaigns
from tests.lab import reception, sipp
from tests.lab.asterisk import Asterisk
from tests.lab.callers import HOSTILE, Call, RawCall, callers, notes_of
from tests.lab.inbound_ledger import faults_of, read_calls
from tests.lab.reception import APP_QUEUE, CALLBACKS, DID, PHONE
from tests.lab.running import Make, Running
from tests.lab.sipp import Note, wait_until

pytestmark = pytest.mark.lab

STRANGER = "79001000099"
CALLS = """
    SELECT number, fate, campaign.name, agent.login, task_id FROM inbound_call
    LEFT JOIN campaign ON campaign.id = campaign_id LEFT JOIN agent ON agent.id = agent_id
    ORDER BY arrived_at"""


def open_doors(make: Make, kept_up: bool = True, **queue: Any) -> Running:
    """The site with its daemon; nobody is signed in."""
    running = make(agents=5)
    reception.furnish(running, kept_up, **queue)
    running.start()
    return running


def sign_in(running: Running) -> None:
    running.ask("login", all=True)
    wait_until(lambda: states(running) == {"available"})


def waiting(running: Running) -> int:
    """Callers in all queues who have no agent yet."""
    return sum(queue["waiting"] for queue in running.snapshot()["queues"])


def states(running: Running) -> set[str]:
    return {str(agent["state"]) for agent in running.snapshot()["agents"]}


def close_doors(running: Running) -> None:
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


def call_in(running: Running, name: str, *calls: Call, rate: float = 20.0) -> list[Note]:
    """They call, to the end of the last call; what they have noted."""
    caller = callers(running.site.folder / name, calls, running.site.plan, rate)
    caller.wait()
    return notes_of(caller)


def found(running: Running) -> list[tuple[Any, ...]]:
    """All calls, once none is open: number, fate, queue, agent, task."""
    is_open = "SELECT count(*) FROM inbound_call WHERE ended_at IS NULL"
    wait_until(lambda: running.database.rows(is_open) == [(0,)], 10, "the end of every call")
    return [(number.lstrip("+"), *rest) for number, *rest in running.database.rows(CALLS)]


def add_up(running: Running, records: Iterable[Note]) -> None:
    """The independent checker has nothing to say."""
    assert faults_of(list(records), read_calls(running.database)) == []


def test_each_reaches_those_who_know_his_business(make_sqlite: Make) -> None:
    """By stage, by owner, and who has called before by whom he talked with."""
    running = open_doors(make_sqlite)
    sign_in(running)
    numbers = ("79001000001", "79001000002", "79001000003", STRANGER)
    record = call_in(running, "first", *[Call(number, DID, 1500) for number in numbers])
    first = {number: (fate, queue, login) for number, fate, queue, login, _ in found(running)}
    assert first["79001000001"] == ("answered", "sales", "agent2")
    assert first["79001000003"] == ("answered", "sales", "agent5")
    assert first["79001000002"] == ("answered", "production", "agent3")
    assert first[STRANGER][:2] == ("answered", "consultants")
    record += call_in(running, "other", Call("79001000098", DID, 1500))
    record += call_in(running, "again", Call(STRANGER, DID, 1500))
    assert found(running)[-1][:4] == (STRANGER, *first[STRANGER])
    add_up(running, record)
    close_doors(running)


def test_who_leaves_is_called_back_by_his_agent(make_sqlite: Make) -> None:
    """He talks, calls again while nobody is there, leaves; his agent calls him back, once."""
    running = open_doors(make_sqlite)
    sign_in(running)
    record = call_in(running, "talks", Call(STRANGER, DID, 1500))
    ((*_, login, _),) = found(running)
    running.ask("logout", all=True)
    record += call_in(running, "leaves", Call(STRANGER, DID, 1500))
    record += call_in(running, "leaves-again", Call(STRANGER, DID, 1500))
    *_, once, twice = found(running)
    assert (once[1], twice[1]) == ("left", "left")
    assert once[4] == twice[4] is not None
    sign_in(running)
    running.wait_done()
    owner = "SELECT login, disposition FROM attempt JOIN agent ON agent.id = agent_id"
    assert running.database.rows(owner) == [(login, "talked")]
    assert running.states() == {"done": 1}
    assert running.invites() == {STRANGER: 1}
    add_up(running, record)
    close_doors(running)


def test_who_calls_again_and_is_answered_is_not_called_back(make_sqlite: Make) -> None:
    running = open_doors(make_sqlite)
    promises = campaigns.find_campaign(running.database, CALLBACKS)
    now = time.time_ns() // 1_000_000
    campaigns.set_campaign_state(running.database, promises.id, CampaignState.PAUSED, now)
    running.ask("reload")
    record = call_in(running, "leaves", Call(STRANGER, DID, 1000))
    assert running.states() == {"waiting": 1}
    sign_in(running)
    record += call_in(running, "again", Call(STRANGER, DID, 1500))
    assert [fate for _, fate, *_ in found(running)] == ["left", "answered"]
    wait_until(lambda: running.states() == {"done": 1})
    assert not running.invites()
    add_up(running, record)
    close_doors(running)


def test_a_site_that_keeps_its_queues_has_its_lost_calls_called_back(make_sqlite: Make) -> None:
    running = open_doors(make_sqlite, kept_up=False)
    record = call_in(running, "talks", Call(STRANGER, APP_QUEUE, 1500))
    ((_, fate, _, login, _),) = found(running)
    assert fate == "answered"
    assert login
    assert running.site.phones is not None
    running.site.phones.stop()
    phones = sipp.phones(running.site.folder / "deaf", running.site.plan.phones_port, "rings")
    record += call_in(running, "leaves", Call(STRANGER, APP_QUEUE, 1500))
    wait_until(lambda: len(found(running)) == 2)
    assert found(running)[-1][1] == "left"
    pinned = "SELECT login FROM task JOIN agent ON agent.id = owner_id"
    assert running.database.rows(pinned) == [(login,)]
    add_up(running, record)
    phones.stop()
    close_doors(running)


def test_a_daemon_that_ends_gives_its_callers_back(make_sqlite: Make) -> None:
    """The fallback has who waits, and who comes later. The next daemon hears of these: whom nobody
    answered is called back, who has talked with somebody is not."""
    running = open_doors(make_sqlite)
    caller = callers(
        running.site.folder / "waits", [Call(STRANGER, DID, 30_000)], running.site.plan
    )
    wait_until(lambda: running.database.rows("SELECT 1 FROM inbound_call WHERE queued_at > 0"))
    assert running.stop() == 0, running.log
    caller.wait()
    assert [note.word for note in notes_of(caller)] == ["INVITE", "ANSWER", "HANGUP"]
    log = running.site.asterisk.log()
    assert "queue_error" in log
    assert [fate for _, fate, *_ in found(running)] == ["sent_on"]
    kept = "database show ccdialer-kept"
    wait_until(lambda: running.site.asterisk.command(kept).endswith("1 results found.\n"))
    call_in(running, "alone", Call("79001000011", DID, 8000))
    call_in(running, "spoken-with", Call("79001000012", PHONE, 1500))
    running.start()
    wait_until(lambda: len(found(running)) == 3)
    waited, alone, spoken_with = found(running)
    assert (waited[1], waited[4] is None) == ("sent_on", False)
    assert (*alone[:4], alone[4] is None) == ("79001000011", "sent_on", None, None, False)
    assert spoken_with == ("79001000012", "answered", None, "agent1", None)
    channels = running.database.rows("SELECT ad_channel FROM inbound_call ORDER BY arrived_at")
    assert channels[1:] == [("site",), ("radio",)]
    for family in ("ccdialer-kept", "ccdialer-refused"):
        assert running.site.asterisk.command(f"database show {family}").startswith("0 results")
    close_doors(running)


@pytest.mark.parametrize("talks", [False, True])
def test_asterisk_alone_ends_what_a_dead_daemon_left(make_sqlite: Make, talks: bool) -> None:
    """The daemon is killed and stays away: who waits goes to the site's own fallback in time, who
    talks is hung up."""
    running = open_doors(make_sqlite, max_wait_s=300)
    if talks:
        sign_in(running)
    state = "joined_at" if talks else "queued_at"
    caller = callers(
        running.site.folder / "stays", [Call(STRANGER, DID, 30_000)], running.site.plan
    )
    is_so = f"SELECT 1 FROM inbound_call WHERE {state} > 0"
    wait_until(lambda: running.database.rows(is_so))
    ((leg_id,),) = running.database.rows("SELECT leg_id FROM inbound_call")
    asterisk = running.site.asterisk
    left_s = time_left_s(asterisk, channel_of(asterisk, leg_id))
    limit_s = 7200 if talks else 360
    assert limit_s - 30 < left_s <= limit_s
    running.kill()
    asterisk.command(f"dialplan set chanvar {channel_of(asterisk, leg_id)} TIMEOUT(absolute) 1")
    caller.wait()
    assert [note.word for note in notes_of(caller)] == ["INVITE", "ANSWER", "HANGUP"]
    assert ("queue_away" in asterisk.log()) is not talks
    running.start()
    ((_, fate, *_),) = found(running)
    # Of who waited, Asterisk tells too, which has kept it: either may be the first to be heard.
    assert fate in (("answered",) if talks else ("lost", "sent_on"))
    close_doors(running)


def channel_of(asterisk: Asterisk, leg_id: str) -> str:
    """The channel's name, by its id."""
    lines = asterisk.command("core show channels concise").splitlines()
    return next(line.split("!")[0] for line in lines if line.endswith(f"!{leg_id}"))


def time_left_s(asterisk: Asterisk, channel: str) -> float:
    """How long Asterisk lets it live; it shows the second at which it ends it."""
    shown = asterisk.command(f"core show channel {channel}")
    found = re.search(r"Time to Hangup: *(\d+)", shown)
    assert found, shown
    return int(found[1]) - time.time()


def test_hostile_callers_are_callers(make_sqlite: Make) -> None:
    """Whatever they call themselves: each is a row, on one line; nothing is carried out."""
    running = open_doors(make_sqlite)
    came = 0
    for name in HOSTILE:
        with RawCall(running.site.plan, DID.encode(), b"%2B" + STRANGER.encode(), name) as call:
            if call.invite() == 200:
                came += 1
                call.hang_up()
    assert came >= len(HOSTILE) - 3
    wait_until(lambda: len(found(running)) == came)
    for (name,) in running.database.rows("SELECT caller_name FROM inbound_call"):
        assert name.isprintable()
    assert "LAB_HACKED" not in running.site.asterisk.command("dialplan show globals")
    assert "Traceback" not in running.log
    close_doors(running)


def test_a_daemon_that_is_killed_finds_its_callers_again(make_sqlite: Make) -> None:
    """One talks and one waits; both are there when it is back, and who waits is answered."""
    running = open_doors(make_sqlite)
    sign_in(running)
    both = [
        Call("79001000002", DID, 6_000),
        Call("79001000004", DID, 9_000),
    ]  # one agent's business
    caller = callers(running.site.folder / "callers", both, running.site.plan, rate=2)
    wait_until(lambda: waiting(running) == 1, 10, "one who waits")
    running.kill()
    running.start()
    assert waiting(running) == 1
    caller.wait()
    assert {fate for _, fate, *_ in found(running)} == {"answered"}
    add_up(running, notes_of(caller))
    close_doors(running)
