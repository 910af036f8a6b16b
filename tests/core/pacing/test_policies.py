"""Each mode has its policy."""

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.core.pacing.policies import POLICIES, policy_for
from ccdialer.core.pacing.policy import Policy
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
