"""Words for people."""

from __future__ import annotations

import pytest

from ccdialer.core.disposition import BY_CAUSE, Disposition
from ccdialer.reports import words


def test_every_disposition_and_cause_has_words() -> None:
    assert set(words.RESULTS) == set(Disposition)
    assert set(words.CAUSES) >= set(BY_CAUSE) - {0}
    assert len(set(words.RESULTS.values())) == len(Disposition)


def test_results() -> None:
    assert words.result("no_answer") == "no answer"
    assert words.result(None) == ""


@pytest.mark.parametrize(
    ("q850", "sip", "told"),
    [
        (17, 486, "SIP 486, user busy"),
        (19, None, "no answer"),
        (None, 404, "SIP 404"),
        (99, None, "cause 99"),
        (0, None, ""),
        (None, None, ""),
    ],
)
def test_causes(q850: int | None, sip: int | None, told: str) -> None:
    assert words.cause(q850, sip) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-3, "0 s"),
        (42.4, "42 s"),
        (119, "119 s"),
        (120, "2 min"),
        (42 * 60, "42 min"),
        (7200, "2 h"),
        (7800, "2 h 10 min"),
        (3 * 86400, "3 days"),
    ],
)
def test_about_how_long(seconds: float, told: str) -> None:
    assert words.lasting(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0:00"), (125.4, "2:05"), (3723, "1:02:03"), (-1, "0:00")]
)
def test_exactly_how_long(seconds: float, told: str) -> None:
    assert words.clock(seconds) == told


def test_instants() -> None:
    assert words.utc(1_790_000_000_120) == "2026-09-21T14:13:20.120Z"
    moment = 1_790_000_000_000
    assert words.local(moment).endswith(f"{words.at(moment, moment)}:20")
    assert words.at(moment - 3 * 86_400_000, moment).startswith("2026-09-18 ")


@pytest.mark.parametrize(
    ("micro", "text"),
    [(0, "0.00"), (1_250_000, "1.25"), (1_234_567_890_000, "1 234 567.89"), (-500, "-0.0005")],
)
def test_money(micro: int, text: str) -> None:
    assert words.money(micro) == text
