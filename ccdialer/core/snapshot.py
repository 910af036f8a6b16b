"""What the floor looks like at this moment, for `status` and the console: plain values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ccdialer.core.agent import AgentState
from ccdialer.core.attempt import CallState
from ccdialer.core.board import Board, Call, Run, Seat
from ccdialer.core.health import lines_at
from ccdialer.core.lines import lines_in_use
from ccdialer.core.metrics import WorkTime, abandonment_rate, occupancy, utilisation
from ccdialer.core.phone import mask
from ccdialer.core.queue_rows import CallerRow, QueueRow, caller_rows, queue_rows


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent on duty. `since` is an instant of core time, all else in seconds."""

    login: str
    name: str
    state: str
    since: float
    state_s: float
    reason: str  # of a pause
    next_state: str  # what he asked for after this call: paused, offline, or empty
    campaign: str
    number: str  # of the client he talks with, masked
    calls: int
    talk_s: float
    wrap_up_s: float
    paused_s: float
    signed_in_s: float
    utilisation: float
    occupancy: float
    news: str = ""  # of a caller he talks with: "campaign X tried you at 14:05"


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign the daemon knows. Talked and abandoned are of today, or of the last 30 days."""

    name: str
    state: str
    mode: str
    agents: dict[str, int]  # who may serve it, by state
    in_flight: int  # dialed and not answered by a person yet
    waiting: int  # live clients without an agent
    talking: int
    hopper: int
    talked: int
    abandoned: int
    abandonment_rate: float
    talked_month: int
    abandoned_month: int
    abandonment_rate_month: float
    pacing: str  # the last decision's reason
    exhausted: bool  # storage had no due task when last asked
    blocked: str = ""  # why it can call nobody: no trunk, a spending cap


@dataclass(frozen=True, slots=True)
class TrunkRow:
    """A trunk the daemon knows."""

    name: str
    usable: bool
    trouble: str  # why no call goes over it
    in_use: int
    lines: int  # calls at once, as set
    lines_now: int  # fewer after congestion
    breakers: dict[str, int]  # failures in a row by prefix, where calls are held back for them


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything `status` shows; `dataclasses.asdict` of it is JSON."""

    at: float
    connected: bool
    draining: bool
    agents: tuple[AgentRow, ...]
    campaigns: tuple[CampaignRow, ...]
    calls_by_state: dict[str, int]
    agents_by_state: dict[str, int]
    trunks: tuple[TrunkRow, ...] = ()
    stopped: str | None = None  # why nothing is dialed: the emergency stop
    queues: tuple[QueueRow, ...] = ()
    callers: tuple[CallerRow, ...] = ()


def snapshot(board: Board, now: float) -> Snapshot:
    """The board at `now`, agents by login and campaigns by name."""
    seats = sorted(board.seats.values(), key=lambda seat: seat.agent.login)
    runs = sorted(board.runs.values(), key=lambda run: run.campaign.name)
    return Snapshot(
        at=now,
        connected=board.connected,
        draining=board.draining,
        agents=tuple(_agent(seat, now) for seat in seats),
        campaigns=tuple(_campaign(board, run) for run in runs),
        calls_by_state=_counted(call.state for call in board.calls.values()),
        agents_by_state=_counted(seat.state for seat in seats),
        trunks=tuple(_trunks(board, now)),
        stopped=board.stopped,
        queues=tuple(queue_rows(board, now)),
        callers=tuple(caller_rows(board, now)),
    )


def _counted(states: Iterable[CallState | AgentState]) -> dict[str, int]:
    return dict(sorted(Counter(state.value for state in states).items()))


def work_time(seat: Seat, now: float) -> WorkTime:
    """How the agent spent his time since he signed in, the present state included."""
    elapsed = now - seat.since

    def total(spent_s: float, state: AgentState) -> float:
        return spent_s + (elapsed if seat.state is state else 0.0)

    return WorkTime(
        signed_in_s=now - seat.signed_in_at,
        paused_s=total(seat.paused_s, AgentState.PAUSED),
        talk_s=total(seat.talk_s, AgentState.TALKING),
        wrap_up_s=total(seat.wrap_up_s, AgentState.WRAP_UP),
    )


def _agent(seat: Seat, now: float) -> AgentRow:
    time = work_time(seat, now)
    return AgentRow(
        login=seat.agent.login,
        name=seat.agent.name,
        state=seat.state.value,
        since=seat.since,
        state_s=now - seat.since,
        reason=seat.reason,
        next_state=_next_state(seat),
        campaign=seat.run.campaign.name if seat.run else "",
        number=mask(seat.call.number) if seat.call else "",
        calls=seat.calls,
        talk_s=time.talk_s,
        wrap_up_s=time.wrap_up_s,
        paused_s=time.paused_s,
        signed_in_s=time.signed_in_s,
        utilisation=utilisation(time),
        occupancy=occupancy(time),
        news=seat.call.caller.news if seat.call and seat.call.caller else "",
    )


def _next_state(seat: Seat) -> str:
    if seat.leave_after:
        return AgentState.OFFLINE.value
    return AgentState.PAUSED.value if seat.pause_after is not None else ""


def _campaign(board: Board, run: Run) -> CampaignRow:
    calls, day, month = run.calls.values(), run.history.day, run.history.month
    return CampaignRow(
        name=run.campaign.name,
        state=run.campaign.state.value,
        mode=run.campaign.settings.mode.value,
        agents=_counted(seat.state for seat in board.seats_for(run)),
        in_flight=sum(1 for call in calls if call.is_flying),
        waiting=_in_state(calls, CallState.WAITING),
        talking=_in_state(calls, CallState.TALKING),
        hopper=run.stock,
        talked=day.talked,
        abandoned=day.abandoned,
        abandonment_rate=abandonment_rate(day.talked, day.abandoned),
        talked_month=month.talked,
        abandoned_month=month.abandoned,
        abandonment_rate_month=abandonment_rate(month.talked, month.abandoned),
        pacing=run.decision.reason if run.decision else "",
        exhausted=run.exhausted,
        blocked=run.lines.blocked,
    )


def _trunks(board: Board, now: float) -> Iterator[TrunkRow]:
    in_use = lines_in_use(board)
    for work in sorted(board.trunks.values(), key=lambda work: work.trunk.name):
        trouble = work.trouble(now)
        tripped = {p: b.failures for p, b in sorted(work.breakers.items()) if b.is_tripped}
        yield TrunkRow(
            name=work.trunk.name,
            usable=not trouble,
            trouble=trouble,
            in_use=in_use[work.trunk.id],
            lines=work.trunk.settings.lines,
            lines_now=lines_at(work, now),
            breakers=tripped,
        )


def _in_state(calls: Iterable[Call], state: CallState) -> int:
    return sum(1 for call in calls if call.state is state)
