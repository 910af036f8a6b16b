"""Who calls with bad intent, through a real Asterisk to the database: nothing is carried out,
nobody is kept waiting for it, and every call is written down once (SPEC C1, TRUST B.1)."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.lab import reception
from tests.lab.callers import Call, RawCall, callers, notes_of
from tests.lab.inbound_ledger import faults_of, read_calls
from tests.lab.reception import DID
from tests.lab.running import Make, Running
from tests.lab.sipp import wait_until

pytestmark = pytest.mark.lab

IDLE = 10_000
NUMBERS = (
    b"%2B79161234567%22%0D%0AEXEC%20System%20x",
    b"7916${SET(GLOBAL(LAB_HACKED)=1)}",
    b"7916%24%7BSET(GLOBAL(LAB_HACKED)=1)%7D",
    b"7916%00123",
    b"a,b%7Cc&d%5Ee'%60f",
    b"anonymous",
    b"%FF%FE%E9",
    b"9" * 2000,
)
"""Numbers that callers give themselves; the last are too long to be any."""
LONG = b"x" * 40_000
"""As long a name as the address, the rest of the message and a datagram leave room for."""
OPEN = "SELECT count(*) FROM inbound_call WHERE ended_at IS NULL"
ENDED = "SELECT count(*) FROM inbound_call WHERE ended_at IS NOT NULL"


def open_doors(make: Make) -> Running:
    """One who takes whoever comes."""
    running = make(agents=1)
    reception.furnish(running)
    running.start()
    running.ask("login", all=True)
    return running


def close_doors(running: Running) -> None:
    assert "LAB_HACKED" not in running.site.asterisk.command("dialplan show globals")
    assert "Traceback" not in running.log
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


def test_hostile_numbers_are_numbers_or_hidden(make_sqlite: Make) -> None:
    """Each is a row of digits or of nothing, once; what Asterisk refuses is none."""
    running = open_doors(make_sqlite)
    came = 0
    for user, name in [*((number, b"Anna") for number in NUMBERS), (b"79161234567", LONG)]:
        with RawCall(running.site.plan, DID.encode(), user, name) as call:
            if call.invite() == 200:
                came += 1
                call.hang_up()
    assert came >= len(NUMBERS) - 3
    wait_until(lambda: running.database.rows(ENDED) == [(came,)], 20, "the end of every call")
    found = running.database.rows("SELECT number, caller_name FROM inbound_call")
    assert len(found) == came
    for number, name in found:
        assert number == "" or number.removeprefix("+").isdigit()
        assert len(number) <= 16
        assert name.isprintable()
        assert len(name) <= 80
    close_doors(running)


@contextmanager
def silent(port: int, count: int) -> Iterator[None]:
    """So many connections to a port, on which nothing is said."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 2_000), hard))
    idle = [socket.socket() for _ in range(count)]
    try:
        for one in idle:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_ten_thousand_idle_connections_keep_no_caller_out(make_sqlite: Make) -> None:
    running = open_doors(make_sqlite)
    calls = [Call(f"7900100{n}", DID, 1500) for n in range(1000, 1010)]
    with silent(running.site.plan.agi_port, IDLE):
        caller = callers(running.site.folder / "callers", calls, running.site.plan, rate=5)
        caller.wait()
        wait_until(lambda: running.database.rows(OPEN) == [(0,)], 10, "the end of every call")
    routed = "SELECT count(*) FROM inbound_call WHERE reason LIKE 'rule.%'"
    assert running.database.rows(routed) == [(len(calls),)]
    assert faults_of(notes_of(caller), read_calls(running.database)) == []
    close_doors(running)
