"""Lines: a simulated Asterisk whose callees do what their fate says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ccdialer.core import commands as c
from ccdialer.core.events import Event, LegAnswered, LegEnded, LegJoined, LegRinging, MachineJudged
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.people import Fate, Outcome

CLEARING, NO_ANSWER, NO_CIRCUIT = 16, 19, 34  # Q.850
REFUSALS = {
    Outcome.BUSY: 17,
    Outcome.REJECTED: 21,
    Outcome.UNREACHABLE: 20,
    Outcome.REFUSED: NO_CIRCUIT,
    Outcome.FAILED: 1,
}
HANG_UP_S = 0.01


class Use:
    """Calls at once: of a trunk with so many lines, or of all trunks together."""

    __slots__ = ("_counted_at", "in_use", "lines", "peak", "refused", "spent_s")

    def __init__(self, lines: int, now: float) -> None:
        self.lines, self._counted_at = lines, now
        self.in_use = self.peak = self.refused = 0
        self.spent_s = 0.0  # lines x seconds

    def count(self, change: int, now: float) -> None:
        self.spent_s += self.in_use * (now - self._counted_at)
        self._counted_at = now
        self.in_use += change
        self.peak = max(self.peak, self.in_use)


@dataclass(slots=True, eq=False)
class Leg:
    """A channel: a client's with his fate and trunk, or an agent's (None)."""

    id: str
    fate: Fate | None
    ring_timeout_s: float
    since: float
    trunk: Use | None = None
    is_up: bool = False


class Lines:
    """Answers the core's commands to Asterisk (`deeds`).

    `talks_for` tells how long a client talks in the bridge he has entered, seconds.
    """

    def __init__(
        self,
        agenda: Agenda,
        tell: Callable[[Event], None],
        times: tuple[float, float],
        talks_for: Callable[[str, Fate], float],
    ) -> None:
        """`times`: until an originate is on its way, and until a leg is joined, seconds."""
        self._agenda, self.tell, self._talks_for = agenda, tell, talks_for
        self._originate_s, self._join_s = times
        self._legs: dict[str, Leg] = {}
        self.site = Use(0, agenda.now)  # clients' calls over all trunks
        self.deeds: dict[type, Callable[[Any], None]] = {
            c.OpenBridge: self._open_bridge,
            c.Join: self._join,
            c.DetectMachine: self._detect,
            c.HangUp: self._hang_up,
        }

    def fate_of(self, leg_id: str) -> Fate | None:
        """A client's, while his leg lives."""
        leg = self._legs.get(leg_id)
        return None if leg is None else leg.fate

    # --- legs begin and end ---------------------------------------------------------------------

    def dial(self, command: c.Originate, fate: Fate, trunk: Use) -> None:
        """Call a client whose fate is known, if the trunk has a line left."""
        is_full = trunk.in_use >= trunk.lines
        leg = Leg(command.leg_id, fate, command.ring_timeout_s, self._agenda.now)
        self._legs[leg.id] = leg
        trunk.refused += is_full or fate.outcome is Outcome.REFUSED
        if is_full:
            self._agenda.after(self._originate_s, self._end, leg, NO_CIRCUIT)
            return
        leg.trunk = trunk
        self._count(trunk, +1)
        if fate.outcome in REFUSALS:
            over_s = self._originate_s + fate.delay_s
            self._agenda.after(over_s, self._end, leg, REFUSALS[fate.outcome])
        else:
            self._agenda.after(self._originate_s + fate.delay_s, self._ring, leg)

    def ring_agent(self, command: c.Originate) -> None:
        """Call an agent's phone: it answers at once."""
        leg = Leg(command.leg_id, None, command.ring_timeout_s, self._agenda.now)
        self._legs[leg.id] = leg
        self._agenda.after(self._originate_s, self._answer, leg)

    def come(self, leg_id: str, fate: Fate) -> None:
        """A caller is on the line."""
        self._legs[leg_id] = Leg(leg_id, fate, 0.0, self._agenda.now, is_up=True)

    def send_back(self, leg_id: str) -> None:
        """The dialplan has the caller again, and we nothing more to do with him."""
        self._legs.pop(leg_id, None)

    def give_up(self, leg_id: str) -> None:
        """The caller hangs up, if he is still there."""
        leg = self._legs.get(leg_id)
        if leg is not None:
            self._end(leg, CLEARING)

    def _ring(self, leg: Leg) -> None:
        if self._legs.get(leg.id) is not leg or leg.fate is None:
            return
        self.tell(LegRinging(leg.id))
        until_s = leg.since + leg.ring_timeout_s - self._agenda.now
        if leg.fate.ring_s < until_s:
            self._agenda.after(leg.fate.ring_s, self._answer, leg)
        else:
            self._agenda.after(until_s, self._end, leg, NO_ANSWER)

    def _answer(self, leg: Leg) -> None:
        if self._legs.get(leg.id) is leg:
            leg.is_up = True
            self.tell(LegAnswered(leg.id))

    def _end(self, leg: Leg, cause: int) -> None:
        if self._legs.get(leg.id) is leg:
            del self._legs[leg.id]
            if leg.trunk is not None:
                self._count(leg.trunk, -1)
            self.tell(LegEnded(leg.id, cause))

    def _count(self, trunk: Use, change: int) -> None:
        trunk.count(change, self._agenda.now)
        self.site.count(change, self._agenda.now)

    # --- commands -------------------------------------------------------------------------------

    def _open_bridge(self, command: c.OpenBridge) -> None:
        for leg_id in command.leg_ids:
            self._agenda.after(self._join_s, self._joined, command.bridge_id, leg_id)

    def _join(self, command: c.Join) -> None:
        self._agenda.after(self._join_s, self._joined, command.bridge_id, command.leg_id)

    def _joined(self, bridge_id: str, leg_id: str) -> None:
        leg = self._legs.get(leg_id)
        if leg is None:
            return
        if leg.fate is not None:
            self._agenda.after(self._talks_for(leg_id, leg.fate), self._end, leg, CLEARING)
        self.tell(LegJoined(bridge_id, leg_id))

    def _detect(self, command: c.DetectMachine) -> None:
        fate = self.fate_of(command.leg_id)
        if fate is not None:
            verdict = MachineJudged(command.leg_id, not fate.taken_for_person, "simulated")
            self._agenda.after(fate.judged_s, self.tell, verdict)

    def _hang_up(self, command: c.HangUp) -> None:
        leg = self._legs.get(command.leg_id)
        if leg is not None:
            self._agenda.after(HANG_UP_S, self._end, leg, CLEARING)
