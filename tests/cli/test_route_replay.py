"""`route replay`: past calls over other rules, the share of each target before and after."""

from __future__ import annotations

import pytest

from tests.cli.prompt import Prompt
from tests.cli.routed import called, preset, with_rules

STAGES = (None, None, None, None, None, "Lost", "Proposal sent", "Proposal sent", "Paid", "Paid")


@pytest.fixture
def site(prompt: Prompt) -> Prompt:
    """Ten calls that all went to consultants; then the shipped rules were applied."""
    with_rules(prompt)
    plain = preset(prompt).split("scenarios:")[0] + (
        "scenarios:\n  all:\n    - {name: all, to: queue consultants}\n"
    )
    prompt.run("route", "apply", str(prompt.file("plain.yaml", plain)))
    for index, stage in enumerate(STAGES):
        called(prompt, f"891612345{index:02}", stage, leg=f"1.{index}")
    return prompt


def test_the_shares_before_and_after(site: Prompt) -> None:
    rows = site.json("route", "replay", "--rules", str(site.folder / "rules.yaml"))
    assert [(row["target"], row["before_rate"], row["after_rate"]) for row in rows] == [
        ("queue consultants", 1.0, 0.6),
        ("queue production", 0.0, 0.2),
        ("queue sales", 0.0, 0.2),
    ]
    said = site.run("route", "replay", "--version", "1").stdout
    assert "4 of 10 calls (40.0%) go elsewhere" in said
    assert site.json("route", "replay", "--version", "1") == rows


def test_the_calls_that_go_elsewhere(site: Prompt) -> None:
    rows = site.json("route", "replay", "--version", "1", "--changes")
    assert [(row["stage"], row["before_why"], row["after"]) for row in rows] == [
        *[("Proposal sent", "rule.all", "queue sales")] * 2,
        *[("Paid", "rule.all", "queue production")] * 2,
    ]
    assert len(site.json("route", "replay", "--version", "1", "--changes", "--limit", "1")) == 1


def test_where_they_went_then_is_told_too(site: Prompt) -> None:
    site.run("route", "apply", "--version", "1")
    rows = site.json("route", "replay", "--version", "2")
    assert [(row["target"], row["went"], row["before"], row["after"]) for row in rows] == [
        ("queue consultants", 10, 6, 10),
        ("queue production", 0, 2, 0),
        ("queue sales", 0, 2, 0),
    ]


def test_names_that_are_not_there_are_told_and_do_not_stop_it(site: Prompt) -> None:
    text = preset(site).replace("to: queue sales", "to: queue offers")
    path = str(site.file("new.yaml", text))
    result = site.run("route", "replay", "--rules", path)
    assert 'project "sales" has no queue "offers"' in result.stderr
    assert "queue offers" in result.stdout


def test_it_says_what_it_lacks(site: Prompt) -> None:
    assert "name the new rules" in site.run("route", "replay", code=2).stderr
    words = ("route", "replay", "--version", "1", "--until", "2020-01-01")
    assert "no call of the last 7 days" in site.run(*words, code=1).stderr
