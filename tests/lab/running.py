"""A daemon on a site of the lab: started, asked, killed, and held against the carrier's record."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.errors import DaemonUnreachable
from ccdialer.runtime.ask import ask
from ccdialer.storage import agents, campaigns
from ccdialer.storage.database import Database, connect
from ccdialer.storage.insertion import TaskRow, insert_tasks
from ccdialer.storage.migrating import migrate
from tests.lab import sipp
from tests.lab.sipp import wait_until
from tests.lab.site import Site, numbers

START_LIMIT_S = 120.0
DONE_LIMIT_S = 60.0
RUN = ("ccdialer", "run")


Make = Callable[..., "Running"]
"""A fixture: `make(manners, **plan)` starts a site and gives what works on it."""


class Running:
    """One site with its database filled, and the daemon that works on it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.process: subprocess.Popen[bytes] | None = None
        self.database: Database = connect(site.database)
        migrate(self.database)

    @property
    def socket(self) -> str:
        line = next(row for row in self.site.config.read_text().splitlines() if "socket:" in row)
        return line.split(": ", 1)[1]

    @property
    def log(self) -> str:
        return (self.site.folder / "ccdialer.log").read_text(errors="replace")

    def fill(
        self, count: int, mix: Mapping[int, float], kept_up: bool = True, **changes: Any
    ) -> list[str]:
        """An active campaign with so many tasks, and all agents of the plan; the numbers."""
        shipped: dict[str, Any] = {
            "dial": "PJSIP/{digits}@carrier",
            "mode": Mode.PROGRESSIVE,
            "ring_timeout_s": 6.0,
            "min_ring_s": 2.0,
            "wrap_up_s": 0.5,
            "max_attempts": 1,
            "calling_hours": AT_ANY_TIME,
        }
        found = numbers(count, mix)
        self.fill_with(CampaignSettings(**{**shipped, **changes}), found, kept_up)
        return found

    def fill_with(
        self, settings: CampaignSettings, found: Sequence[str], kept_up: bool = True
    ) -> None:
        """The same with settings and numbers that are given; they are dialed in this order."""
        now = time.time_ns() // 1_000_000
        campaign = campaigns.upsert_campaign(self.database, "demo", "demo", settings, now)
        for n in range(1, self.site.plan.agents + 1):
            agent = Agent(0, f"agent{n}", f"Agent {n}", f"PJSIP/agent{n}", kept_up, frozenset())
            agents.upsert_agent(self.database, agent, ["demo"], now)
        insert_tasks(self.database, campaign.id, [TaskRow(((n, n),), now) for n in found], now)
        campaigns.set_campaign_state(self.database, campaign.id, CampaignState.ACTIVE, now)

    def start(self, is_connected: bool = True, program: Sequence[str] = RUN) -> None:
        """`ccdialer run`; waits until it answers, and until it has Asterisk."""
        self.spawn(*program)
        wait_until(self._answers, START_LIMIT_S, f"the daemon's answer; its log: {self.log}")
        if is_connected:
            wait_until(self.is_connected, START_LIMIT_S, f"Asterisk; the log: {self.log}")

    def spawn(self, module: str, *words: str) -> None:
        """A process of this site with `python -m module words`; its output goes into the log."""
        with (self.site.folder / "ccdialer.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *words],
                env=self.site.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log
        try:
            self.ask("status")
        except DaemonUnreachable:
            return False
        return True

    def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        return ask(self.socket, verb, **arguments)

    def is_connected(self) -> bool:
        return bool(self.ask("status")["snapshot"]["connected"])

    def snapshot(self) -> dict[str, Any]:
        snapshot: dict[str, Any] = self.ask("status")["snapshot"]
        return snapshot

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def end(self) -> None:
        """Whatever state the test has left it in."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.database.close()
        self.site.stop()

    # --- what has become of the list ------------------------------------------------------------

    def states(self) -> Counter[str]:
        """Tasks by state."""
        rows = self.database.rows("SELECT state, count(*) FROM task GROUP BY state")
        return Counter({str(state): int(count) for state, count in rows})

    def dispositions(self) -> Counter[str]:
        """Closed attempts by disposition."""
        sql = "SELECT disposition, count(*) FROM attempt WHERE ended_at IS NOT NULL GROUP BY 1"
        return Counter({str(word): int(count) for word, count in self.database.rows(sql)})

    def open_attempts(self) -> int:
        ((count,),) = self.database.rows("SELECT count(*) FROM attempt WHERE ended_at IS NULL")
        return int(count)

    def wait_done(self, limit_s: float = DONE_LIMIT_S) -> None:
        """Until nothing is due, reserved or being dialed."""
        wait_until(self._is_done, limit_s, f"the end of the list: {self.states()}")

    def _is_done(self) -> bool:
        now = time.time_ns() // 1_000_000
        sql = (
            "SELECT count(*) FROM task WHERE state IN ('reserved', 'active')"
            " OR (state = 'waiting' AND due_at <= ?)"
        )
        ((count,),) = self.database.rows(sql, (now,))
        return count == 0 and self.open_attempts() == 0

    def invites(self) -> Counter[str]:
        """How often the carrier was asked for each number: the ground truth."""
        return Counter(number for _, number in sipp.invites(self.site.carrier_log()))

    def attempts(self) -> Counter[str]:
        """How often storage says that each number was dialed."""
        rows = self.database.rows("SELECT number FROM attempt WHERE dialed_at IS NOT NULL")
        return Counter(str(number).lstrip("+") for (number,) in rows)
