"""Each mode has its policy."""

import json

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.core.pacing.policies import POLICIES, policy_for
from ccdialer.core.pacing.policy import Memory, Policy
from ccdialer.core.pacing.power import Power
from ccdialer.core.pacing.predictive import Predictive
from ccdialer.core.pacing.progressive import Progressive
from tests.core.pacing.world import settings


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (Mode.PROGRESSIVE, Progressive),
        (Mode.POWER, Power),
        (Mode.PREDICTIVE, Predictive),
    ],
)
def test_the_policy_of_a_mode(mode: Mode, kind: type[Policy]) -> None:
    assert isinstance(policy_for(settings(mode=mode)), kind)


def test_no_mode_is_forgotten() -> None:
    assert set(POLICIES) == set(Mode)


@pytest.mark.parametrize("mode", list(Mode))
def test_what_was_learned_goes_through_json(mode: Mode) -> None:
    policy = policy_for(settings(mode=mode))
    for _ in range(5):
        policy.call_ended(8.0, answered=True)
    learned = json.loads(json.dumps(policy.memory()))
    assert policy_for(settings(mode=mode), learned).memory() == learned


@pytest.mark.parametrize("memory", [{}, {"version": 0, "calls": 9}, {"version": "x"}, [], None])
def test_a_memory_that_does_not_fit_is_ignored(memory: Memory | None) -> None:
    for mode in Mode:
        assert (
            policy_for(settings(mode=mode), memory).memory()
            == policy_for(settings(mode=mode)).memory()
        )
