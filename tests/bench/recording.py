"""What it costs Asterisk to record a call, by each of the ways there are."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.rows import Goal, Row, middle
from tests.lab import sipp
from tests.lab.ari import Listener, ask
from tests.lab.asterisk import Asterisk, Plan
from tests.lab.sipp import Manners, wait_until

CALLS = 20
MEASURE_S = 6.0
ROUNDS = 5
APP = "ccdialer"

Way = Callable[[Asterisk, Listener, int], None]


def by_snoop(asterisk: Asterisk, ear: Listener, n: int) -> None:
    """A snoop channel on the client's leg, recorded: the way of the daemon."""
    ask(asterisk.plan, "POST", f"channels/client{n}/snoop/snoop{n}", app=APP, spy="both")
    wait_until(lambda: ear.of("StasisStart", f"snoop{n}"))
    ask(asterisk.plan, "POST", f"channels/snoop{n}/record", name=f"snoop/{n}", format="wav")


def by_bridge(asterisk: Asterisk, ear: Listener, n: int) -> None:
    """ARI's recording of the bridge, which turns it into a conference."""
    ask(asterisk.plan, "POST", f"bridges/bridge{n}/record", name=f"bridge/{n}", format="wav")


def by_mixmonitor(asterisk: Asterisk, ear: Listener, n: int) -> None:
    """MixMonitor() on the client's leg; by command, for it is the same whoever starts it."""
    channel = ask(asterisk.plan, "GET", f"channels/client{n}")["name"]
    asterisk.command(f"mixmonitor start {channel} mix{n}.wav")


WAYS: dict[str, Way] = {"snoop": by_snoop, "bridge": by_bridge, "mixmonitor": by_mixmonitor}
GOAL = Goal(
    "record-{}", "CPU of a call recorded by {}, against one unrecorded", "ms/s", at_most=4.0
)


def recording() -> list[Row]:
    """CPU milliseconds of Asterisk for a second of one talk, both parties heard; the baseline is
    the same talks unrecorded, of the same run."""
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    plain: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            before, after = _measured(way)
            plain[name].append(before)
            spent[name].append(after)
    return [_row(name, middle(spent[name]), middle(plain[name])) for name in WAYS]


def _row(name: str, value: float, baseline: float) -> Row:
    goal = Goal(GOAL.id.format(name), GOAL.what.format(name), GOAL.unit, at_most=GOAL.at_most)
    return goal.row(value, baseline)


def _measured(way: Way) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="ccd-bench-") as folder:
        asterisk = Asterisk(Path(folder) / "asterisk", Plan(connect="inbound", agents=CALLS))
        asterisk.start()
        plan = asterisk.plan
        manners = Manners(talk_ms=(0, 0), tone_hz=440)
        carrier = sipp.carrier(Path(folder) / "carrier", plan.carrier_port, manners)
        phones = sipp.phones(Path(folder) / "phones", plan.phones_port, tone_hz=1000)
        try:
            with Listener(plan, APP) as ear:
                _talk(plan, ear)
                plain = _cpu_of(asterisk)
                for n in range(1, CALLS + 1):
                    way(asterisk, ear, n)
                return plain, _cpu_of(asterisk)
        finally:
            for part in (phones, carrier, asterisk):
                part.stop()


def _talk(plan: Plan, ear: Listener) -> None:
    """So many talks, each in a bridge of its own."""
    for n in range(1, CALLS + 1):
        phones = (f"agent{n}", f"PJSIP/agent{n}"), (f"client{n}", f"PJSIP/79001{n:06}@carrier")
        for leg, endpoint in phones:
            ask(plan, "POST", f"channels/{leg}", endpoint=endpoint, app=APP)
            wait_until(lambda leg=leg: ear.of("StasisStart", leg))  # type: ignore[misc]
        ask(plan, "POST", f"bridges/bridge{n}", type="mixing")
        ask(plan, "POST", f"bridges/bridge{n}/addChannel", channel=f"agent{n},client{n}")


def _cpu_of(asterisk: Asterisk) -> float:
    """CPU milliseconds a second and call."""
    time.sleep(1.0)  # what was begun has settled
    begun_at, begun = time.monotonic(), _ticks(asterisk)
    time.sleep(MEASURE_S)
    lasted_s = time.monotonic() - begun_at
    ticks = _ticks(asterisk) - begun
    return ticks * 1000 / os.sysconf("SC_CLK_TCK") / lasted_s / CALLS


def _ticks(asterisk: Asterisk) -> int:
    """User and system time of the process so far (proc(5), fields 14 and 15)."""
    assert asterisk.process is not None
    fields = Path(f"/proc/{asterisk.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
