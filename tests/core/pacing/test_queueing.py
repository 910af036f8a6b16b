"""A queue's policy dials nobody, learns from its callers' talks, and remembers."""

from __future__ import annotations

import json

from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.pacing.policies import policy_for
from ccdialer.core.pacing.policy import Scene
from ccdialer.core.pacing.queueing import Queueing

SETTINGS = CampaignSettings(mode=Mode.INBOUND, wrap_up_s=60.0)


def experienced() -> Queueing:
    policy = Queueing(SETTINGS.wrap_up_s)
    for _ in range(50):
        policy.talk_ended(400.0)
        policy.wrap_up_ended(30.0)
    return policy


def test_nothing_is_dialed() -> None:
    decision = Queueing(60.0).decide(Scene(5, 0, (), (), (), 30), 0.0)
    assert (decision.place, decision.reason) == (0, "its clients call: placed 0")


def test_it_learns_how_long_a_caller_takes_of_an_agent() -> None:
    assert experienced().handling.handle_s > 1.5 * Queueing(60.0).handling.handle_s


def test_it_goes_on_from_what_it_has_learned() -> None:
    memory = json.loads(json.dumps(experienced().memory()))
    policy = policy_for(SETTINGS, memory)
    assert isinstance(policy, Queueing)
    assert policy.handling.handle_s > 1.5 * Queueing(60.0).handling.handle_s


def test_what_does_not_fit_is_forgotten() -> None:
    fresh = Queueing(60.0).memory()
    for memory in (None, {}, {"queue_version": 1}, {"queue_version": 7}, {"version": 2}):
        assert policy_for(SETTINGS, memory).memory() == fresh
