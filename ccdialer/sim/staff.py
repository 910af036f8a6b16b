"""Staff: agents who sign in and out, take breaks, and say when they are ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ccdialer.core.agent import Agent, AgentState
from ccdialer.core.commands import RecordAgentState
from ccdialer.core.events import Event, PauseAsked, ReadyAsked, SignInAsked, SignOutAsked
from ccdialer.core.metrics import WorkTime
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.people import Worker
from ccdialer.sim.result import AgentDay

BREAK = "break"


class Person:
    """One agent in one day: where he is, and what he did with his time, seconds."""

    __slots__ = (
        *("agent", "back_at", "break_s", "calls", "since", "spent", "state", "wants_break"),
        *("worker", "wrap_up_s"),
    )

    def __init__(self, worker: Worker, projects: frozenset[int]) -> None:
        self.worker = worker
        phone = f"PJSIP/{worker.login}"
        self.agent = Agent(worker.number, worker.login, worker.login, phone, True, projects)
        self.state = AgentState.OFFLINE
        self.since = 0.0
        self.spent = dict.fromkeys(AgentState, 0.0)
        self.calls = 0
        self.break_s = 0.0  # how long the next one will be
        self.wants_break = False  # as soon as he has done with this client
        self.back_at = 0.0  # when this one is over, an instant
        self.wrap_up_s = 0.0  # how long he will write after this talk

    def move(self, state: AgentState, now: float) -> None:
        self.spent[self.state] += now - self.since
        self.state, self.since = state, now


class Staff:
    """All agents of a day. Nothing is counted after `ends`, an instant."""

    def __init__(self, agenda: Agenda, tell: Callable[[Event], None], ends: float) -> None:
        self._agenda, self._tell, self._ends = agenda, tell, ends
        self._people: dict[int, Person] = {}

    def come(self, worker: Worker, projects: frozenset[int], midnight: float) -> None:
        """Plan an agent's day; `midnight` is the instant of its beginning."""
        person = self._people[worker.number] = Person(worker, projects)
        person.since = midnight
        session_id = f"s{worker.number:09d}"
        at = self._agenda.at
        at(midnight + worker.signs_in_s, self._tell, SignInAsked(person.agent, session_id))
        for begins, length in worker.breaks:
            at(midnight + begins, self._take_break, person, length)
        at(midnight + worker.leaves_s, self._tell, SignOutAsked(worker.number))

    def _take_break(self, person: Person, length_s: float) -> None:
        person.break_s, person.wants_break = length_s, True
        if person.state is AgentState.PAUSED:
            self._rest(person)  # he stays where he is
        else:
            self._tell(PauseAsked(person.worker.number, BREAK))

    def _rest(self, person: Person) -> None:
        person.wants_break = False
        person.back_at = self._agenda.now + person.break_s
        self._agenda.at(person.back_at, self._say_ready, person, person.since)

    def talks(self, agent_id: int, talk_s: float, wrap_up_s: float) -> float:
        """The agent is given a client: how long he will talk with him, seconds."""
        person = self._people[agent_id]
        person.calls += 1
        person.wrap_up_s = wrap_up_s * person.worker.pace
        return talk_s * person.worker.pace

    def recorded(self, command: RecordAgentState) -> None:
        """The core has said what an agent does now."""
        person = self._people[command.agent_id]
        person.move(command.state, min(command.at, self._ends))
        if command.state is AgentState.WRAP_UP:
            self._agenda.after(person.wrap_up_s, self._say_ready, person, person.since)
        elif command.state is AgentState.PAUSED:
            self._rest(person)

    def _say_ready(self, person: Person, since: float) -> None:
        """Unless he has gone on to something else meanwhile. Who wants a break says so again: to
        be ready would take it back."""
        is_back = person.state is AgentState.PAUSED and self._agenda.now >= person.back_at
        if not (is_back or person.state is AgentState.WRAP_UP) or person.since != since:
            return
        ask = PauseAsked(person.worker.number, BREAK) if person.wants_break else None
        self._tell(ask or ReadyAsked(person.worker.number))

    def in_state(self, *states: AgentState) -> int:
        """How many do that now."""
        return sum(1 for person in self._people.values() if person.state in states)

    def days(self) -> Iterable[AgentDay]:
        """What each has done; to be read when the day is over."""
        for person in self._people.values():
            person.move(person.state, self._ends)
            yield AgentDay(person.worker.login, _work_time(person.spent), person.calls)


def _work_time(spent: dict[AgentState, float]) -> WorkTime:
    away = (AgentState.OFFLINE, AgentState.SIGNING_IN)
    return WorkTime(
        signed_in_s=sum(s for state, s in spent.items() if state not in away),
        paused_s=spent[AgentState.PAUSED],
        talk_s=spent[AgentState.TALKING],
        wrap_up_s=spent[AgentState.WRAP_UP],
    )
