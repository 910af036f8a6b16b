"""FastAGI: sessions a second and their time, against pyst2's own class in plain threads and against
a bare asyncio.Protocol, in one run; and how late the event loop is while calls come in.

A session is a head of 22 lines and three commands; `route_by_stage` sets fifteen variables after it
has asked the card cache and the database. Callers play Asterisk over loopback from this process.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop

from ccdialer import storage
from ccdialer.config import load
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.routes_file import read_routes
from ccdialer.storage.routes import Applied, apply_routes
from tests.bench.rows import Goal, Row, middle
from tests.fastagi.pbx import head

ROUNDS = 5
IN_FLIGHT, LONG_S = 20, 1.5
RATE, OPEN_S = 50, 15.0
LAG_LIMIT_MS = 20.0
"""The writing thread alone may hold the loop up for some; a caller hears nothing below 100."""

SESSIONS = Goal("agi-sessions", "sessions a second, 20 in flight, pyst2's class", "1/s", at_least=1)
SAME_WORK = Goal("agi-routes-pyst2", "the same, the same work by pyst2's class", "1/s", at_least=1)
BY_TRIFLE = Goal(
    "agi-routes-trifle", "the same, pyst2's class with 3 commands", "1/s", at_least=0.5
)
SAME_P99 = Goal("agi-p99", "p99 of the same session at 50/s, bare Protocol", "ms", at_most=10)
ROUTE_P99 = Goal("agi-route-p99", "p99 of route_by_stage at 50/s, bare Protocol", "ms", at_most=10)
ROUTES = Goal("agi-routes", "route_by_stage a second, 20 in flight, asked for", "1/s", at_least=5)
LAG = Goal("agi-lag", "p99.9 of the loop's lag at 50 routes/s, limit", "ms", at_most=1)


# --- the site -------------------------------------------------------------------------------------

RULES = """
zone: Europe/Moscow
dids: {"+74951112233": {project: acme, queue: consultants, fallback: queue consultants}}
scenarios:
  main:
    - {name: sales, when: {stage: [proposal]}, to: queue sales}
    - {name: unknown, when: {known: false}, to: queue consultants}
"""


CONFIG = """
crm: {{connectors: [{{kind: csv, name: crm, path: clients.csv}}]}}
database: sqlite:///{folder}/site.db
"""
CLIENTS = "number;id;name;stage;pipeline\n+79161234567;1;Anna;proposal;main\n"


# --- callers --------------------------------------------------------------------------------------

GET = re.compile(rb"GET ")
HEAD = {kind: head("same") for kind in ("bare", "pyst2", "ours")} | {
    kind: head("route_by_stage?did=74951112233") for kind in ("routes", "pyst2-routes")
}
PROOF = {HEAD["routes"]: b'"sales"'}
"""What a served session has been told."""


class Caller(asyncio.Protocol):
    """Plays Asterisk for one session, and tells how long it took."""

    def __init__(self, said: bytes, done: Callable[[float], None]) -> None:
        self.said, self.done, self.waiting = said, done, b""
        self.is_served, self.proof = False, PROOF.get(said, b'"OK"')

    def connection_made(self, transport: Any) -> None:
        self.transport, self.began_at = transport, time.perf_counter()
        transport.write(self.said)

    def data_received(self, data: bytes) -> None:
        self.is_served |= self.proof in data
        *lines, self.waiting = (self.waiting + data).split(b"\n")
        answers = [
            b"200 result=1 (x)\n" if GET.match(line) else b"200 result=1\n" for line in lines
        ]
        self.transport.write(b"".join(answers))

    def connection_lost(self, exc: Exception | None) -> None:
        assert self.is_served, "the session ended without its variables"
        self.done((time.perf_counter() - self.began_at) * 1000)


@dataclass
class Load:
    """Calls to one port; what they took, in ms."""

    port: int
    said: bytes
    took_ms: list[float] = field(default_factory=list)
    says: Callable[[], bytes] | None = None  # where each says something else

    async def one(self) -> None:
        said = self.said if self.says is None else self.says()
        ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Caller(said, ended.set_result), "127.0.0.1", self.port)
        self.took_ms.append(await ended)

    async def closed(self, long_s: float) -> float:
        """So many in flight all the time; sessions a second."""
        until = time.perf_counter() + long_s

        async def again() -> None:
            while time.perf_counter() < until:
                await self.one()

        self.took_ms.clear()
        await asyncio.gather(*(again() for _ in range(IN_FLIGHT)))
        return len(self.took_ms) / long_s

    async def open(self, long_s: float) -> float:
        """RATE new calls a second, whatever becomes of them; the p99 in ms."""
        self.took_ms.clear()
        begun, calls = time.perf_counter(), []
        for n in range(round(long_s * RATE)):
            await asyncio.sleep(max(0.0, begun + n / RATE - time.perf_counter()))
            calls.append(asyncio.ensure_future(self.one()))
        await asyncio.gather(*calls)
        return sorted(self.took_ms)[round(len(self.took_ms) * 0.99) - 1]


@contextmanager
def server(kind: str, errors: Path, path: Path | str = "") -> Iterator[Load]:
    with errors.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.agi_servers", kind, str(path)],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
        )
        try:
            assert process.stdout is not None
            yield Load(int(process.stdout.readline()), HEAD[kind])
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def prepared(folder: Path) -> Path:
    """A site with rules and a CRM; its config.yaml."""
    (folder / "rules.yaml").write_text(RULES)
    (folder / "clients.csv").write_text(CLIENTS)
    path = folder / "config.yaml"
    path.write_text(CONFIG.format(folder=folder))
    found = read_routes(folder / "rules.yaml", "RU")
    with storage.connect(load(path).database) as database:
        storage.migrate(database)
        for name in ("consultants", "sales"):
            settings = CampaignSettings("", Mode.INBOUND)
            storage.upsert_campaign(database, "acme", name, settings, 0)
        apply_routes(database, Applied(found.text, found.routes, "bench"), 0)
    return path


def agi() -> list[Row]:
    """Seven rows; rounds of the servers take turns, and the middle one counts."""
    with tempfile.TemporaryDirectory(prefix="ccd-bench-") as name:
        folder = Path(name)
        path = prepared(folder)
        with (
            server("bare", folder / "bare") as bare,
            server("pyst2", folder / "pyst2") as pyst2,
            server("ours", folder / "ours") as ours,
            server("routes", folder / "routes", path) as routes,
            server("pyst2-routes", folder / "pyst2-routes", path) as theirs,
        ):
            loads = {"bare": bare, "pyst2": pyst2, "ours": ours, "routes": routes}
            loads["pyst2-routes"] = theirs
            found = uvloop.run(_measured(loads))
        told = (folder / "routes").read_text().splitlines()
    lags = [line for line in told if line.startswith("lags ")]
    print(f"{found}\n{lags[-8:]}", file=sys.stderr)
    rate, p99 = found["rate"], found["p99"]
    worst = [float(word) for line in lags for word in line.split()[-2:-1]]
    return [
        SESSIONS.row(rate["ours"], rate["pyst2"]),
        ROUTES.row(rate["routes"], RATE),
        SAME_WORK.row(rate["routes"], rate["pyst2-routes"]),
        BY_TRIFLE.row(rate["routes"], rate["pyst2"]),
        SAME_P99.row(p99["ours"], p99["bare"]),
        ROUTE_P99.row(p99["routes"], p99["bare"]),
        LAG.row(middle(worst), LAG_LIMIT_MS),
    ]


async def _measured(loads: dict[str, Load]) -> dict[str, dict[str, float]]:
    rate: dict[str, list[float]] = {kind: [] for kind in loads}
    p99: dict[str, list[float]] = {kind: [] for kind in loads}
    for each in loads.values():
        await each.closed(0.5)  # threads are started, code is warm
    for _ in range(ROUNDS):
        for kind, each in loads.items():
            rate[kind].append(await each.closed(LONG_S))
    for _ in range(ROUNDS):
        for kind in ("bare", "ours", "routes"):
            p99[kind].append(await loads[kind].open(OPEN_S / ROUNDS))
    return {
        "rate": {kind: middle(values) for kind, values in rate.items()},
        "p99": {kind: middle(values) for kind, values in p99.items() if values},
    }
