"""The daemon's life: as a process without Asterisk, and from within where faults are made."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer import storage
from ccdialer.cli.crm_checks import force_finding
from ccdialer.cli.site import Site as CliSite
from ccdialer.config import Config, load
from ccdialer.core.agent import Agent
from ccdialer.core.attempt import client_leg
from ccdialer.core.campaign import CampaignSettings, CampaignState
from ccdialer.core.commands import OpenAttempt
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.events import LegEnded, SeenLeg, SignInAsked, SwitchFound
from ccdialer.errors import Refused, StorageUnavailable, SwitchUnreachable
from ccdialer.runtime import daemon as module
from ccdialer.runtime.ask import ask
from ccdialer.runtime.clock import new_id
from ccdialer.runtime.daemon import Daemon
from ccdialer.runtime.lease import Lease
from ccdialer.storage import Database, NodeLock, PaceFilter, TaskRow, database, lock_node
from ccdialer.storage.locks import NodeTaken
from tests import postgres
from tests.lab.ports import free_port
from tests.lab.sipp import wait_until
from tests.runtime.floor import NUMBER, until, wall

pytestmark = pytest.mark.usefixtures("fresh_logs")

LIMIT_S = 20.0


class Systemd:
    """What it would have heard."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def listen(self) -> list[str]:
        """Everything so far."""
        while True:
            try:
                self.heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return self.heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    made = Systemd(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(made.path))
    yield made
    made.close()


class Site:
    """config.yaml, and a database with a campaign, an agent, and a task."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.path = folder / "config.yaml"
        self.socket = str(folder / "s")
        self.write("daemon: {drain_s: 600}")
        with storage.connect(url) as db:
            storage.migrate(db)
            self._fill(db)

    def write(self, more: str) -> None:
        self.path.write_text(
            f"node: main\ndatabase: {self.url}\nsocket: {self.socket}\n"
            f"ari: {{connect: inbound, url: 'http://127.0.0.1:{free_port()}/ari'}}\n{more}\n"
        )

    @property
    def config(self) -> Config:
        return load(self.path)

    def _fill(self, db: Database) -> None:
        settings = CampaignSettings("PJSIP/{digits}@trunk", calling_hours=AT_ANY_TIME)
        campaign = storage.upsert_campaign(db, "acme", "demo", settings, wall())
        storage.set_campaign_state(db, campaign.id, CampaignState.ACTIVE, wall())
        agent = Agent(0, "anna", "Anna", "PJSIP/anna", False, frozenset())
        storage.upsert_agent(db, agent, ["acme"], wall())
        storage.insert_tasks(db, campaign.id, [TaskRow(((NUMBER, NUMBER),), wall())], wall())

    def leave_a_call(self) -> str:
        """What a daemon that was killed has left: an attempt that is still open; its id."""
        attempt_id = new_id()
        with storage.connect(self.url) as db:
            (campaign,) = storage.list_campaigns(db)
            (task,) = storage.claim_tasks(db, campaign.id, 1, wall(), "main")
            opened = OpenAttempt(
                attempt_id, task.id, campaign.id, NUMBER, client_leg(attempt_id), time.time()
            )
            storage.carry_out(db, [opened], "main", lambda at: round(at * 1000))
        return attempt_id

    def dispositions(self) -> list[str | None]:
        with storage.connect(self.url) as db:
            return [found for (found,) in db.rows("SELECT disposition FROM attempt")]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, f"sqlite:///{tmp_path}/site.db")


# --- as a process --------------------------------------------------------------------------------


class Process:
    """`ccdialer run`, its log in a file."""

    def __init__(self, site: Site, **environment: str) -> None:
        self.site = site
        self._log = site.folder / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ccdialer", "run"],
                env={**os.environ, "CCDIALER_CONFIG": str(site.path), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        if not self.has_ended():
            self.process.kill()
        self.process.wait()


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    made: list[Process] = []
    yield made
    for process in made:
        process.end()


def test_a_life_without_asterisk(site: Site, systemd: Systemd, processes: list[Process]) -> None:
    run = Process(site, WATCHDOG_USEC="100000")
    processes.append(run)
    wait_until(lambda: "READY=1" in systemd.listen(), LIMIT_S, "ready")
    wait_until(lambda: "does not answer" in run.log or "refused" in run.log, LIMIT_S, run.log)
    status = ask(site.socket, "status")
    assert status["snapshot"]["connected"] is False
    assert "127.0.0.1" in status["daemon"]["asterisk"]
    assert ask(site.socket, "login", logins=["anna"])["agents"][0]["state"] == "available"
    wait_until(lambda: "WATCHDOG=1" in systemd.listen(), LIMIT_S, "the watchdog is fed")
    assert any(line.startswith("STATUS=0 calls, 0 agents; Asterisk: ") for line in systemd.heard)
    run.send(signal.SIGTERM)
    wait_until(run.has_ended, LIMIT_S, "the end")
    assert run.process.returncode == 0, run.log
    assert "STOPPING=1" in systemd.listen()
    assert not Path(site.socket).exists()
    assert "agent available agent=anna" in run.log
    assert "campaign active campaign=demo" in run.log
    assert "Traceback" not in run.log


def test_journald_gets_priorities_and_no_times(site: Site, processes: list[Process]) -> None:
    """JOURNAL_STREAM names the log file itself here."""
    log = site.folder / "log"
    log.touch()
    found = log.stat()
    run = Process(site, JOURNAL_STREAM=f"{found.st_dev}:{found.st_ino}")
    processes.append(run)
    wait_until(lambda: "ccdialer runs" in run.log, LIMIT_S, run.log)
    run.send(signal.SIGINT)
    wait_until(run.has_ended, LIMIT_S, "the end")
    assert run.process.returncode == 0
    assert all(line.startswith(("<6>", "<3>")) for line in run.log.splitlines())
    assert "<6>ccdialer runs node=main" in run.log


# --- from within ---------------------------------------------------------------------------------


class Life:
    """A daemon in this process, with what was logged."""

    def __init__(self, site: Site, db: Database, lease: Lease) -> None:
        self.site = site
        self.daemon = Daemon(site.config, site.path, db, lease)
        self.task = asyncio.ensure_future(self.daemon.live())

    @property
    def driver(self) -> Any:
        return self.daemon._driver

    def find_asterisk(self, *legs: SeenLeg) -> None:
        """As if it were there."""
        self.driver.tell(SwitchFound(legs))

    async def ends(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            await self.task


@pytest.fixture
def db(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.1)
    with storage.open_database(site.url) as made:
        yield made


@pytest.fixture
def lease(db: Database) -> Iterator[Lease]:
    with Lease(db, "main") as made:
        yield made


@pytest.fixture
async def life(site: Site, systemd: Systemd, db: Database, lease: Lease) -> AsyncIterator[Life]:
    """Started, with a call that an earlier run has left and that still lives."""
    attempt_id = site.leave_a_call()
    with capture_logs():
        made = Life(site, db, lease)
        await until(lambda: "READY=1" in systemd.listen() or made.task.done())
        made.find_asterisk(SeenLeg(client_leg(attempt_id), False, None))
        yield made
        made.daemon._stopping.set()
        await asyncio.sleep(0)
        made.daemon._stopping.set()
        await asyncio.wait([made.task], timeout=LIMIT_S)


def kill(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


async def test_sigterm_waits_for_live_calls_and_a_second_one_does_not(
    life: Life, systemd: Systemd
) -> None:
    kill(signal.SIGTERM)
    await until(lambda: "STOPPING=1" in systemd.listen())
    await until(lambda: life.driver.dialer.board.draining)
    assert len(life.driver.dialer.board.calls) == 1
    assert ask_is_refused(await answer(life, "login", logins=["anna"]))
    kill(signal.SIGTERM)
    await life.ends()
    assert life.site.dispositions() == [None], "the call goes on, and the next run finds it"


async def answer(life: Life, verb: str, **arguments: Any) -> Any:
    try:
        return await asyncio.to_thread(ask, life.site.socket, verb, **arguments)
    except Refused as error:
        return error


def ask_is_refused(found: Any) -> bool:
    return isinstance(found, Refused) and "stopping" in str(found)


async def test_the_drain_ends_with_the_last_call(life: Life, systemd: Systemd) -> None:
    kill(signal.SIGTERM)
    await until(lambda: life.driver.dialer.board.draining)
    (call,) = life.driver.dialer.board.calls.values()
    life.driver.tell(LegEnded(call.leg_id, 17, 486))
    await life.ends()
    assert life.site.dispositions() == ["busy"]


async def test_a_drain_without_asterisk_does_not_wait_long(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLIND_S", 0.05)
    kill(signal.SIGTERM)
    await until(lambda: life.driver.dialer.board.draining)
    life.daemon._lost("closed with code 1006")
    await life.ends()
    assert life.site.dispositions() == [None]


async def test_sighup_takes_what_may_change_and_names_what_is_wrong(
    life: Life, systemd: Systemd
) -> None:
    await until(lambda: "READY=1" in systemd.listen())
    systemd.heard.clear()
    with capture_logs() as logs:
        life.site.write("agents: {ring_timeout_s: no, max_mist: 5}\n")
        kill(signal.SIGHUP)
        await until(lambda: systemd.listen()[-1:] == ["READY=1"])
    (line,) = [entry for entry in logs if "running configuration stays" in entry["event"]]
    assert "ring_timeout_s" in line["faults"]
    assert "max_missed" in line["faults"]
    assert life.driver.dialer.board.rules.agent_ring_s == 10.0
    assert systemd.heard[0] == "RELOADING=1"
    systemd.heard.clear()
    life.site.write("agents: {ring_timeout_s: 7}\ndaemon: {drain_s: 0}\nlog: {level: warning}")
    kill(signal.SIGHUP)
    await until(lambda: systemd.listen()[-1:] == ["READY=1"])
    assert life.driver.dialer.board.rules.agent_ring_s == 7.0
    assert life.daemon._config.daemon.drain_s == 0.0
    assert life.daemon._config.socket == life.site.socket
    assert not life.daemon._diary._is_kept


CRM = "crm: {{connectors: [{{kind: csv, path: {path}}}, {hook}], private: [127.0.0.1]}}"
HOOK = "{{kind: webhook, url: 'http://127.0.0.1:{port}/', secret: whsec_{key}}}"


async def test_a_reload_takes_up_crms_and_leaves_a_broken_section(
    life: Life, systemd: Systemd, tmp_path: Path
) -> None:
    async def reload(text: str) -> dict[str, Any]:
        systemd.heard.clear()
        life.site.write(text)
        kill(signal.SIGHUP)
        await until(lambda: systemd.listen()[-1:] == ["READY=1"])
        answer = await asyncio.to_thread(ask, life.site.socket, "status")
        return {each["name"]: each for each in answer["crm"]["sources"]} | {
            "told": sorted(answer["crm"]["marks"])
        }

    (tmp_path / "clients.csv").write_text(f"phone,name\n{NUMBER},Anna\n")
    hook = HOOK.format(port=1, key="a" * 32)
    section = CRM.format(path=tmp_path / "clients.csv", hook=hook)
    assert await reload("") == {"told": [""]}
    first = await reload(section)
    assert (first.keys(), first["told"]) == ({"csv", "told"}, ["", "csv", "webhook"])
    found = await asyncio.to_thread(life.daemon._inbound.directing.cards.find, NUMBER)
    assert found.card is not None
    assert found.card.name == "Anna"
    with capture_logs() as logs:
        after = await reload(section.replace("whsec", "shsec"))
    (line,) = [entry for entry in logs if "running configuration stays" in entry["event"]]
    assert "crm.connectors[2]" in line["faults"]
    assert "\n" not in line["faults"].strip()
    assert after["csv"]["asked"] == 1, "the old one goes on"
    life.site.write(section)
    site, config = CliSite(life.site.path), load(life.site.path)
    assert await asyncio.to_thread(lambda: list(force_finding(site, config))) == []
    (found,) = await asyncio.to_thread(
        lambda: list(force_finding(site, replace(config, crm=replace(config.crm, connectors=()))))
    )
    assert "does not yet do what config.yaml says of csv, webhook" in found.seen


async def test_a_config_that_is_gone_changes_nothing(life: Life, systemd: Systemd) -> None:
    systemd.heard.clear()
    life.site.path.unlink()
    with capture_logs() as logs:
        kill(signal.SIGHUP)
        await until(lambda: systemd.listen()[-1:] == ["READY=1"])
    assert [entry for entry in logs if "running configuration stays" in entry["event"]]
    assert not life.task.done()


async def test_edits_are_seen_by_the_clock(
    site: Site, systemd: Systemd, db: Database, lease: Lease
) -> None:
    site.write("daemon: {reload_every_s: 1}")
    with capture_logs() as logs:
        life = Life(site, db, lease)
        await until(lambda: "READY=1" in systemd.listen())
        (campaign,) = storage.list_campaigns(db)
        storage.set_campaign_state(db, campaign.id, CampaignState.PAUSED, wall())
        await until(lambda: [line for line in logs if line["event"] == "campaign paused"])
        kill(signal.SIGTERM)
        await life.ends()


async def test_what_is_in_the_writer_is_written_before_the_end(life: Life) -> None:
    (agent,) = storage.list_agents(life.daemon._database)
    kill(signal.SIGTERM)
    kill(signal.SIGTERM)
    life.driver.tell(SignInAsked(agent, new_id()))
    await until(lambda: life.driver.dialer.board.draining)
    kill(signal.SIGTERM)
    await life.ends()
    rows = life.daemon._database.rows("SELECT state FROM agent_session")
    assert rows == [("available",)]


async def test_what_pacing_learned_outlives_the_daemon(
    life: Life, site: Site, db: Database
) -> None:
    (agent,) = storage.list_agents(db)
    (campaign,) = storage.list_campaigns(db)
    life.driver.tell(SignInAsked(agent, new_id()))
    policy = life.driver.dialer.board.runs[campaign.id].policy
    for _ in range(40):
        policy.call_ended(7.0, answered=True)
    await until(lambda: life.driver.dialer.board.runs[campaign.id].decision is not None)
    kill(signal.SIGTERM)
    await until(lambda: life.driver.dialer.board.draining)
    kill(signal.SIGTERM)
    await life.ends()
    learned = storage.memory_of(db, campaign.id)
    assert learned == policy.memory()
    (row, *_) = storage.list_paces(db, PaceFilter())
    assert row["campaign"] == "demo"
    assert "too few to dial ahead" in row["reason"] or "one call per idle agent" in row["reason"]
    later = Daemon(site.config, site.path, db, life.daemon._lease)
    await later._recover()
    assert later._driver.dialer.board.runs[campaign.id].policy.memory()["calls"] == learned["calls"]
    later._library.close()


async def test_a_database_that_stays_locked_is_given_up_with_an_error(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FLUSH_S", 0.05)
    other = sqlite3.connect(str(life.daemon._database.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    (agent,) = storage.list_agents(life.daemon._database)
    life.driver.tell(SignInAsked(agent, new_id()))
    (call,) = life.driver.dialer.board.calls.values()
    life.driver.tell(LegEnded(call.leg_id, 17, 486))
    kill(signal.SIGTERM)
    with pytest.raises(StorageUnavailable, match="locked by another process; the last results"):
        await life.ends()
    other.execute("ROLLBACK")
    other.close()


async def test_a_call_that_no_database_opens_is_not_waited_for(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    (call,) = life.driver.dialer.board.calls.values()
    call.state = call.state.OPENING
    life.daemon._writer.stalled_since = 1.0
    kill(signal.SIGTERM)
    await life.ends()


# --- what does not begin -------------------------------------------------------------------------


async def begin_in_vain(site: Site, db: Database, lease: Lease, error: type[Exception]) -> str:
    life = Life(site, db, lease)
    with pytest.raises(error) as found:
        await life.ends()
    assert not life.daemon._writer._thread.is_alive()
    return str(found.value)


async def test_a_socket_that_cannot_be_had_is_named(site: Site, db: Database, lease: Lease) -> None:
    os.mkdir(site.socket)
    assert "is no socket" in await begin_in_vain(site, db, lease, Refused)
    assert os.listdir(site.socket) == []


async def test_a_port_that_cannot_be_had_is_named_and_nothing_is_left(
    site: Site, db: Database, lease: Lease
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        site.path.write_text(
            f"node: main\ndatabase: {site.url}\nsocket: {site.socket}\n"
            f"ari: {{listen: '127.0.0.1:{port}'}}\n"
        )
        assert f"127.0.0.1:{port}" in await begin_in_vain(site, db, lease, SwitchUnreachable)
    assert os.path.basename(site.socket) not in os.listdir(site.folder)


def test_faults_before_the_loop_are_sentences(site: Site) -> None:
    config = site.config
    with storage.connect(site.url) as db, lock_node(db, "main"), pytest.raises(NodeTaken):
        module.run(config, site.path)
    site.path.write_text(f"database: sqlite:///{site.folder}/none/site.db\n")
    with pytest.raises(StorageUnavailable, match="does not exist; create it"):
        module.run(site.config, site.path)


# --- the name ------------------------------------------------------------------------------------


@pytest.mark.postgres
async def test_who_has_lost_his_name_to_another_writes_no_more_and_ends(
    tmp_path: Path, postgresql_cluster: str, systemd: Systemd
) -> None:
    site = Site(tmp_path, postgres.fresh_database(postgresql_cluster))
    attempt_id = site.leave_a_call()
    with capture_logs() as logs, storage.open_database(site.url) as db, Lease(db, "main") as lease:
        life = Life(site, db, lease)
        await until(lambda: "READY=1" in systemd.listen())
        life.find_asterisk(SeenLeg(client_leg(attempt_id), False, None))
        await until(lambda: life.daemon._writer.depth == 0)
        with await asyncio.to_thread(take_over, db):
            life.daemon._writer.stalled_since = 1.0  # as it is when the server is restarted
            life.driver.tell(LegEnded(client_leg(attempt_id), 17, 486))
            life.daemon._housekeeping.change("lease", 0.05)
            with pytest.raises(NodeTaken, match="another daemon already runs"):
                await life.ends()
    assert site.dispositions() == [None], "it is the other's to say"
    assert [line for line in logs if line["event"].startswith("another daemon has our name")]


def take_over(db: Database) -> NodeLock:
    db.rows("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    deadline = time.monotonic() + LIMIT_S
    while True:
        try:
            return lock_node(db, "main")
        except NodeTaken:
            assert time.monotonic() < deadline
