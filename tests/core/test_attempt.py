"""Ids that say what they are of."""

import pytest

from ccdialer.core import attempt

ID = "01hv5k2d9q"


@pytest.mark.parametrize(
    "of",
    [
        attempt.client_leg(ID),
        attempt.agent_leg(ID, 1),
        attempt.agent_leg(ID, attempt.MOST_RINGS),
        attempt.talk_bridge(ID),
        attempt.session_leg(ID),
        attempt.session_bridge(ID),
        attempt.playback(ID, 2),
    ],
)
def test_every_id_leads_back_to_its_attempt_and_has_one_length(of: str) -> None:
    assert attempt.attempt_of(of) == ID
    assert attempt.is_ours(of)
    assert len(of) == len(attempt.client_leg(ID))


def test_a_phone_s_own_channel_is_not_ours() -> None:
    assert not attempt.is_ours("1700000000.17")


def test_the_ring_of_an_agent_s_leg() -> None:
    assert attempt.ring_of(attempt.agent_leg(ID, 7)) == 7
    assert attempt.ring_of(attempt.client_leg(ID)) == 0
