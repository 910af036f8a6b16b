"""An agent's work at his assignments by commands, with the real daemon beside no Asterisk."""

from __future__ import annotations

import json

from tests.cli.prompt import Prompt


def assignment(prompt: Prompt) -> None:
    """The campaign `demo` with two contacts, started."""
    told = {"description": "Spring offer", "script": "spring", "calling_hours": "always"}
    path = prompt.campaign_file(mode="preview", **told)
    prompt.run("campaign", "apply", str(path))
    prompt.import_agents()
    prompt.import_tasks()
    prompt.run("campaign", "start", "demo")


def test_a_contact_is_read_and_skipped(prompt: Prompt) -> None:
    assignment(prompt)
    with prompt.daemon():
        prompt.run("agent", "login", "anna", "boris")
        rows = {row["key"]: row["value"] for row in prompt.csv("agent", "next", "anna")}
        assert (rows["campaign"], rows["description"]) == ("demo", "Spring offer")
        assert rows["number.1"].endswith("+79161234567 (next)")
        assert rows["details.name"] == "Анна"
        other = json.loads(prompt.run("agent", "next", "boris", "--format", "json").stdout)
        assert other["numbers"] == ["+79161234568"]
        (row, _) = prompt.csv("agent", "list")
        assert row["state"] == "reading"
        assert "behind all that are due" in prompt.run("agent", "skip", "anna").stdout
        again = prompt.run("agent", "next", "anna", "--campaign", "demo").stdout
        assert "+79161234567" in again


def test_what_cannot_be_is_a_sentence(prompt: Prompt) -> None:
    assignment(prompt)
    with prompt.daemon():
        prompt.run("agent", "login", "anna")
        wrong = prompt.run("agent", "next", "anna", "--campaign", "dmeo", code=1).stderr
        assert 'no active assignment "dmeo"; did you mean demo?' in wrong
        assert "reads no contact" in prompt.run("agent", "call", "anna", code=1).stderr
        prompt.run("agent", "next", "anna")
        assert "Asterisk is away" in prompt.run("agent", "call", "anna", code=1).stderr
        words = ("agent", "result", "anna")
        assert "no call" in prompt.run(*words, "refusal", "--reason", "rude", code=1).stderr
        both = ("callback", "--in", "10m", "--at", "2030-01-01")
        assert "not both" in prompt.run(*words, *both, code=2).stderr
        assert "such as 10m" in prompt.run(*words, "callback", "--in", "soon", code=2).stderr
        prompt.run(*words, "sold", code=2)


def test_a_cancelled_campaign_withdraws_its_contacts(prompt: Prompt) -> None:
    assignment(prompt)
    nobody = prompt.run("campaign", "cancel", "nope", code=1).stderr
    assert 'there is no campaign "nope"' in nobody  # before it asks whether one is sure
    assert "Aborted" in prompt.run("campaign", "cancel", "demo", code=1).stderr
    told = prompt.run("campaign", "cancel", "demo", "--yes").stdout
    assert told == 'campaign "demo" is cancelled, 2 open tasks with it\n'
    (row,) = prompt.csv("campaign", "list")
    assert (row["state"], row["cancelled"]) == ("cancelled", "2")
