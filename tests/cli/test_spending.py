"""Caps on spending by command: set, changed, shown, taken away, and what is refused."""

from __future__ import annotations

import pytest

from tests.cli.prompt import Prompt
from tests.cli.trunks import apply


def test_caps_are_set_shown_and_taken_away(prompt: Prompt) -> None:
    apply(prompt)
    prompt.run("spending", "cap", "500", "--per", "day")
    prompt.run("spending", "cap", "99,50", "--per", "hour", "--trunk", "main")
    prompt.run("spending", "cap", "100", "--per", "day", "--project", "sales")
    told = prompt.run("spending", "cap", "200", "--per", "day", "--project", "sales").output
    assert "project sales: at most 200.00 RUB per day" in told
    caps = {row["whose"]: (row["cap"], row["left"]) for row in prompt.json("spending", "show")}
    assert caps == {
        "project sales": ("200.00", "200.00"),
        "site": ("500.00", "500.00"),
        "trunk main": ("99.50", "99.50"),
    }
    prompt.run("spending", "uncap", "--per", "day")
    assert len(prompt.json("spending", "show")) == 2
    assert "has no cap" in prompt.run("spending", "uncap", "--per", "day", code=1).output


def test_a_cap_that_the_longest_call_exceeds_is_told(prompt: Prompt) -> None:
    apply(prompt)
    prompt.run("campaign", "apply", str(prompt.campaign_file(dial='""', max_call_s=600)))
    result = prompt.run("spending", "cap", "10", "--per", "day")
    assert "a call may last 600 s (max_call_s) and then costs up to 15.00" in result.stderr
    for words in (("20",), ("10", "--currency", "EUR"), ("10", "--trunk", "spare"), ("15",)):
        told = prompt.run("spending", "cap", *words, "--per", "hour").stderr
        assert ("max_call_s" in told) == (words[-1] == "spare"), words


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("cap", "lots", "--per", "day"), "is no amount"),
        (("cap", "5", "--per", "day", "--currency", "rub"), "is no currency"),
        (("cap", "5", "--per", "day", "--project", "none"), "there is no project"),
        (("cap", "5", "--per", "day", "--trunk", "none"), "there is no trunk"),
        (("cap", "5", "--per", "day", "--trunk", "a", "--project", "b"), "set two caps"),
    ],
)
def test_what_makes_no_cap_is_refused(prompt: Prompt, words: tuple[str, ...], told: str) -> None:
    assert told in prompt.run("spending", *words, code=1).output
    assert prompt.json("spending", "show") == []
