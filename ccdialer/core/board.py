"""The board: everything the dialer knows at this moment, and the deeds it has decided on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from ccdialer.core.agent import AgentState
from ccdialer.core.commands import Command
from ccdialer.core.floor_rules import FloorRules as FloorRules
from ccdialer.core.health import TrunkAtWork
from ccdialer.core.metrics import Work
from ccdialer.core.pacing.policies import Policies
from ccdialer.core.pieces import Call as Call
from ccdialer.core.pieces import Leg as Leg
from ccdialer.core.pieces import Run as Run
from ccdialer.core.pieces import Seat as Seat
from ccdialer.core.pieces import Visit as Visit
from ccdialer.core.project import Project
from ccdialer.core.timers import Timers


class Board:
    """All that is known; changed only by the functions of this package."""

    def __init__(self, new_id: Callable[[], str], rules: FloorRules, policies: Policies) -> None:
        self.new_id = new_id
        self.rules = rules
        self.policies = policies
        self.timers = Timers()
        self.runs: dict[int, Run] = {}
        self.projects: dict[int, Project] = {}
        self.work: dict[int, Work] = {}  # of today, by agent: outlives his seat
        self.seats: dict[int, Seat] = {}
        self.calls: dict[str, Call] = {}
        self.legs: dict[str, Leg] = {}
        self.trunks: dict[int, TrunkAtWork] = {}
        self.stopped: str | None = None  # why nothing is dialed anywhere: the emergency stop
        self.waiting: deque[Call] = deque()  # live clients without an agent, longest first
        self.visits: dict[str, Visit] = {}  # of callers who have left, by call, latest last
        self.farewells: dict[str, str] = {}  # playback id -> leg to hang up when it ends
        self.is_ticking = False
        self.connected = False
        self.draining = False
        self.out: list[Command] = []

    @property
    def is_dialing(self) -> bool:
        """Whether clients may be dialed at all."""
        return self.connected and not self.draining and self.stopped is None

    def emit(self, command: Command) -> None:
        """Ask the world for a deed."""
        self.out.append(command)

    def call_of_leg(self, leg_id: str) -> Call | None:
        """The call whose client's leg this is."""
        leg = self.legs.get(leg_id)
        return leg.call if leg is not None and leg.seat is None else None

    def seats_for(self, run: Run) -> Iterator[Seat]:
        """Agents on duty who may serve the campaign."""
        return (seat for seat in self.seats.values() if run.is_served_by(seat.agent))

    def has_phone(self, seat: Seat) -> bool:
        """False if the leg that was kept up is gone, while the call it was in still ends."""
        return seat.leg_id is None or seat.leg_id in self.legs

    def seat_of_phone(self, phone: str) -> Seat | None:
        """The agent on duty at that phone."""
        return next((seat for seat in self.seats.values() if seat.agent.phone == phone), None)

    def available(self, seats: Iterable[Seat]) -> list[Seat]:
        """Those who can take a call at once."""
        return [seat for seat in seats if seat.state is AgentState.AVAILABLE]
