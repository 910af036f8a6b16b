"""Progressive dialing: one call per free agent, nobody is abandoned unless an agent leaves."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.pacing.policy import Decision, Memory, Scene, affordable, no_agent_free

SENTENCE = "{0} idle, {1} waiting, {2} ringing; one call per free agent: placed {3}"


@dataclass(frozen=True, slots=True)
class Progressive:
    """Keeps as many calls in flight as there are agents whom no waiting client will take."""

    min_ring_s: float  # never let go earlier

    def decide(self, scene: Scene, now: float) -> Decision:
        flying = len(scene.in_flight)
        place = affordable(scene.idle - scene.promised - flying, scene)
        let_go = self.min_ring_s if no_agent_free(scene) else None
        figures = (scene.idle, scene.waiting, flying, place)
        return Decision(place, SENTENCE, figures, let_go, sets_aside=True)

    def call_ended(self, age_s: float, answered: bool) -> None:
        """Nothing to learn."""

    def talk_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def wrap_up_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def memory(self) -> Memory:
        return {}
