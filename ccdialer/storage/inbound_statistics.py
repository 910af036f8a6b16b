"""Counts what became of calls that came in, by the number called, channel, queue, hour ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from types import MappingProxyType

from ccdialer.core.queue import Fate, QueueSettings, QueueStatus
from ccdialer.storage.database import Database
from ccdialer.storage.inbound import TOLD_WHY_NOT

QUARTER_MS = 900_000
"""Clocks of all zones differ by whole quarters of an hour."""


class By(StrEnum):
    """What calls are told apart by."""

    DID = "did"
    CHANNEL = "channel"
    STAGE = "stage"
    TARGET = "target"
    QUEUE = "queue"
    AGENT = "agent"
    HOUR = "hour"
    DAY = "day"


QUARTER = f"CAST(arrived_at / {QUARTER_MS} AS TEXT)"
KEYS = {
    By.DID: "inbound_call.did",
    By.CHANNEL: "ad_channel",
    By.STAGE: "CASE pipeline WHEN '' THEN stage ELSE pipeline || '/' || stage END",
    By.TARGET: "CASE target WHEN '' THEN target_kind ELSE target_kind || ' ' || target END",
    By.QUEUE: "COALESCE(CAST(inbound_call.campaign_id AS TEXT), '')",
    By.AGENT: "COALESCE(agent.login, '')",
    By.HOUR: QUARTER,
    By.DAY: QUARTER,
}
WAIT = "(COALESCE(joined_at, ended_at) - COALESCE(queued_at, arrived_at))"
SHORT = f"COALESCE({WAIT} < ?, FALSE)"
CLOSED = f"{QueueStatus.CLOSED.lower()}%"
"""How the reason of a caller begins who came out of the queue's hours."""

# Every call is one of these: what its fate is, and where that says too little, what it came into.
PARTS = {
    "answered": f"fate = '{Fate.ANSWERED}'",
    "left": f"fate = '{Fate.LEFT}' AND NOT {SHORT}",
    "short": f"fate = '{Fate.LEFT}' AND {SHORT}",
    "closed": f"fate = '{Fate.SENT_ON}' AND queued_at IS NOT NULL AND fate_reason LIKE ?",
    "sent_on": f"fate = '{Fate.SENT_ON}' AND queued_at IS NOT NULL AND NOT fate_reason LIKE ?",
    "callbacks": f"fate = '{Fate.CALLBACK}'",
    "unknown": f"fate = '{Fate.LOST}'",
    "elsewhere": f"COALESCE(fate, '{Fate.SENT_ON}') = '{Fate.SENT_ON}' AND queued_at IS NULL",
    "live": "fate IS NULL AND queued_at IS NOT NULL",
}

SERVED = " OR ".join(
    f"({PARTS[part]})" for part in ("answered", "left", "sent_on", "callbacks", "unknown")
)
QUEUED = f"queued_at IS NOT NULL AND ({SERVED})"
"""An agent should have answered it: it came into an open queue, and its waiting is over."""

OF = """arrived_at >= ? AND arrived_at < ?
        AND (CAST(? AS INTEGER) IS NULL OR inbound_call.campaign_id = ?)
        AND (CAST(? AS INTEGER) IS NULL OR inbound_call.project_id = ?)
        AND (CAST(? AS TEXT) IS NULL OR inbound_call.did = ?)"""
COUNTS = ", ".join(f"COUNT(*) FILTER (WHERE {words})" for words in PARTS.values())
SUM = "CAST(COALESCE(SUM({0}) FILTER (WHERE fate = 'answered'), 0) AS BIGINT)"
TOTALS = f"""
    SELECT {{key}}, COUNT(*), {COUNTS}, COUNT(*) FILTER (WHERE {QUEUED}),
        COUNT(*) FILTER (WHERE fate = '{Fate.ANSWERED}' AND queued_at IS NOT NULL
            AND {WAIT} <= {{limit}}),
        {SUM.format(WAIT)},
        COALESCE(MAX({WAIT}) FILTER (WHERE (queued_at IS NOT NULL OR joined_at IS NOT NULL)
            AND NOT ({PARTS["closed"]})), 0),
        {SUM.format("ended_at - joined_at")}
    FROM inbound_call LEFT JOIN campaign ON campaign.id = campaign_id
        LEFT JOIN agent ON agent.id = inbound_call.agent_id
    WHERE {OF}
    GROUP BY 1"""

# Who was owed a call when his own was over, and what he got: the first try to call him back, a
# talk by it, a talk by any other call of ours to him, or one because he called again. Of hidden
# numbers nobody looks for another call: each would be held against all others. When it was dialed
# is written at the end of an attempt, and the talk may still go on.
OWED = f"""
    SELECT {{key}}, inbound_call.id, arrived_at, inbound_call.ended_at, number, did,
        campaign.name, fate, fate_reason, {WAIT}, task_id, task.state, owner.login,
        (SELECT MIN(COALESCE(dialed_at, opened_at)) FROM attempt
            WHERE attempt.task_id = inbound_call.task_id AND opened_at >= inbound_call.ended_at
                AND (dialed_at IS NOT NULL OR joined_at IS NOT NULL)),
        (SELECT MIN(joined_at) FROM attempt
            WHERE attempt.task_id = inbound_call.task_id AND joined_at >= inbound_call.ended_at),
        (SELECT MIN(joined_at) FROM task_number
                JOIN campaign AS of_task ON of_task.id = task_number.campaign_id
                JOIN attempt ON attempt.task_id = task_number.task_id
            WHERE e164 = inbound_call.number AND joined_at >= inbound_call.ended_at
                AND of_task.project_id = inbound_call.project_id),
        CASE inbound_call.number WHEN '' THEN NULL ELSE
            (SELECT MIN(later.joined_at) FROM inbound_call AS later
                WHERE later.number = inbound_call.number
                    AND later.joined_at >= inbound_call.ended_at
                    AND later.project_id = inbound_call.project_id) END
    FROM inbound_call LEFT JOIN campaign ON campaign.id = inbound_call.campaign_id
        LEFT JOIN agent ON agent.id = inbound_call.agent_id
        LEFT JOIN task ON task.id = task_id LEFT JOIN agent AS owner ON owner.id = task.owner_id
    WHERE {OF} AND (arrived_at > ? OR inbound_call.id > ?)
        AND inbound_call.ended_at IS NOT NULL
        AND (fate IN ('{Fate.LOST}', '{Fate.CALLBACK}')
            OR fate = '{Fate.LEFT}' AND (task_id IS NOT NULL OR NOT {SHORT})
            OR fate = '{Fate.SENT_ON}' AND (task_id IS NOT NULL OR fate_reason LIKE ?))
    ORDER BY arrived_at, inbound_call.id LIMIT ?"""
PAGE = 20_000
"""So many of them are read at a time."""


@dataclass(frozen=True, slots=True)
class InboundFilter:
    """Calls that came in from `since` to before `until` (epoch ms); of one queue, of one project,
    of one number called, or of all. Who hangs up within `short_s` has changed his mind. `limits`
    are the queues' `service_level_s` by campaign id; others are as shipped."""

    since: int
    until: int
    by: By = By.QUEUE
    campaign_id: int | None = None
    short_s: float = 5.0
    limits: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    project_id: int | None = None
    did: str | None = None

    @property
    def params(self) -> tuple[object, ...]:
        """What `OF` wants."""
        of = (self.campaign_id, self.project_id, self.did)
        return (self.since, self.until, *(value for each in of for value in (each, each)))


@dataclass(slots=True)
class InboundTotals:
    """What became of calls; the parts from `answered` to `live` sum to `offered`."""

    key: str
    offered: int = 0
    answered: int = 0
    left: int = 0  # hung up while they waited
    short: int = 0  # at once
    closed: int = 0  # came out of the queue's hours
    sent_on: int = 0  # to elsewhere: the queue was full or empty, or they had waited long
    callbacks: int = 0  # asked to be called back
    unknown: int = 0  # ended while nobody looked
    elsewhere: int = 0  # their route led to no queue
    live: int = 0  # wait or talk now
    queued: int = 0  # an agent should have answered, and their waiting is over
    in_time: int = 0  # of these
    wait_ms: int = 0  # of the answered, together
    longest_ms: int = 0  # that anybody waited
    talk_ms: int = 0

    def add(self, more: InboundTotals) -> None:
        """Take in the calls of another key."""
        longest_ms = max(self.longest_ms, more.longest_ms)
        for each in fields(self)[1:]:
            setattr(self, each.name, getattr(self, each.name) + getattr(more, each.name))
        self.longest_ms = longest_ms


@dataclass(frozen=True, slots=True)
class Owed:
    """A caller who met nobody, or asked to be called back. Instants in epoch ms; `tried_at` the
    first try to call him back, `talked_at` when that met him, `other_at` when any call of ours to
    him did, `again_at` when a call of his own was answered."""

    key: str
    id: str
    arrived_at: int
    ended_at: int
    number: str
    did: str
    queue: str | None
    fate: str
    reason: str
    wait_ms: int
    task_id: int | None
    task_state: str | None
    owner: str | None
    tried_at: int | None
    talked_at: int | None
    other_at: int | None
    again_at: int | None

    @property
    def is_lost(self) -> bool:
        """He did not ask for it."""
        return self.fate != Fate.CALLBACK

    @property
    def first_at(self) -> int | None:
        """When he was first tried. Once somebody has talked with him, his task, which may be asked
        for again, is dialed for a later call of his."""
        over = self.recovered_at
        is_his = self.tried_at is not None and (over is None or self.tried_at <= over)
        return self.tried_at if is_his else None

    @property
    def first_s(self) -> float | None:
        """After how many seconds he was first tried."""
        return None if self.first_at is None else (self.first_at - self.ended_at) / 1000

    @property
    def recovered_at(self) -> int | None:
        """When somebody has talked with him after all."""
        talks = (self.talked_at, self.other_at, self.again_at)
        return min((at for at in talks if at is not None), default=None)


def inbound_totals(database: Database, wanted: InboundFilter) -> list[InboundTotals]:
    """A row for each key. Of queues the key is the id; of hours and days the quarter of an hour in
    which calls came, counted from the epoch."""
    sql = TOTALS.replace("{key}", KEYS[wanted.by]).replace("{limit}", _limit(wanted.limits))
    short_ms = round(wanted.short_s * 1000)
    parts = (short_ms, short_ms, CLOSED, CLOSED)
    params = (*parts, short_ms, CLOSED, CLOSED, *wanted.params)
    return [InboundTotals(*row) for row in database.rows(sql, params)]


def _limit(limits: Mapping[int, float]) -> str:
    """Milliseconds in which a call of a queue is answered in time, as SQL of numbers alone."""
    shipped = round(QueueSettings().service_level_s * 1000)
    cases = "".join(f" WHEN {int(i)} THEN {round(s * 1000)}" for i, s in limits.items())
    return f"(CASE campaign_id{cases} ELSE {shipped} END)" if cases else str(shipped)


def owed_calls(database: Database, wanted: InboundFilter) -> Iterator[Owed]:
    """Who is owed a call, by the time at which he called; keys as in `inbound_totals`. Read a page
    at a time."""
    sql = OWED.replace("{key}", KEYS[wanted.by])
    known = (round(wanted.short_s * 1000), f"%{TOLD_WHY_NOT}%", PAGE)
    since, last = wanted.since, ""
    while True:
        params = replace(wanted, since=since).params
        page = [Owed(*row) for row in database.rows(sql, (*params, since, last, *known))]
        yield from page
        if len(page) < PAGE:
            return
        since, last = page[-1].arrived_at, page[-1].id
