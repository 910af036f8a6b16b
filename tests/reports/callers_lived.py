"""Calls that come in at random and go through storage, with a plain account of what has happened.

Nothing here reads what storage has written, but whether an attempt was let through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.campaign import Campaign, CampaignSettings, Mode
from ccdialer.core.commands import CloseInbound, JoinInbound, OpenInbound, RecordRoute
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.disposition import Disposition
from ccdialer.core.queue import Caller, Fate, QueueSettings
from ccdialer.core.target import target_of
from ccdialer.core.task import Task
from ccdialer.storage import Database
from ccdialer.storage.app_queue import SiteCall, lost_call, talked
from tests.storage.callers import DIAL, agent_of, callbacks_of
from tests.storage.samples import carry, closing, insert, number, opening, row

Draw = Callable[[st.SearchStrategy[Any]], Any]

DAWN = 1_792_872_000_000
"""Epoch ms, 2026-10-24 20:00 UTC: five hours later clocks go back in Europe."""
GAPS_S = (50, 400, 1800, 5000, 11_000)
"""Between two callers; nobody is on the line any more."""
WAITS_S = (0, 1, 4, 5, 12, 20, 21, 300)
NOBODY, CLOSED, EXTENSION, NIGHT = "timeout", "closed", "timeout to extension 200", "full to queue"


@dataclass
class Told:
    """A call as whoever watched it would tell. Instants in epoch ms; None: it was not so far."""

    id: str
    number: str
    did: str
    project: str
    arrived_at: int
    queue: str = ""  # project/name
    channel: str = ""
    stage: str = ""
    target: str = ""
    queued_at: int | None = None
    joined_at: int | None = None
    ended_at: int | None = None
    agent: str = ""
    fate: str = ""
    reason: str = ""
    has_task: bool = False


@dataclass
class Queue:
    campaign: Campaign
    project: str
    name: str
    lost_after_s: float
    in_time_s: float


@dataclass
class Lived:
    """A site with two projects, and what has happened there until `now` (epoch ms)."""

    db: Database
    draw: Draw
    now: int = DAWN
    calls: list[Told] = field(default_factory=list)
    tries: list[tuple[str, str, bool, int, int | None]] = field(default_factory=list)
    """Our calls: project, number, whether for a callback, when it was dialed, when they talked."""

    def __post_init__(self) -> None:
        self.agents = {name: agent_of(self.db, name, ("acme", "north")) for name in ("anna", "bo")}
        self.queues = [self._queue("acme", "sales", 3.0, 20.0), self._queue("acme", "night", 0, 5)]
        self.queues.append(self._queue("north", "sales", 0.0, 20.0))
        self.projects = {each.project: each.campaign.project_id for each in self.queues}
        self.backs = {project: callbacks_of(self.db, "backs", project) for project in self.projects}
        settings = CampaignSettings(DIAL, calling_hours=AT_ANY_TIME)
        self.spring = storage.upsert_campaign(self.db, "acme", "spring", settings, DAWN)
        insert(self.db, self.spring, [row(n) for n in (1, 2)])

    def _queue(self, project: str, name: str, lost_after_s: float, in_time_s: float) -> Queue:
        waits = QueueSettings(lost_after_s=lost_after_s, service_level_s=in_time_s)
        settings = CampaignSettings(mode=Mode.INBOUND, queue=waits)
        campaign = storage.upsert_campaign(self.db, project, name, settings, DAWN)
        return Queue(campaign, project, name, lost_after_s, in_time_s)

    def some(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def step(self) -> None:
        """Somebody calls, or is called; then time goes by."""
        self.some(self.caller, self.caller, self.site_s_own, self.dialed, self.dialed)()
        self.now += 1000 * self.some(*GAPS_S)

    # --- they call us -----------------------------------------------------------------------------

    def caller(self) -> None:
        """To a queue of ours, or nowhere near one."""
        call, queue = self._come(self.some(*self.queues))
        if self.some(True, False, False):
            call.channel, call.stage = self.some("", "radio"), self.some("", "offer")
            to = self.some(f"queue {queue.name}", "extension 200")
            self._route(call, to)
            if to == "extension 200":
                call.fate, call.ended_at = "sent_on", self.now
                return
        self._wait(call, queue)

    def _come(self, queue: Queue) -> tuple[Told, Queue]:
        index = self.some(0, 1, 1, 2)
        call = Told(
            id=f"{len(self.calls):032x}",
            number=number(index) if index else "",
            did=self.some("+74951230001", "+74951230002"),
            project=queue.project,
            arrived_at=self.now,
        )
        self.calls.append(call)
        return call, queue

    def _route(self, call: Told, to: str) -> None:
        call.target = to
        told = RecordRoute(
            *(call.id, call.id, call.number, call.did, self.now / 1000, *to.split(), "rule", "{}"),
            project_id=self.projects[call.project],
            ad_channel=call.channel,
            stage=call.stage,
            ends_here=to.startswith("extension"),
        )
        carry(self.db, told)
        self.now += 1000

    def _wait(self, call: Told, queue: Queue) -> None:
        call.queue, call.queued_at = f"{queue.project}/{queue.name}", self.now
        who = Caller(call.id, call.id, call.number, "Ivan", call.did)
        carry(self.db, OpenInbound(queue.campaign.id, who, self.now / 1000))
        end = self.some("answered", "left", "left", "lost", "callback", "sent_on", "open")
        self.now += 1000 * self.some(*WAITS_S)
        if end in ("answered", "open") and (end == "answered" or self.some(True, False)):
            self._join(call)
        if end != "open":
            self._end(call, queue, end)

    def _join(self, call: Told) -> None:
        call.agent, call.joined_at = self.some("anna", "bo"), self.now
        carry(self.db, JoinInbound(call.id, self.agents[call.agent], "leg", self.now / 1000))
        self.now += 30_000

    def _end(self, call: Told, queue: Queue, end: str) -> None:
        call.fate, call.ended_at = end, self.now
        call.reason = self.some(NOBODY, CLOSED, EXTENSION, NIGHT) if end == "sent_on" else ""
        sent_to = {EXTENSION: "extension 200", NIGHT: "queue night"}.get(call.reason, "")
        told = (call.id, queue.campaign.id, Fate(end), self.now / 1000, call.queued_at / 1000)
        carry(self.db, CloseInbound(*told, reason=call.reason, sent_to=target_of(sent_to)))
        self._called_back(call, queue.lost_after_s)
        if call.reason == NIGHT:
            self.now += 1000
            call.fate, call.reason, call.ended_at = "", "", None
            self._wait(call, self.queues[1] if queue.project == "acme" else queue)

    def _called_back(self, call: Told, lost_after_s: float) -> None:
        """Who met nobody, and may be called."""
        waited_ms = None if call.queued_at is None else call.ended_at - call.queued_at
        is_short = waited_ms is not None and waited_ms < lost_after_s * 1000
        met_nobody = {
            "lost": True,
            "callback": True,
            "left": not is_short,
            "sent_on": call.reason in (NOBODY, CLOSED),
        }
        call.has_task |= bool(call.number) and met_nobody.get(call.fate, False)

    def site_s_own(self) -> None:
        """To a queue of Asterisk's own, or to a phone without one; the dialplan tells its end."""
        call, queue = self._come(self.some(self.queues[0], self.queues[2]))
        has_queue = self.some(True, False)
        told = SiteCall(
            *("one", call.id, call.number, self.projects[call.project], self.now, call.id),
            campaign_id=queue.campaign.id if has_queue else None,
            queue=queue.name if has_queue else "",
            did=call.did,
        )
        call.target = f"queue {queue.name}" if has_queue else ""
        if has_queue:
            call.queue, call.queued_at = f"{queue.project}/{queue.name}", self.now
        self.now += 1000 * self.some(*WAITS_S)
        if self.some(True, False):
            call.agent, call.joined_at, call.fate = "anna", self.now, "answered"
            call.ended_at = self.now = self.now + 40_000
            talked(self.db, told, self.agents["anna"], call.joined_at, self.now)
            return
        call.reason = self.some("", CLOSED)
        call.fate, call.ended_at = "sent_on" if call.reason else "left", self.now
        lost_call(self.db, told, self.now, Fate(call.fate), call.reason)
        self._called_back(call, queue.lost_after_s if has_queue else 0.0)

    # --- we call them -----------------------------------------------------------------------------

    def dialed(self) -> None:
        """The callback of somebody, or his task of another campaign of ours."""
        project, who = self.some("acme", "acme", "north"), number(self.some(1, 1, 2))
        campaign = self.some(self.backs[project], self.spring)
        sql = """SELECT task_id FROM task_number WHERE e164 = ? AND campaign_id = ?"""
        found = self.db.row(sql, (who, campaign.id))
        if found is None:
            return
        reserve = "UPDATE task SET state = 'reserved', node = 'one' WHERE id = ?"
        self.db.run(reserve, (found[0],))
        opened = opening(Task(found[0], campaign.id, (who,)), at=self.now / 1000)
        carry(self.db, opened)
        if self.db.row("SELECT 1 FROM attempt WHERE id = ?", (opened.attempt_id,)) is None:
            return  # he is on the line
        talks = self.some(True, False)
        joined_at = self.now + 7000 if talks else None
        result: dict[str, Any] = {"dialed_at": self.now / 1000, "ended_at": self.now / 1000 + 60}
        if talks:
            result |= {"disposition": Disposition.TALKED, "agent_id": self.agents["bo"]}
            result |= {"answered_at": self.now / 1000 + 5, "joined_at": self.now / 1000 + 7}
        carry(self.db, closing(opened, **result, retry_after_s=0))
        of = "acme" if campaign is self.spring else project
        self.tries.append((of, who, campaign is not self.spring, self.now, joined_at))
        self.now += 60_000
