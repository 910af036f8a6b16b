"""Callbacks: one call per free agent, who is held for his client; nobody is dialed ahead."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.pacing.policy import Decision, Memory, Scene, affordable

SENTENCE = "{0} idle, {1} callbacks due, owners first: room for {2}"
MANY = "{0} idle, more callbacks due than are kept at hand, owners first: room for {2}"


@dataclass(frozen=True, slots=True)
class Callback:
    """As many calls as agents are idle whom no waiting client will take. Which callback is for
    whom the ladder decides (core/stickiness.py)."""

    def decide(self, scene: Scene, now: float) -> Decision:
        place = affordable(scene.idle - scene.promised, scene)
        sentence = MANY if scene.tasks_left is None else SENTENCE
        return Decision(place, sentence, (scene.idle, scene.tasks_left or 0, place))

    def call_ended(self, age_s: float, answered: bool) -> None:
        """Nothing to learn."""

    def talk_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def wrap_up_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def memory(self) -> Memory:
        return {}
