"""Queueing: a queue's policy. It dials nobody, and learns how long a caller takes of an agent, for
the campaigns whose agents serve him (SPEC F5)."""

from __future__ import annotations

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.pacing.freeing import Freeing
from ccdialer.core.pacing.policy import Decision, Memory, Scene
from ccdialer.core.pacing.remembering import MISFITS, amount

SENTENCE = "its clients call: placed {0}"
MEMORY_VERSION = 1


class Queueing:
    """Places no call."""

    def __init__(self, wrap_up_limit_s: float) -> None:
        """`wrap_up_limit_s`: nobody wraps up longer; 0 where there is no wrap-up."""
        self.handling = Freeing(wrap_up_limit_s)

    @classmethod
    def remembering(cls, settings: CampaignSettings, memory: Memory | None) -> Queueing:
        """A policy that goes on from `memory`; with nothing learned if it does not fit."""
        policy = cls(settings.wrap_up_s)
        try:
            amount((memory or {})["queue_version"], MEMORY_VERSION, MEMORY_VERSION)
            policy.handling.remember((memory or {})["handling"])
        except MISFITS:
            return cls(settings.wrap_up_s)
        return policy

    def memory(self) -> Memory:
        return {"queue_version": MEMORY_VERSION, "handling": self.handling.memory()}

    def decide(self, scene: Scene, now: float) -> Decision:
        return Decision(0, SENTENCE, (0,))

    def call_ended(self, age_s: float, answered: bool) -> None:
        """Nobody is rung."""

    def talk_ended(self, duration_s: float) -> None:
        self.handling.talk_ended(duration_s)

    def wrap_up_ended(self, duration_s: float) -> None:
        self.handling.wrap_up_ended(duration_s)
