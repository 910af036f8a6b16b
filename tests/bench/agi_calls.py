"""`route_by_stage` at 50 calls a second through a real Asterisk, against a bare asyncio.Protocol in
the same run by turns; and what the load does to a campaign that dials at the same time.

Callers are SIPp's, 10,000 clients are in the built-in base, which is asked at every call (what a
CRM said before is less work to find), rules are those of the shipped preset.
A session is timed at the socket (accepted to closed) and by Asterisk's own clock (AGI() begun to
done, its connecting and our accepting among it); a call's set-up by SIPp, INVITE to 200.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.importing import ClientImport, import_clients
from ccdialer.routes_file import read_routes, route_preset
from ccdialer.storage import agents
from ccdialer.storage.insertion import TaskRow, insert_tasks
from ccdialer.storage.routes import Applied, apply_routes
from tests.bench.rows import Goal, Row, middle
from tests.lab.asterisk import Plan
from tests.lab.callers import Call, callers
from tests.lab.sipp import Manners
from tests.lab.site import Site

ROUNDS, RATE, LONG_S, SETTLE_S = 3, 50.0, 10.0, 1.0
CLIENTS, AGENTS = 10_000, 20
PLAIN, BARE, OURS, QUIET = "plain", "bare", "ours", "quiet"
DIDS = {PLAIN: "74951110001", BARE: "74951110002", OURS: "74842400149"}
STAGES = ("Proposal sent", "Paid", "Archive")
JOIN_LIMIT_MS = 100.0
"""VICIdial's own document: answered calls that wait longer for their agent are noticed."""

DIALPLAN = """
[from-trunk](+)
exten => {plain},1,Answer()
 same => n,Hangup()
exten => {bare},1,Set(BEGAN=${{STRFTIME(,,%s.%6q)}})
 same => n,AGI(agi://127.0.0.1:{port}/route_by_stage?did=${{EXTEN}})
 same => n,Log(NOTICE,bench bare ${{BEGAN}} ${{STRFTIME(,,%s.%6q)}} ${{CCD_B}})
 same => n,Answer()
 same => n,Hangup()
exten => {ours},1,Set(BEGAN=${{STRFTIME(,,%s.%6q)}})
 same => n,AGI({url}/route_by_stage?did=${{EXTEN}})
 same => n,Log(NOTICE,bench ours ${{BEGAN}} ${{STRFTIME(,,%s.%6q)}} ${{CCD_STATUS}})
 same => n,Answer()
 same => n,Hangup()
"""

SOCKET = Goal("calls-socket", "p99 of route_by_stage at the socket, 50/s, bare", "ms", at_most=10)
BY_CLOCK = Goal("calls-agi", "the same by Asterisk's clock, AGI() to its end", "ms", at_most=10)
SETUP = Goal("calls-setup", "call set up with route_by_stage, p99 by SIPp, bare", "ms", at_most=10)
UNHEARD = Goal("calls-unheard", "calls that got no route", "calls", at_most=0)
JOIN = Goal("calls-join", "answer to agent, p99 with 50 routes/s, limit", "ms", at_most=1)
STARVED = Goal("calls-join-bare", "the same, against 50 sessions/s of bare", "ms", at_most=3)
JOINS = Goal("calls-joins", "clients joined in the same time, without calls", "", at_least=0.8)
BUSY = Goal("calls-busy", "p99 at the socket while a campaign dials, bare", "ms", at_most=10)


@dataclass(frozen=True, slots=True)
class Turn:
    """So long calls of one kind came in; wall seconds."""

    kind: str
    is_dialing: bool
    began_at: float
    setups_ms: tuple[float, ...]

    def part(self, found: list[tuple[float, float]]) -> list[float]:
        """What of these times, each with its instant, is of this turn."""
        until = self.began_at + LONG_S
        return [ms for at, ms in found if self.began_at + SETTLE_S <= at <= until]


Times = list[tuple[float, float]]


@dataclass(slots=True)
class Found:
    """All that was seen: instants with times in ms."""

    sockets: dict[str, Times] = field(default_factory=dict)
    clocks: dict[str, Times] = field(default_factory=dict)
    joins: Times = field(default_factory=list)
    lags: Times = field(default_factory=list)
    unheard: int = 0


# --- the site -------------------------------------------------------------------------------------


def numbers() -> list[str]:
    """Of clients; the first half of them calls, the other one is dialed first. Who has just called
    is not dialed."""
    return [f"+79001{n:06}" for n in range(CLIENTS)]


def fill(url: str, folder: Path) -> None:
    """Clients of three stages, whom the campaign `bench` dials, and the queues of the preset."""
    now = time.time_ns() // 1_000_000
    rows = [f"{number};A-{n};Client {n};{STAGES[n % 3]}" for n, number in enumerate(numbers())]
    (folder / "clients.csv").write_text("phone;id;name;stage\n" + "\n".join(rows))
    (folder / "routes.yaml").write_text(route_preset("by-stage"))
    found = read_routes(folder / "routes.yaml", "RU")
    inbound = CampaignSettings("", Mode.INBOUND, calling_hours=AT_ANY_TIME)
    dialing = CampaignSettings(
        "PJSIP/{digits}@carrier",
        Mode.PREDICTIVE,
        calling_hours=AT_ANY_TIME,
        max_lines=AGENTS * 2,
        wrap_up_s=0.0,
    )
    with storage.connect(url) as database:
        storage.migrate(database)
        for name in ("consultants", "sales", "production"):
            storage.upsert_campaign(database, "sales", name, inbound, now)
        campaign = storage.upsert_campaign(database, "sales", "bench", dialing, now)
        import_clients(database, folder / "clients.csv", ClientImport(campaign.project_id))
        for n in range(1, AGENTS + 1):
            agent = Agent(0, f"agent{n}", f"Agent {n}", f"PJSIP/agent{n}", True, frozenset())
            agents.upsert_agent(database, agent, ["sales"], now)
        tasks = [TaskRow(((number, ""),), due_at=now) for number in reversed(numbers())]
        insert_tasks(database, campaign.id, tasks, now)
        apply_routes(database, Applied(found.text, found.routes, "bench"), now)


@contextmanager
def bare_server(folder: Path) -> Iterator[int]:
    """Nothing but the protocol; its port. Its times go to `bare.times`."""
    argv = [sys.executable, "-m", "tests.bench.agi_servers", "timed"]
    with (
        (folder / "bare.times").open("w") as times,
        subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=times, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            time.sleep(1.5)  # it writes once a second
            process.kill()


@contextmanager
def lab(folder: Path) -> Iterator[Site]:
    """Asterisk with the two servers' numbers, carrier and phones; the bare server runs."""
    site = Site(folder, Plan(agents=AGENTS), Manners(talk_ms=(0, 0), media=False))
    with site.config.open("a") as config:
        config.write("log: {level: warning}\ncrm: {connectors: [{kind: clients, name: base}]}\n")
    fill(site.database, folder)
    with bare_server(folder) as port:
        with (site.asterisk.folder / "etc" / "extensions.conf").open("a") as dialplan:
            dialplan.write(DIALPLAN.format(port=port, url=site.plan.agi_url, **DIDS))
        site.start()
        try:
            yield site
        finally:
            site.stop()


@contextmanager
def daemon(site: Site) -> Iterator[dict[str, Times]]:
    """Runs inside; what it has seen is there afterwards."""
    argv = [sys.executable, "-m", "tests.bench.agi_calls_engine", str(site.config)]
    seen: dict[str, Times] = {}
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield seen
            process.stdin.close()
            seen.update(json.loads(process.stdout.readlines()[-1]))
        finally:
            process.kill()


# --- turns ----------------------------------------------------------------------------------------


def turn(site: Site, kind: str, is_dialing: bool, first: int) -> Turn:
    """Calls of one kind for LONG_S; QUIET: none."""
    began_at = time.time()
    if kind == QUIET:
        time.sleep(LONG_S)
        return Turn(kind, is_dialing, began_at, ())
    people = numbers()
    calls = [
        Call(people[(first + n) % (CLIENTS // 2)].removeprefix("+"), DIDS[kind], stay_ms=20_000)
        for n in range(int(RATE * LONG_S))
    ]
    with tempfile.TemporaryDirectory(prefix="ccd-callers-") as name:
        sipp = callers(Path(name), calls, site.plan, RATE)
        sipp.wait(LONG_S + 40)
        notes = sipp.notes()
        sipp.stop()
    invited = {note.call_id: note.at for note in notes if note.word == "INVITE"}
    setups = [(n.at - invited[n.call_id]) * 1000 for n in notes if n.word == "ANSWER"]
    return Turn(kind, is_dialing, began_at, tuple(setups))


def turns(site: Site) -> list[Turn]:
    """First without a campaign, then while one dials."""
    done: list[Turn] = []
    for is_dialing, kinds in ((False, (PLAIN, BARE, OURS)), (True, (QUIET, BARE, OURS))):
        if is_dialing:
            command = [str(site.folder / "ccdialer"), "campaign", "start", "bench"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            time.sleep(5.0)  # the hopper fills, pacing finds its rate
        for n in range(ROUNDS):
            done += [turn(site, kind, is_dialing, n * 997) for kind in kinds]
    return done


def clocked(site: Site) -> tuple[dict[str, Times], int]:
    """What Asterisk wrote of each AGI(): by kind; and how many got no answer."""
    found: dict[str, Times] = {BARE: [], OURS: []}
    unheard = 0
    for line in site.asterisk.log().splitlines():
        _, mark, words = line.partition("bench ")
        if mark and "Ext. " in line:
            kind, began, ended, *status = words.split()
            found[kind].append((float(began), (float(ended) - float(began)) * 1000))
            unheard += status != ["OK"]
    return found, unheard


def measured(folder: Path) -> tuple[list[Turn], Found]:
    found = Found()
    with ExitStack() as stack:
        site = stack.enter_context(lab(folder))
        with daemon(site) as seen:
            done = turns(site)
        found.clocks, found.unheard = clocked(site)
    found.joins, found.lags = seen["joins"], seen["lags"]
    lines = (folder / "bare.times").read_text().splitlines()
    bare = [(float(at), float(ms)) for at, ms in (line.split() for line in lines)]
    found.sockets = {OURS: seen["sessions"], BARE: bare}
    return done, found


# --- figures --------------------------------------------------------------------------------------


def p(part: float, values: list[float]) -> float:
    return sorted(values)[int(part * (len(values) - 1))] if values else float("inf")


def calls() -> list[Row]:
    """Eight rows; of each turn the p99, of the turns the middle one."""
    with tempfile.TemporaryDirectory(prefix="ccd-bench-", dir=os.environ.get("TMPDIR")) as name:
        done, found = measured(Path(name))
    tell(done, found)
    socket, clock = tails(done, found.sockets, False), tails(done, found.clocks, False)
    busy = tails(done, found.sockets, True)
    joins = tails(done, dict.fromkeys((QUIET, BARE, OURS), found.joins), True)
    setup = {
        kind: middle([p(0.99, [*t.setups_ms]) for t in done if t.kind == kind and not t.is_dialing])
        for kind in (BARE, OURS)
    }
    return [
        SOCKET.row(socket[OURS], socket[BARE]),
        BY_CLOCK.row(clock[OURS], clock[BARE]),
        SETUP.row(setup[OURS], setup[BARE]),
        UNHEARD.row(found.unheard, 0),
        BUSY.row(busy[OURS], busy[BARE]),
        JOIN.row(joins[OURS], JOIN_LIMIT_MS),
        STARVED.row(joins[OURS], joins[BARE]),
        JOINS.row(joined(done, found, OURS), joined(done, found, QUIET)),
    ]


def tails(done: list[Turn], times: Mapping[str, Times], is_dialing: bool) -> dict[str, float]:
    """By kind: the middle p99 of its turns."""
    return {
        kind: middle(
            [
                p(0.99, each.part(found))
                for each in done
                if each.kind == kind and each.is_dialing is is_dialing
            ]
        )
        for kind, found in times.items()
    }


def joined(done: list[Turn], found: Found, kind: str) -> int:
    """Clients whom the campaign has brought together with an agent in turns of that kind."""
    return sum(len(each.part(found.joins)) for each in done if each.kind == kind)


def tell(done: list[Turn], found: Found) -> None:
    """Every turn, for people."""
    for each in done:
        words = [f"{each.kind:6} {'dialing' if each.is_dialing else '':8}"]
        for name, times in (
            ("set-up", list(each.setups_ms)),
            ("socket", each.part(found.sockets.get(each.kind, []))),
            ("AGI()", each.part(found.clocks.get(each.kind, []))),
            ("join", each.part(found.joins)),
            ("lag", each.part(found.lags)),
        ):
            if times:
                p50, p99, most = p(0.5, times), p(0.99, times), max(times)
                words.append(f"{name} {len(times)}: {p50:.2f} {p99:.2f} {most:.1f}")
        print(" | ".join(words), file=sys.stderr)
