"""Power dialing: a fixed number of calls per free agent, whatever becomes of the clients."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from ccdialer.core.pacing.policy import Decision, Memory, Scene, affordable, no_agent_free

SENTENCE = "{0} idle, {1} waiting, {2} ringing; {3:g} calls per free agent: placed {4}"


@dataclass(frozen=True, slots=True)
class Power:
    """Keeps `lines_per_agent` calls in flight per agent whom no waiting client will take.

    A half is rounded up. It knows no abandonment cap: a coordinator who chooses it owns the rate.
    """

    lines_per_agent: float
    min_ring_s: float  # never let go earlier

    def decide(self, scene: Scene, now: float) -> Decision:
        flying = len(scene.in_flight)
        free = max(0, scene.idle - scene.promised)
        place = affordable(floor(self.lines_per_agent * free + 0.5) - flying, scene)
        let_go = self.min_ring_s if no_agent_free(scene) else None
        figures = (scene.idle, scene.waiting, flying, self.lines_per_agent, place)
        return Decision(place, SENTENCE, figures, let_go)

    def call_ended(self, age_s: float, answered: bool) -> None:
        """Nothing to learn."""

    def talk_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def wrap_up_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def memory(self) -> Memory:
        return {}
