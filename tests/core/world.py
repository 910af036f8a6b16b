"""A world in miniature for tests: a dialer, a storage that commits, an Asterisk that obeys.

What the outside has to report waits in `news`. A prompt world reports it at once, in order; the
random tests deliver it as they please. After every fact the laws of the board are checked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from ccdialer.core import commands as c
from ccdialer.core import events as e
from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.attempt import MOST_RINGS, CallState, attempt_of
from ccdialer.core.board import Board, Call, FloorRules, Seat
from ccdialer.core.callbacks import is_sticky
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, History, Mode
from ccdialer.core.dialer import Dialer
from ccdialer.core.disposition import Disposition
from ccdialer.core.holding import UNANSWERED
from ccdialer.core.queue import Caller, Fate, QueueSettings, Span
from ccdialer.core.result import Given
from ccdialer.core.stickiness import may_take
from ccdialer.core.stored import RecordingState, attempt_in
from ccdialer.core.task import Step, Task, TaskMove
from ccdialer.core.trunk import MICRO, NoRoute, Rate, Route, Trunk, TrunkSettings

START = 1_000_000.0
SETTINGS = CampaignSettings(dial="PJSIP/{digits}@trunk", mode=Mode.PROGRESSIVE)
BACK_TO_STORE = (TaskMove.RETRY, TaskMove.RELEASE)
WITH_CLIENT = (AgentState.RESERVED, AgentState.TALKING)
Kind = TypeVar("Kind")


class Storage:
    """Commits what it is asked to, and remembers."""

    def __init__(self) -> None:
        self.due: deque[Task] = deque()
        self.reserved: dict[int, Task] = {}
        self.opened: dict[str, c.OpenAttempt] = {}
        self.closed: dict[str, c.CloseAttempt] = {}
        self.tasks: dict[int, Task] = {}  # every task with an attempt
        self.later: list[Task] = []  # to be dialed again, some time
        self.recordings: dict[str, list[RecordingState]] = {}
        self.joins: dict[str, c.RecordJoin] = {}
        self.sessions: dict[int, c.RecordAgentState] = {}
        self.results: dict[str, c.RecordResult] = {}
        self.misses: list[c.RecordMiss] = []
        self.callers: dict[str, c.OpenInbound] = {}
        self.met: dict[str, c.JoinInbound] = {}
        self.gone: dict[str, c.CloseInbound] = {}
        self.now = lambda: START
        self.refused: set[str] = set()
        self.refuses: set[int] = set()  # tasks whose attempts are not to be opened
        self.put_away: dict[int, NoRoute] = {}  # tasks that no trunk calls
        self.legs: dict[str, list[c.OpenAttempt | c.OpenLeg]] = {}  # clients', by attempt
        self.refusal: tuple[str, str, float] | None = None  # the same of attempts; the task is lost
        self.leg_refusal: tuple[str, str, float] | None = None  # reason, rule, wait: of every leg

    def carry_out(self, command: c.StorageCommand) -> Iterable[e.Event]:
        """What the command does, and its answer."""
        match command:
            case c.ReserveTasks(campaign_id, wanted, True):
                yield self._callbacks(campaign_id, wanted)
            case c.RecordMiss():
                self._miss(command)
            case c.ReserveTasks(campaign_id, wanted):
                mine = [task for task in self.due if task.campaign_id == campaign_id][:wanted]
                for task in mine:
                    self.due.remove(task)
                    self.reserved[task.id] = task
                yield e.TasksReserved(campaign_id, tuple(mine), wanted)
            case c.ReleaseTasks(task_ids):
                self.due.extend(self.reserved.pop(task_id) for task_id in task_ids)
            case c.OpenAttempt():
                yield self._open(command)
            case c.OpenLeg():
                yield self._open_leg(command)
            case c.CloseAttempt():
                self._close(command)
            case c.ReserveContact() | c.SkipContact() | c.RecordResult():
                yield from self._of_assignments(command)
            case _:
                self._note(command)

    def _note(self, command: c.StorageCommand) -> None:
        """What is only written down."""
        match command:
            case c.RecordJoin(attempt_id):
                self.joins[attempt_id] = command
            case c.OpenInbound() | c.JoinInbound() | c.CloseInbound() | c.LoseCaller():
                self._of_callers(command)
            case c.OpenRecording(attempt_id, name):
                assert attempt_id in self.opened or attempt_id in self.callers
                assert name not in self.recordings, "a name is used twice"
                self.recordings[name] = [RecordingState.ASKED]
            case c.NoteRecording(_, name, state):
                self.recordings[name].append(state)
            case c.RecordAgentState(agent_id):
                self.sessions[agent_id] = command

    def _of_callers(self, command: c.StorageCommand) -> None:
        match command:
            case c.OpenInbound(_, caller):
                again = self.gone.pop(caller.call_id, None)
                assert again or caller.call_id not in self.callers, "two callers in one row"
                self.met.pop(caller.call_id, None)
                self.callers[caller.call_id] = command
            case c.JoinInbound(call_id):
                assert call_id in self.callers
                assert call_id not in self.met, "joined twice"
                assert call_id not in self.gone, "joined after his end"
                self.met[call_id] = command
            case c.CloseInbound(call_id):
                assert call_id in self.callers
                assert call_id not in self.gone, "closed twice"
                assert (command.fate is Fate.ANSWERED) == (command.joined_at is not None)
                assert (call_id in self.met) == (command.joined_at is not None)
                self.gone[call_id] = command
            case c.LoseCaller(call_id) if call_id in self.gone:
                if self.gone[call_id].fate is Fate.SENT_ON:
                    self.gone[call_id] = replace(self.gone[call_id], fate=Fate.LEFT)

    def _of_assignments(self, command: c.StorageCommand) -> Iterable[e.Event]:
        match command:
            case c.ReserveContact(agent_id, campaign_ids):
                yield e.ContactReserved(agent_id, self._contact(campaign_ids))
            case c.SkipContact(task_id):
                self.due.append(self.reserved.pop(task_id))
            case c.RecordResult(attempt_id):
                assert attempt_id in self.opened or attempt_id in self.met
                self.results[attempt_id] = command

    def _contact(self, campaign_ids: tuple[int, ...]) -> Task | None:
        for campaign_id in campaign_ids:
            for task in self.due:
                if task.campaign_id == campaign_id:
                    self.due.remove(task)
                    self.reserved[task.id] = task
                    return task
        return None

    def _callbacks(self, campaign_id: int, wanted: int) -> e.Event:
        mine = [task for task in self.due if task.campaign_id == campaign_id]
        due = [task for task in mine if (task.due_at or 0.0) <= self.now()][:wanted]
        for task in due:
            self.due.remove(task)
            self.reserved[task.id] = task
        later = [t.due_at for t in mine if t not in due and t.due_at is not None]
        return e.TasksReserved(campaign_id, tuple(due), wanted, min(later, default=None))

    def _miss(self, command: c.RecordMiss) -> None:
        """The task remembers its step; what was told already is not written again."""
        task = self.reserved.get(command.task_id)
        if task is not None and (task.step_at is None or task.step is command.step):
            self.reserved[task.id] = replace(task, step=command.next_step, step_at=command.at)
            self.misses.append(command)

    def _open(self, command: c.OpenAttempt) -> e.Event:
        assert command.attempt_id not in self.opened
        task = self.reserved.pop(command.task_id)
        if task.id in self.refuses:
            self.refused.add(command.attempt_id)
            return e.AttemptRefused(command.attempt_id, "cancelled")
        if isinstance(command.route, NoRoute):
            self.refused.add(command.attempt_id)
            self.put_away[task.id] = command.route
            return e.AttemptRefused(command.attempt_id, command.route.reason, "trunk", 900.0)
        if self.refusal is not None:
            self.refused.add(command.attempt_id)
            return e.AttemptRefused(command.attempt_id, *self.refusal)
        live = {o.task_id for a, o in self.opened.items() if a not in self.closed}
        assert task.id not in live, "two live calls on one task"
        self.opened[command.attempt_id] = command
        self.tasks[task.id] = task
        self.legs[command.attempt_id] = [command]
        return e.AttemptOpened(command.attempt_id)

    def _open_leg(self, command: c.OpenLeg) -> e.Event:
        assert command.attempt_id in self.opened
        assert command.attempt_id not in self.closed, "a leg for an attempt that is over"
        legs = self.legs[command.attempt_id]
        assert command.failed_leg_id == legs[-1].leg_id
        assert command.leg_id not in {leg.leg_id for leg in legs}
        tried = [_trunk_of(leg) for leg in legs]
        assert command.route.trunk_id not in tried, "a trunk is tried twice for one attempt"
        if self.leg_refusal is not None:
            return e.LegRefused(command.attempt_id, command.leg_id, *self.leg_refusal)
        legs.append(command)
        return e.LegOpened(command.attempt_id, command.leg_id)

    def _close(self, command: c.CloseAttempt) -> None:
        assert command.attempt_id in self.opened
        assert command.attempt_id not in self.closed, "closed twice"
        self.closed[command.attempt_id] = command
        if command.task_move in BACK_TO_STORE:
            task = self.tasks[command.task_id]
            again = replace(task, attempts=task.attempts + command.counts)
            if task.due_at is not None and command.task_move is TaskMove.RETRY:
                again = replace(again, due_at=command.ended_at + command.retry_after_s)
                again = replace(again, step=Step.ANYONE, step_at=None)
            (self.due if task.due_at is not None else self.later).append(again)

    def found(self, agents: Iterable[Agent]) -> Iterable[e.Event]:
        """What a daemon that starts is told: who was signed in, which attempts were open."""
        self.due.extend(self.reserved.values())
        self.reserved.clear()
        for agent in agents:
            was = self.sessions.get(agent.id)
            if was is not None and was.state is not AgentState.OFFLINE:
                session_id = was.session_id or ""
                yield e.SessionFound(agent, session_id, was.leg_id, was.state, was.reason)
        for attempt_id, opened in self.opened.items():
            if attempt_id not in self.closed:
                yield self._found_open(opened)
        for call_id, queued in self.callers.items():
            if call_id not in self.gone:
                yield self._found_caller(queued)

    def _found_caller(self, queued: c.OpenInbound) -> e.CallerFound:
        call_id, met = queued.caller.call_id, self.met.get(queued.caller.call_id)
        return e.CallerFound(
            campaign_id=queued.campaign_id,
            caller=queued.caller,
            queued_at=queued.at,
            joined_at=met.at if met else None,
            agent_id=met.agent_id if met else None,
            agent_leg_id=met.agent_leg_id if met else None,
            recordings=len(self._states_of(call_id)),
            is_recorded=RecordingState.RUNNING in self._states_of(call_id),
        )

    def _found_open(self, opened: c.OpenAttempt) -> e.OpenAttemptFound:
        join = self.joins.get(opened.attempt_id)
        *before, last = self.legs[opened.attempt_id]
        assert not isinstance(last.route, NoRoute)
        return e.OpenAttemptFound(
            attempt_id=opened.attempt_id,
            task=self.tasks[opened.task_id],
            number=opened.number,
            opened_at=opened.at,
            answered_at=join.answered_at if join else None,
            joined_at=join.joined_at if join else None,
            agent_id=join.agent_id if join else None,
            agent_leg_id=join.agent_leg_id if join else None,
            recordings=len(self._states_of(opened.attempt_id)),
            is_recorded=RecordingState.RUNNING in self._states_of(opened.attempt_id),
            leg_id=last.leg_id,
            route=last.route,
            trunks_tried=tuple(tried for leg in before if (tried := _trunk_of(leg)) is not None),
            held_agent_id=opened.held_agent_id,
        )

    def _states_of(self, attempt_id: str) -> list[RecordingState]:
        """Of the recordings of an attempt, what is known of each."""
        return [s[-1] for name, s in self.recordings.items() if attempt_in(name) == attempt_id]


def _trunk_of(leg: c.OpenAttempt | c.OpenLeg) -> int | None:
    return leg.route.trunk_id if isinstance(leg.route, Route) else None


class World:
    """Owns a dialer and speaks the words of the trade to it."""

    def __init__(
        self, rules: FloorRules | None = None, prompt: bool = True, connected: bool = True
    ) -> None:
        ids = count(1)
        self.rules = rules
        self.new_id = lambda: f"{next(ids):010d}"
        self.dialer = Dialer(self.new_id, rules)
        self.now = START
        self.prompt = prompt
        self.storage = Storage()
        self.storage.now = lambda: self.now
        self.said: list[c.Command] = []  # every command so far
        self.news: deque[e.Event] = deque()
        self.legs: dict[str, bool] = {}  # channels in Asterisk: up?
        self.bridges: dict[str, set[str]] = {}
        self.recorders: dict[str, c.StartRecording] = {}  # what records in Asterisk now
        self.has_room = True  # for recordings
        self.originated: list[str] = []
        self.back: dict[str, dict[str, str]] = {}  # callers in the dialplan again, and why
        self.sent_on: set[str] = set()  # their calls
        self.doubtful: set[str] = set()  # calls of whom Asterisk has not said whether they are
        self.silent: set[str] = set()  # phones that ring and nobody answers
        self.broken: set[str] = set()  # phones that cannot be called at all
        self.obeys = True  # Asterisk carries out joins and hang-ups
        self.agents: dict[str, Agent] = {}
        self.added: dict[int, int] = {}  # tasks by campaign
        self.settings: dict[int, CampaignSettings] = {}
        self.projects: dict[int, int] = {}  # of campaigns that are not of the first one
        self.hours: dict[int, tuple[Span, ...]] = {}  # of queues that close
        self.trunks: dict[str, Trunk] = {}
        self.callers = count(1)
        if connected:
            self.tell(e.SwitchFound(()))

    @property
    def board(self) -> Board:
        return self.dialer.board

    def restart(self, sessions_first: bool = True) -> None:
        """The daemon is killed and started again; Asterisk is found later, by find_switch."""
        campaigns = [run.campaign for run in self.board.runs.values()]
        self.news.clear()
        self.originated = [leg for leg in self.originated if leg in self.legs]
        self.dialer = Dialer(self.new_id, self.rules)
        self.dialer.receive(e.TrunksLoaded(tuple(self.trunks.values())), self.now)
        for campaign in campaigns:
            self.dialer.receive(e.CampaignLoaded(campaign, History()), self.now)
        found = list(self.storage.found(self.agents.values()))
        commands: list[c.Command] = []
        for event in found if sessions_first else reversed(found):
            commands += self.dialer.receive(event, self.now)
        self._carry_out(commands)

    # --- time and facts ---------------------------------------------------------------------------

    def tell(self, event: e.Event) -> list[c.Command]:
        """Report one fact, and carry out what comes back."""
        commands = self._carry_out(self.dialer.receive(event, self.now))
        self.wait(0.0)
        return commands

    def wait(self, seconds: float) -> None:
        """Let time pass, timers firing when they are due."""
        until = self.now + seconds
        while (at := self.dialer.next_timer()) is not None and at <= until:
            self.now = max(self.now, at)
            self._carry_out(self.dialer.fire_timer(self.now))
        self.now = until

    def _carry_out(self, commands: list[c.Command]) -> list[c.Command]:
        self.said += commands
        for command in commands:
            if isinstance(command, c.StorageCommand):
                self.news.extend(self.storage.carry_out(command))
            else:
                self._note_way(command)
                self.news.extend(self._perform(command))
        check(self)
        while self.prompt and self.news:
            self.tell(self.news.popleft())
        return commands

    def _note_way(self, command: c.SwitchCommand) -> None:
        if isinstance(command, c.SendBack):
            can_tell = self.board.connected and self.obeys
            (self.sent_on if can_tell else self.doubtful).add(command.call_id)

    def catch_up(self) -> None:
        """Report everything that is still to be reported."""
        while self.news:
            self.tell(self.news.popleft())

    # --- Asterisk -----------------------------------------------------------------------------

    def _perform(self, command: Any) -> Iterable[e.Event]:
        if not self.board.connected:
            return
        match command:
            case c.Originate(leg_id, endpoint):
                yield from self._originate(leg_id, endpoint)
            case c.OpenBridge(bridge_id, leg_ids):
                self.bridges.setdefault(bridge_id, set())
                yield from self._join(bridge_id, leg_ids, "OpenBridge")
            case c.Join(bridge_id, leg_id):
                yield from self._join(bridge_id, (leg_id,), "Join")
            case c.CloseBridge(bridge_id):
                self.bridges.pop(bridge_id, None)
            case c.StartRecording():
                yield from self._record(command)
            case c.StopRecording(recorder_id):
                yield from self.stops(recorder_id)
            case c.HangUp(leg_id) if self.obeys:
                yield from self.ends(leg_id, 16)
            case c.SendBack() | c.Entertain():
                yield from self._of_caller(command)

    def _of_caller(self, command: c.SendBack | c.Entertain) -> Iterable[e.Event]:
        is_there = command.leg_id in self.legs
        if isinstance(command, c.SendBack) and not is_there:
            self.sent_on.discard(command.call_id)
            yield e.SendBackFailed(command.call_id)
        elif isinstance(command, c.SendBack) and self.obeys:
            self.back[command.leg_id] = dict(command.variables)
            yield from self._leaves(command.leg_id)
        elif isinstance(command, c.Entertain) and not is_there:
            yield e.LegEnded(command.leg_id, 0)

    def _originate(self, leg_id: str, endpoint: str) -> Iterable[e.Event]:
        before = [leg for leg in self.originated if attempt_of(leg) == attempt_of(leg_id)]
        assert leg_id not in before[1 - MOST_RINGS :], "an id is used twice"
        assert leg_id not in self.legs, "an id is in use"
        self.originated.append(leg_id)
        if endpoint in self.broken:
            yield e.OriginateFailed(leg_id, True, "no such endpoint")
            return
        is_phone = endpoint in {agent.phone for agent in self.agents.values()}
        self.legs[leg_id] = is_phone and endpoint not in self.silent
        if self.legs[leg_id]:
            yield e.LegAnswered(leg_id)

    def _join(self, bridge_id: str, leg_ids: tuple[str, ...], deed: str) -> Iterable[e.Event]:
        if not self.obeys:
            return
        is_possible = bridge_id in self.bridges and all(self.legs.get(leg) for leg in leg_ids)
        for leg_id in leg_ids:
            if is_possible:
                self.bridges[bridge_id].add(leg_id)
                yield e.LegJoined(bridge_id, leg_id)
            elif deed == "Join" and bridge_id in self.bridges and leg_id not in self.legs:
                yield e.LegEnded(leg_id, 0)
            else:
                yield e.CommandFailed(leg_id, deed, "not found")

    def _record(self, command: c.StartRecording) -> Iterable[e.Event]:
        assert command.recorder_id not in self.recorders, "recorded twice"
        if not self.legs.get(command.leg_id) or not self.has_room:
            yield e.RecordingFailed(command.name, "500 Internal Server Error")
            return
        self.recorders[command.recorder_id] = command
        yield e.RecordingStarted(command.name)

    def stops(self, recorder_id: str) -> Iterable[e.Event]:
        """What recorded has ended; the file is complete."""
        ended = self.recorders.pop(recorder_id, None)
        if ended is not None:
            yield e.RecordingEnded(ended.name, 3.0)

    def _leaves(self, leg_id: str) -> Iterable[e.Event]:
        """The channel goes back into the dialplan, if it is there."""
        if self.legs.pop(leg_id, None) is not None:
            for inside in self.bridges.values():
                inside.discard(leg_id)
            yield e.LegEnded(leg_id, 0)

    def ends(self, leg_id: str, cause: int, sip_code: int | None = None) -> Iterable[e.Event]:
        """The channel goes, if it is there."""
        if self.legs.pop(leg_id, None) is None:
            return
        for inside in self.bridges.values():
            inside.discard(leg_id)
        for recorder_id in [r for r, what in self.recorders.items() if what.leg_id == leg_id]:
            yield from self.stops(recorder_id)
        yield e.LegEnded(leg_id, cause, sip_code)

    def hang_up(self, leg_id: str, cause: int = 16, sip_code: int | None = None) -> None:
        """A party hangs up, or the network ends the leg."""
        for event in list(self.ends(leg_id, cause, sip_code)):
            self.tell(event)

    def seen(self) -> tuple[e.SeenLeg, ...]:
        """All channels there are."""
        at = {leg: bridge for bridge, inside in self.bridges.items() for leg in inside}
        legs = [e.SeenLeg(leg, up, at.get(leg)) for leg, up in self.legs.items()]
        return (*legs, *(e.SeenLeg(recorder, True, None) for recorder in self.recorders))

    def lose_switch(self) -> None:
        self.tell(e.SwitchLost())

    def find_switch(self) -> None:
        self.tell(e.SwitchFound(self.seen(), tuple(self.bridges)))

    # --- campaigns and clients ----------------------------------------------------------------

    def campaign(self, tasks: int = 0, id: int = 1, **settings: Any) -> None:
        """An active campaign with so many tasks; numbers are +7916 and the task's id."""
        self.add_tasks(tasks, id)
        self.settings[id] = replace(SETTINGS, **settings)
        self.load(CampaignState.ACTIVE, id)

    # --- callers ----------------------------------------------------------------------------------

    def queue(self, id: int = 9, more: dict[str, Any] | None = None, **settings: Any) -> None:
        """An active queue; `more` are settings of its campaign."""
        asked = {"wrap_up_s": 0.0, **(more or {})}
        self.campaign(0, id, mode=Mode.INBOUND, queue=QueueSettings(**settings), **asked)

    def call_in(self, number: str = "+79161112233", queue: int = 9, **known: Any) -> Call | None:
        """A caller comes into the queue; None: he is not there any more."""
        call_id = f"{next(self.callers):032x}"
        leg_id = f"1764000000.{next(self.callers)}"
        self.legs[leg_id] = True
        self.tell(e.CallerQueued(queue, Caller(call_id, leg_id, number, **known)))
        return self.board.calls.get(call_id)

    def waits(self, number: str = "+79161112233", queue: int = 9, **known: Any) -> Call:
        """A caller who comes into the queue, and is still there."""
        call = self.call_in(number, queue, **known)
        assert call is not None
        return call

    def status_of(self, call: Call) -> str:
        """With what the dialplan has got him back."""
        return self.back[call.leg_id]["CCD_QUEUE_STATUS"]

    def fate(self, call: Call) -> c.CloseInbound:
        """What became of the caller."""
        return self.storage.gone[call.attempt_id]

    def load(self, state: CampaignState, id: int = 1, history: History | None = None) -> None:
        """The campaign has changed its state."""
        project_id = self.projects.get(id, 1)
        campaign = Campaign(id, project_id, f"campaign {id}", state, self.settings[id])
        self.tell(e.CampaignLoaded(campaign, history or History(), hours_open=self.hours.get(id)))

    def edit(self, id: int, **changes: Any) -> None:
        """The settings of a queue are edited while it works."""
        queue = replace(self.settings[id].queue, **changes)
        self.settings[id] = replace(self.settings[id], queue=queue)
        self.load(CampaignState.ACTIVE, id)

    def change(self, login: str, **changes: Any) -> None:
        """An agent is edited while he works."""
        self.agents[login] = replace(self.agents[login], **changes)
        self.tell(e.AgentChanged(self.agents[login]))

    def add_tasks(self, tasks: int, campaign_id: int = 1) -> None:
        first = campaign_id * 100_000 + self.added.get(campaign_id, 0)
        self.added[campaign_id] = self.added.get(campaign_id, 0) + tasks
        for task_id in range(first + 1, first + tasks + 1):
            self.storage.due.append(Task(task_id, campaign_id, (f"+7916{task_id:07d}",)))

    def callback(self, owner: str = "", due_in_s: float = 0.0, id: int = 1, **more: Any) -> Task:
        """A callback pinned to an agent, or to nobody."""
        self.added[id] = self.added.get(id, 0) + 1
        task_id = id * 100_000 + self.added[id]
        agent = self.agent(owner) if owner else None
        task = Task(
            *(task_id, id, (f"+7916{task_id:07d}",)),
            due_at=self.now + due_in_s,
            owner_id=agent.id if agent else None,
            groups=agent.groups if agent else frozenset(),
        )
        task = replace(task, **more)
        self.storage.due.append(task)
        return task

    def trunk(self, name: str, price: int = 1, lines: int = 30, **changes: Any) -> Trunk:
        """A trunk that calls Russia at that price; Asterisk can use it."""
        id = len(self.trunks) + 1 if name not in self.trunks else self.trunks[name].id
        settings = replace(TrunkSettings(name, lines), **changes)
        self.trunks[name] = Trunk(id, name, settings, {"7": Rate("7", price * MICRO)})
        self.tell(e.TrunksLoaded(tuple(self.trunks.values())))
        self.trunk_is(name, True)
        return self.trunks[name]

    def trunk_is(self, name: str, usable: bool) -> None:
        """Asterisk tells whether the trunk can be used."""
        self.tell(e.TrunkStateChanged(name, usable, "" if usable else "offline"))

    def fail_route(self, call: Call, sip_code: int = 503) -> None:
        """The trunk does not carry the call."""
        self.hang_up(call.leg_id, 34, sip_code)

    @property
    def calls(self) -> list[Call]:
        return list(self.board.calls.values())

    @property
    def call(self) -> Call:
        """The only call there is."""
        (call,) = self.board.calls.values()
        return call

    def ring(self, call: Call) -> None:
        self.tell(e.LegRinging(call.leg_id))

    def answer(self, call: Call) -> Call:
        """The client picks up."""
        self.legs[call.leg_id] = True
        self.tell(e.LegAnswered(call.leg_id))
        return call

    # --- agents ---------------------------------------------------------------------------------

    def agent(
        self, login: str, kept_up: bool = False, groups: frozenset[str] = frozenset()
    ) -> Agent:
        known = self.agents.get(login)
        if known is None:
            id = len(self.agents) + 1
            phone = f"PJSIP/{login}"
            known = Agent(id, login, login.title(), phone, kept_up, frozenset({1}), groups)
            self.agents[login] = known
        return known

    def sign_in(self, *logins: str, kept_up: bool = False) -> None:
        for login in logins:
            agent = self.agent(login, kept_up)
            session_id = self.dialer.board.new_id()
            self.tell(e.SignInAsked(agent, session_id))

    def sign_out(self, login: str) -> None:
        self.tell(e.SignOutAsked(self.agents[login].id))

    def pause(self, login: str, reason: str = "lunch") -> None:
        self.tell(e.PauseAsked(self.agents[login].id, reason))

    def ask(self, login: str) -> None:
        """The agent wants his next contact."""
        self.tell(e.ContactAsked(self.agents[login].id))

    def call_contact(self, login: str, number: str = "") -> None:
        self.tell(e.CallAsked(self.agents[login].id, number))

    def skip(self, login: str) -> None:
        self.tell(e.SkipAsked(self.agents[login].id))

    def result(self, login: str, given: Given) -> None:
        self.tell(e.ResultGiven(self.agents[login].id, given))

    def ready(self, login: str) -> None:
        self.tell(e.ReadyAsked(self.agents[login].id))

    def seat(self, login: str) -> Seat:
        return self.board.seats[self.agents[login].id]

    def state(self, login: str) -> AgentState:
        """Offline once he is off the board."""
        seat = self.board.seats.get(self.agents[login].id)
        return seat.state if seat else AgentState.OFFLINE

    # --- what was said ----------------------------------------------------------------------------

    def every(self, kind: type[Kind]) -> list[Kind]:
        """All commands of a kind, in order."""
        return [command for command in self.said if isinstance(command, kind)]

    @property
    def dialed(self) -> list[str]:
        """Clients' legs originated, in order."""
        return [o.leg_id for o in self.every(c.Originate) if o.leg_id[-3:-1] == "-c"]

    @property
    def outcomes(self) -> list[Disposition]:
        return [closed.disposition for closed in self.every(c.CloseAttempt)]

    @property
    def closed(self) -> c.CloseAttempt:
        """The only outcome there is."""
        (closed,) = self.every(c.CloseAttempt)
        return closed


def talking(kept_up: bool = True, **settings: Any) -> tuple[World, Call]:
    """A world in which anna talks with the only client."""
    world, call = dialing(kept_up, **settings)
    world.answer(call)
    assert call.state is CallState.TALKING
    return world, call


def dialing(kept_up: bool = True, **settings: Any) -> tuple[World, Call]:
    """A world in which the only client is dialed for anna."""
    world = World()
    world.campaign(1, **settings)
    world.sign_in("anna", kept_up=kept_up)
    if not world.calls:
        world.wait(0.2)  # a policy that computes much is not asked at once again
    return world, world.call


def reading(tasks: int = 1, kept_up: bool = False, **settings: Any) -> World:
    """A world in which anna reads about a contact of an assignment."""
    world = World()
    world.campaign(tasks, mode=Mode.PREVIEW, **settings)
    world.sign_in("anna", kept_up=kept_up)
    world.ask("anna")
    return world


# --- the laws of the board ----------------------------------------------------------------------


def check(world: World) -> None:
    """What must hold after every fact, whatever happened."""
    _check_calls(world)
    _check_seats(world)
    _check_storage(world)


def _check_calls(world: World) -> None:
    board = world.board
    tasks = [call.task.id for call in board.calls.values() if call.caller is None]
    assert len(tasks) == len(set(tasks)), "two live calls on one task"
    waiting = [call for call in board.calls.values() if call.state is CallState.WAITING]
    assert sorted(c.attempt_id for c in waiting) == sorted(c.attempt_id for c in board.waiting)
    for call in board.calls.values():
        assert call.state is not CallState.CLOSED
        assert call.run.calls[call.attempt_id] is call
        if call.state is CallState.CONNECTING:
            assert call.seat is not None
        if is_sticky(call.run) and call.is_held and call.state in UNANSWERED:
            assert call.seat is not None
            assert may_take(call.task, call.seat.agent), "a callback for somebody else"
        if call.seat is not None:
            assert call.seat.call is call, "an agent in two calls"
            assert board.seats[call.seat.agent.id] is call.seat
    for run in board.runs.values():
        assert all(board.calls[attempt_id] is call for attempt_id, call in run.calls.items())


def _check_seats(world: World) -> None:
    for seat in world.board.seats.values():
        assert (seat.call is not None) == (seat.state in WITH_CLIENT)
        assert seat.state is not AgentState.OFFLINE
        if seat.call is not None:
            assert seat.call.seat is seat
            assert world.board.calls[seat.call.attempt_id] is seat.call
        if seat.contact is not None:
            assert seat.state is AgentState.READING
            assert world.storage.reserved[seat.contact.id] == seat.contact, "not his any more"
        if seat.state is AgentState.AVAILABLE:
            assert seat.pause_after is None
            assert not seat.leave_after


def _check_storage(world: World) -> None:
    committed = {leg.leg_id for legs in world.storage.legs.values() for leg in legs}
    assert set(world.dialed) <= committed, "dialed before the attempt was committed"
    open_ids = set(world.storage.opened) - set(world.storage.closed)
    assert open_ids <= set(world.board.calls), "an attempt is open and nobody cares"
    present = set(world.storage.callers) - set(world.storage.gone)
    on_board = {call.attempt_id for call in world.calls if call.caller is not None}
    assert present == on_board, "a caller is forgotten, or not written down"
