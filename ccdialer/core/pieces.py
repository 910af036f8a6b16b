"""The pieces on the board: an agent on duty, a campaign at work, a call, and whose a leg is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf

from ccdialer.core import agent as agents
from ccdialer.core import attempt as attempts
from ccdialer.core.agent import Agent, AgentMove, AgentState
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.best_hour import NOTHING_LEARNED, Hours
from ccdialer.core.campaign import Campaign, CampaignState, History, Mode, Tally
from ccdialer.core.disposition import Disposition
from ccdialer.core.health import LinesNow
from ccdialer.core.pacing.policy import Decision, Memory, Policy, Scene
from ccdialer.core.queue import Caller, Fate, Span
from ccdialer.core.shelf import Shelf
from ccdialer.core.target import Target
from ccdialer.core.task import Task
from ccdialer.core.trunk import Route

CALLERS_KEPT, SERVED_KEPT = 20, 50
"""Instants of a queue: by its last joins the wait is estimated, by its last arrivals the rate; and
by its last callers the service."""


@dataclass(slots=True, eq=False)
class Seat:
    """An agent on duty."""

    agent: Agent
    session_id: str
    state: AgentState
    since: float  # of the present state
    idle_since: float = 0.0  # a reservation that came to nothing does not change it
    leg_id: str | None = None  # the leg that is kept up between calls
    call: Call | None = None
    contact: Task | None = None  # whom he reads about before he calls
    last: Call | None = None  # his call before: a result may still be given to it
    run: Run | None = None  # the campaign he works for: from being chosen to the end of wrap-up
    kept_for: Run | None = None  # idle, and set aside for a call of this campaign that rings
    reason: str = ""  # of a pause
    pause_after: str | None = None  # pause asked for during a call
    leave_after: bool = False  # sign-out asked for during a call
    missed: int = 0
    digits: str = ""
    signed_in_at: float = 0.0
    talk_s: float = 0.0
    wrap_up_s: float = 0.0
    paused_s: float = 0.0
    calls: int = 0

    def move(self, move: AgentMove, now: float) -> None:
        """Change state by the table; an impossible move is a bug and raises KeyError."""
        elapsed = now - self.since
        if self.state is AgentState.TALKING:
            self.talk_s += elapsed
        elif self.state is AgentState.PAUSED:
            self.paused_s += elapsed
        elif self.state is AgentState.WRAP_UP:
            self.wrap_up_s += elapsed
        self.state = agents.MOVES[self.state, move]
        self.since = now
        self.kept_for = None
        if move in (AgentMove.ARRIVE, AgentMove.READY):
            self.idle_since = now

    @property
    def comes_back(self) -> bool:
        """Whether he takes another call after the present one."""
        return self.pause_after is None and not self.leave_after

    @property
    def bridge_id(self) -> str:
        """Bridge in which the kept-up leg waits."""
        return attempts.session_bridge(self.session_id)


@dataclass(slots=True, eq=False)
class Run:
    """A campaign at work."""

    campaign: Campaign
    policy: Policy
    hopper: deque[Task] = field(default_factory=deque)
    asked: int = 0  # tasks asked of storage and not answered yet
    ask_again_at: float = 0.0
    pace_again_at: float = 0.0  # not earlier, whatever happens
    look_again_at: float = 0.0  # though nothing happens
    is_moved: bool = True  # something has happened since the last decision
    is_woken: bool = False  # a timer is set for pace_again_at
    calls: dict[str, Call] = field(default_factory=dict)
    lines: LinesNow = field(default_factory=LinesNow)
    history: History = field(default_factory=History)
    hours: Hours = NOTHING_LEARNED  # when its people answer, by the hour of the day
    closes_at: float | None = None  # when dialing ends for the day, if anybody knows
    opens_at: float | None = None  # its start date has not come before this
    memory: Memory | None = None  # what an earlier policy had learned
    scene: Scene | None = None  # what the last decision was about
    decision: Decision | None = None
    shelf: Shelf = field(default_factory=Shelf)  # due callbacks; the hopper of all other modes
    ladder_at: float = inf  # when the next wait of a callback is over
    exhausted: bool = False  # storage had nothing due when last asked
    hours_open: tuple[Span, ...] | None = None  # of a queue, the coming ones; None: always
    joins: deque[float] = field(default_factory=lambda: deque(maxlen=CALLERS_KEPT))
    arrivals: deque[float] = field(default_factory=lambda: deque(maxlen=CALLERS_KEPT))
    served: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=SERVED_KEPT))
    # when it was known of a caller, and whether he was answered in time

    @property
    def stock(self) -> int:
        """Tasks that are reserved for it here."""
        return len(self.hopper) + len(self.shelf)

    @property
    def is_active(self) -> bool:
        return self.campaign.state is CampaignState.ACTIVE and self.opens_at is None

    @property
    def is_asked(self) -> bool:
        """Whether agents ask for its contacts; nothing is dialed by itself."""
        return self.campaign.settings.mode is Mode.PREVIEW

    @property
    def is_inbound(self) -> bool:
        """Whether it is a queue: it dials nobody, its clients call."""
        return self.campaign.settings.mode is Mode.INBOUND

    @property
    def is_pacing(self) -> bool:
        """Whether calls are placed for it without anybody asking for each."""
        return not self.is_asked and not self.is_inbound

    @property
    def flying(self) -> int:
        """Its calls that may turn out to be live clients for whom no agent is held."""
        return sum([call.needs_agent for call in self.calls.values()])

    def is_served_by(self, agent: Agent) -> bool:
        """Whether the agent is of its project, and among those it names if it names any."""
        named = self.campaign.settings.agents
        in_project = self.campaign.project_id in agent.projects
        return in_project and (not named or agent.login in named)

    def count(self, fate: Tally) -> None:
        """A live answer's fate is sealed."""
        self.history += fate

    def learned(self) -> Memory | None:
        """What its policies have learned; a policy that learns nothing forgets nothing either."""
        return self.policy.memory() or self.memory


@dataclass(slots=True, eq=False)
class Call:
    """The call of one attempt, or of a caller in a queue; his has an id of its own kind, and a task
    that is on nobody's list."""

    attempt_id: str
    task: Task
    run: Run
    number: str
    leg_id: str
    opened_at: float
    state: CallState = CallState.OPENING
    is_flying: bool = True  # may yet turn out to be a live client
    route: Route | None = None
    trunks_tried: set[int] = field(default_factory=set)
    dialed_at: float | None = None  # the present leg
    ring_until: float = 0.0  # of the present leg
    ringing_at: float | None = None
    answered_at: float | None = None
    live_at: float | None = None  # a person is known to be on the line
    clock_at: float | None = None  # of abandonment: not running while an agent is held for him
    joined_at: float | None = None
    seat: Seat | None = None
    is_held: bool = False  # the seat was reserved before anything was dialed
    agent_id: int | None = None  # of who talked, kept when the seat is gone
    agent_leg_id: str | None = None
    agent_up: bool = False  # his leg can be joined
    rings: int = 0  # agents' phones rung for this call
    tried: set[int] = field(default_factory=set)  # agents who did not take it
    join_sent: bool = False
    is_unseen: bool = False  # it ended while Asterisk was away: how long it lasted is not known
    recordings: int = 0  # files begun for this talk
    is_recorded: bool = False  # the last of them is being written, as far as we have heard
    bridged: bool = False  # a bridge was made for this talk
    result: Disposition | None = None  # decided before the leg's end is known
    note: str = ""
    caller: Caller | None = None  # who calls us; None: we call
    fate: Fate | None = None  # of a caller who goes elsewhere
    fate_reason: str = ""
    sent_to: Target | None = None  # the overflow he goes to
    sound: str = ""  # playback that a waiting caller hears now in place of music
    spoken_at: float = 0.0  # when he last was told something
    bound_until: float = 0.0  # so long Asterisk lets a caller wait, whatever happens to us
    is_offered: bool = False  # he may press a key and be called back

    @property
    def needs_agent(self) -> bool:
        """May turn out to be a live client for whom no agent is held."""
        return self.is_flying and not self.is_held

    def move(self, move: CallMove) -> None:
        """Change state by the table; an impossible move is a bug and raises KeyError."""
        self.state = attempts.MOVES[self.state, move]


@dataclass(slots=True)
class Leg:
    """Whose leg a channel id is: the client's (call only), an agent's for one call, or a seat's."""

    call: Call | None = None
    seat: Seat | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """How a caller has left a queue."""

    rings: int  # agents' phones that were rung for him
    is_over: bool  # he has talked, and his row is closed for good
