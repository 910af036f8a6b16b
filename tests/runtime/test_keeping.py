"""The journal of pacing is thinned, and what was learned is saved when it has changed."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, History, Mode
from ccdialer.core.commands import OpenAttempt, PrunePaces, RecordLearned, RecordPace
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import CampaignLoaded
from ccdialer.core.pacing.policy import Decision, Scene
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.keeping import KEPT_S, Keeping

SCENE = Scene(2, 1, (10.0,), (), (1.0, 2.0), free_lines=9)


class Hands:
    """A clock that is set, a campaign whose decisions are made by hand, and what was written."""

    def __init__(self, state: CampaignState = CampaignState.ACTIVE) -> None:
        self.time = 1000.0
        self.driver = Driver(Dialer(lambda: "0"), self)  # type: ignore[arg-type]
        self.written: deque[Any] = deque()
        self.driver.to_storage = self.written.append
        self.keeping = Keeping(self.driver)
        self.load(state)

    def now(self) -> float:
        return self.time

    def load(self, state: CampaignState) -> None:
        settings = CampaignSettings("PJSIP/{digits}@t", Mode.PREDICTIVE)
        campaign = Campaign(1, 1, "demo", state, settings)
        self.driver.dialer.receive(CampaignLoaded(campaign, History()), self.time)
        self.run = self.driver.dialer.board.runs[1]

    def decide(self, after_s: float, sentence: str, placed: int = 0) -> list[Any]:
        """What is written once this was decided."""
        self.time += after_s
        self.run.scene = SCENE
        self.run.decision = Decision(
            placed, sentence + ": placed {0}", (placed,), risk=0.02, allowed=0.03
        )
        return self.look(placed)

    def look(self, placed: int = 0) -> list[Any]:
        campaigns = [1] * placed + [2]  # somebody else's call is not ours
        deeds = [OpenAttempt("a", 1, n, "+79160000000", "leg", self.time) for n in campaigns]
        self.keeping.look(None, [*deeds])
        return self.taken()

    def taken(self) -> list[Any]:
        found = list(self.written)
        self.written.clear()
        return found


@pytest.fixture
def hands() -> Hands:
    return Hands()


def test_the_first_decision_is_a_row(hands: Hands) -> None:
    row = RecordPace(1, 1000.0, 3, 1, 2, 1, 2, 0.02, 0.03, "by risk: placed 3")
    assert hands.decide(0.0, "by risk", 3) == [row]
    assert hands.look() == [], "the same decision is not told twice"


def test_ten_seconds_are_a_row_with_their_sum(hands: Hands) -> None:
    hands.decide(0.0, "by risk")
    assert hands.decide(4.0, "by risk", 2) == []
    assert hands.decide(4.0, "by risk", 1) == []
    (row,) = hands.decide(2.0, "by risk")
    assert (row.at, row.placed, row.decisions) == (1010.0, 3, 3)
    assert row.reason == "by risk: placed 1", "the last decision that placed a call"


def test_a_decision_that_places_nothing_is_told_once_a_minute(hands: Hands) -> None:
    hands.decide(0.0, "by risk")
    rows = [row for _ in range(119) for row in hands.decide(1.0, "by risk")]
    assert [(row.at, row.decisions) for row in rows] == [(1060.0, 60)]


def test_another_kind_of_sentence_is_told_within_ten_seconds(hands: Hands) -> None:
    hands.decide(0.0, "by risk")
    assert hands.decide(5.0, "no budget") == []
    (row,) = hands.decide(5.0, "no budget")
    assert (row.reason, row.decisions) == ("no budget: placed 0", 2)


def test_a_campaign_that_is_paused_leaves_nothing_untold(hands: Hands) -> None:
    hands.decide(0.0, "by risk")
    hands.decide(1.0, "by risk", 2)
    hands.load(CampaignState.PAUSED)
    (row,) = hands.look()
    assert row.placed == 2


def test_the_end_tells_what_has_gathered(hands: Hands) -> None:
    hands.decide(0.0, "by risk")
    hands.decide(1.0, "by risk", 2)
    hands.keeping.finish()
    pace, learned = hands.taken()
    assert (pace.placed, learned) == (2, RecordLearned(1, 1001.0, hands.run.policy.memory()))


def test_what_was_learned_is_saved_when_it_has_changed(hands: Hands) -> None:
    hands.keeping.save()
    assert [type(command) for command in hands.taken()] == [RecordLearned]
    hands.keeping.save()
    assert hands.taken() == []
    hands.run.policy.call_ended(7.0, answered=True)
    hands.load(CampaignState.PAUSED)
    hands.keeping.save()
    assert hands.taken() == [RecordLearned(1, 1000.0, hands.run.policy.memory())]


def test_a_campaign_that_stands_still_is_left_as_it_is() -> None:
    hands = Hands(CampaignState.PAUSED)
    hands.keeping.finish()
    assert hands.taken() == []


def test_a_week_is_kept(hands: Hands) -> None:
    hands.keeping.prune()
    assert hands.taken() == [PrunePaces(1000.0 - KEPT_S)]
