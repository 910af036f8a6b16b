"""Preview places nothing, whoever is idle."""

from __future__ import annotations

from ccdialer.core.pacing.policy import Scene
from ccdialer.core.pacing.preview import Preview


def test_nothing_is_dialed_by_itself() -> None:
    decision = Preview().decide(Scene(5, 0, (), (), (), 30), 0.0)
    assert decision.place == 0
    assert decision.reason == "agents ask for their contacts: placed 0"
