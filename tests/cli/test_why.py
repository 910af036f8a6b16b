"""`ccdialer why`: any spelling, three formats."""

from __future__ import annotations

from ccdialer.cli.site import Site
from ccdialer.cli.why import floor_of
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


def test_formats(prompt: Prompt) -> None:
    prompt.import_tasks()
    (row,) = prompt.csv("why", "89161234567")
    (page,) = prompt.json("why", "89161234567")
    assert row["why"] == page["why"]
    assert (row["state"], row["attempts"], page["attempts"]) == ("waiting", "0", [])
    assert page["next_at"].endswith("Z")


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
