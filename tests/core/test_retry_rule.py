"""Rules say what they are for, and refuse what does not go together."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.core.clocks import Day
from ccdialer.core.disposition import Disposition
from ccdialer.core.retry_rule import Ended, RetryRule, fits

D = Disposition
ENDED = Ended(D.BUSY, 2, 1, frozenset({Day.SAT, Day.WEEKEND}), 3600.0)


@pytest.mark.parametrize(
    ("condition", "is_for_it"),
    [
        ({}, True),
        ({"after": (D.BUSY, D.LEFT)}, True),
        ({"after": (D.LEFT,)}, False),
        ({"attempt": "2"}, True),
        ({"attempt": "1"}, False),
        ({"attempt": "1-2"}, True),
        ({"attempt": "3-"}, False),
        ({"attempt": "2-"}, True),
        ({"times": "2-"}, False),
        ({"times": "1"}, True),
        ({"days": (Day.SAT,)}, True),
        ({"days": (Day.WEEKEND, Day.MON)}, True),
        ({"days": (Day.WORKDAY,)}, False),
        ({"older_than_s": 3600.0}, True),
        ({"older_than_s": 3601.0}, False),
        ({"younger_than_s": 3600.0}, False),
        ({"younger_than_s": 3601.0}, True),
        ({"agent_missed": True}, False),
        ({"agent_missed": False}, True),
    ],
)
def test_what_a_rule_is_for(condition: dict[str, Any], is_for_it: bool) -> None:
    assert fits(RetryRule(**condition, pause_s=60.0), ENDED) is is_for_it


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"attempt": "two", "pause_s": 1.0}, 'attempt is "two"; expected 1, 2-3 or 4-'),
        ({"attempt": "3-2", "pause_s": 1.0}, 'attempt is "3-2"'),
        ({"times": "0", "pause_s": 1.0}, 'times is "0"'),
        ({"next_day_at": "25:00"}, 'next_day_at is "25:00"'),
        ({"after": (D.TALKED,), "pause_s": 1.0}, "whose result is talked is not dialed again"),
        ({"pause_s": 1.0, "give_up": True}, "pause_s and give_up cannot both hold"),
        ({"next_day_at": "10:00", "pause_s": 1.0}, "pause_s and next_day_at cannot both hold"),
        ({}, "it says nothing"),
        ({"after": (D.BUSY,)}, "it says nothing"),
        ({"pause_s": 1.0, "older_than_s": 9.0, "younger_than_s": 9.0}, "no task is both"),
    ],
)
def test_what_is_wrong_is_said(rule: dict[str, Any], sentence: str) -> None:
    assert sentence in RetryRule(**rule).mistake()


@pytest.mark.parametrize(
    "rule",
    [
        {"pause_s": 0.0},
        {"next_day_at": "09:30"},
        {"give_up": True},
        {"counts": False},
        {"attempt": "2-3", "times": "1", "give_up": True},
    ],
)
def test_what_is_right(rule: dict[str, Any]) -> None:
    assert RetryRule(**rule).mistake() == ""
