"""Results that agents give: what a campaign knows, and what a digit stands for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.result import Given, Result, fault, of_code, of_words, places

SHIPPED = CampaignSettings(dial="")
S, R, C = Result.SUCCESS, Result.REFUSAL, Result.CALLBACK


@pytest.mark.parametrize(("minutes", "down"), [(1, 1), (5, 1), (6, 2), (10, 2), (30, 6), (31, 7)])
def test_places_down_the_queue(minutes: int, down: int) -> None:
    assert places(minutes) == down


@given(st.integers(1, 100_000))
def test_a_later_callback_never_comes_earlier(minutes: int) -> None:
    assert 0 <= places(minutes + 1) - places(minutes) <= 1
    assert 5 * (places(minutes) - 1) < minutes <= 5 * places(minutes)


@pytest.mark.parametrize(
    "known",
    [
        Given(S),
        Given(S, kind="quote wanted", comment="by mail"),
        Given(R),
        Given(R, reason="too expensive"),
        Given(C, minutes=10),
        Given(C, at=1.0),
    ],
)
def test_what_a_campaign_knows_it_takes(known: Given) -> None:
    assert fault(SHIPPED, known) == ""


@pytest.mark.parametrize(
    ("unknown", "why"),
    [
        (Given(S, kind="sold"), "known: quote wanted, manager to call, meeting set"),
        (Given(R, reason="rude"), "known: not interested, too expensive"),
        (Given(S, reason="too expensive"), "only a refusal has"),
        (Given(R, kind="meeting set"), "only a success has"),
        (Given(C), "a callback needs its time"),
        (Given(S, minutes=10), "a success has no time"),
        (Given(C, minutes=0), "give 1 or more"),
    ],
)
def test_what_it_does_not_know_is_refused_with_the_list(unknown: Given, why: str) -> None:
    assert why in fault(SHIPPED, unknown)


def test_a_campaign_without_kinds_says_so() -> None:
    bare = CampaignSettings(dial="", success_kinds=())
    assert "it has none" in fault(bare, Given(S, kind="sold"))


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("success", Given(S)),
        ("success  quote wanted", Given(S, kind="quote wanted")),
        ("refusal too expensive", Given(R, reason="too expensive")),
        ("callback 30", Given(C, minutes=30)),
        ("callback soon", None),
        ("callback", None),
        ("sold", None),
        ("", None),
    ],
)
def test_words_of_a_code(words: str, meant: Given | None) -> None:
    assert of_words(words) == meant


def test_the_shipped_digits_mean_something() -> None:
    for digit in SHIPPED.result_codes:
        meant = of_code(SHIPPED.result_codes, digit)
        assert meant is not None
        assert fault(SHIPPED, meant) == ""
    assert of_code(SHIPPED.result_codes, "9") is None
