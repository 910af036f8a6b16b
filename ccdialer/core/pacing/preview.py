"""Preview: nothing is dialed by itself, agents ask for their contacts (SPEC B5, B6)."""

from __future__ import annotations

from dataclasses import dataclass

from ccdialer.core.pacing.policy import Decision, Memory, Scene

SENTENCE = "agents ask for their contacts: placed {0}"


@dataclass(frozen=True, slots=True)
class Preview:
    """Places no call and learns nothing."""

    def decide(self, scene: Scene, now: float) -> Decision:
        return Decision(0, SENTENCE, (0,))

    def call_ended(self, age_s: float, answered: bool) -> None:
        """Nothing to learn."""

    def talk_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def wrap_up_ended(self, duration_s: float) -> None:
        """Nothing to learn."""

    def memory(self) -> Memory:
        return {}
