"""`ccdialer why`: any spelling, three formats."""

from __future__ import annotations

import re

import pytest

from ccdialer import storage
from ccdialer.cli.site import Site
from ccdialer.cli.why import _tell_rules, floor_of
from ccdialer.reports.verdicts import Verdict
from ccdialer.storage.app_queue import SiteCall, lost_call
from tests.cli.prompt import Prompt


def test_any_spelling(prompt: Prompt) -> None:
    prompt.run("campaign", "apply", str(prompt.campaign_file(calling_hours="always")))
    prompt.import_tasks()
    for words in (("8 (916) 123-45-67",), ("+79161234567",), ("8", "916", "123", "45", "67")):
        text = prompt.run("why", *words).stdout
        assert text.startswith("+79161234567\n")
        assert 'task 1 of campaign "demo"' in text
        assert 'campaign "demo" is not started yet' in text
        assert "may be called next: now, once the campaign is started" in text


def since(why: str) -> str:
    """Without how long it is due, which goes on from one command to the next."""
    return re.sub(r"due for \d+ s", "due for so long", why)


def test_formats(prompt: Prompt) -> None:
    prompt.import_tasks()
    (row,) = prompt.csv("why", "89161234567")
    (page,) = prompt.json("why", "89161234567")
    assert since(row["why"]) == since(page["why"])
    assert (row["state"], row["attempts"], page["attempts"]) == ("waiting", "0", [])
    assert page["next_at"].endswith("Z")


def test_the_rules_that_let_it_pass_are_there_for_who_asks(prompt: Prompt) -> None:
    prompt.run("campaign", "apply", str(prompt.campaign_file(calling_hours="always")))
    prompt.import_tasks()
    short, long = (prompt.run("why", "89161234567", *more).stdout for more in ((), ("--all",)))
    assert 'holds  campaign "demo" is not started yet' in short
    assert "other rules; see: --all" in short
    assert "on no do-not-call list" not in short
    assert "  ok     on no do-not-call list\n" in long
    assert "--all" not in long


def test_one_task(prompt: Prompt) -> None:
    prompt.import_tasks()
    (page,) = prompt.json("why", "--task", "1")
    assert (page["task"], page["may_be_called"]) == (1, False)
    assert page["rules"][0]["rule"] == "campaign"
    assert page["rules"][0]["passes"] is False
    assert page["means"][0]["rule"] == "daemon"
    assert "there is no task 99" in prompt.run("why", "--task", "99", code=1).stderr
    assert "NUMBER or a --task" in prompt.run("why", code=2).stderr


def test_nobody_has_it(prompt: Prompt) -> None:
    assert "no task has the number +79169999999" in prompt.run("why", "89169999999", code=1).stderr


def test_what_the_daemon_tells(prompt: Prompt) -> None:
    prompt.import_tasks()
    assert "the daemon is not running" in floor_of(Site(prompt.config)).trouble
    with prompt.daemon():
        found = floor_of(Site(prompt.config))
        assert found.trouble.startswith("Asterisk is not connected")
        assert set(found.campaigns) == {"demo"}
        assert "Asterisk is not connected" in prompt.run("why", "89161234567").stdout


def test_calls_that_came_in_are_told(prompt: Prompt) -> None:
    with storage.connect(prompt.url) as database:
        lost_call(database, SiteCall("one", "1.7", "+79169999999", None, 1), 2)
    text = prompt.run("why", "89169999999").stdout
    assert text.startswith("+79169999999\n\ncalls to us, the last first\n")
    assert "not called back: its number is of no project" in text
    (page,) = prompt.json("why", "89169999999")
    assert page["task"] is None
    assert [call["fate"] for call in page["calls_in"]] == ["left"]
    prompt.import_tasks()
    (page,) = prompt.json("why", "89161234567")
    assert (page["task"], page["calls_in"]) == (1, [])


def test_what_two_rules_say_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    said = [Verdict(rule, False, "no way to dial") for rule in ("pacing", "trunk")]
    _tell_rules([*said, Verdict("window", True, "within hours")], False)
    assert capsys.readouterr().out.splitlines() == [
        "  holds  no way to dial",
        "  ok     1 other rules; see: --all",
    ]
