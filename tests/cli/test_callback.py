"""`ccdialer callback`: asked for, listed, moved and released, from the command line."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.cli.prompt import Prompt
from tests.clocks import clocks_of


@pytest.fixture
def site(prompt: Prompt) -> Prompt:
    prompt.run("db", "migrate")
    prompt.run("campaign", "apply", str(prompt.campaign_file(mode="callback")))
    prompt.import_agents()
    return prompt


def add(site: Prompt, number: str, *more: str) -> None:
    site.run("callback", "add", number, "--campaign", "demo", *more)


def test_a_callback_is_due_when_it_was_said_in_the_zone_that_was_said(site: Prompt) -> None:
    at = ("--at", "2099-11-26 15:00", "--zone", "Asia/Omsk")
    add(site, "8 916 123-45-67", *at, "--owner", "anna", "--note", "price list")
    (found,) = site.json("callback", "list")
    assert (found["owner"], found["due_at"]) == ("anna", "2099-11-26T09:00:00.000Z")
    assert found["details"] == "note=price list"
    with site.database() as database:
        assert database.rows("SELECT zone FROM task") == [("Asia/Omsk",)]
    (task,) = site.json("task", "list")
    assert task["owner"] == "anna"
    assert site.json("task", "show", str(task["id"]))["owner"] == "anna"


def test_many_are_moved_and_released_at_once(site: Prompt) -> None:
    for n, owner in enumerate(("anna", "anna", "boris")):
        add(site, f"8 916 123-45-6{n}", "--owner", owner)
    assert "2 changed" in site.run("callback", "move", "--of", "anna", "--owner", "boris").output
    assert len(site.json("callback", "list", "--owner", "boris", "--late", "--today")) == 3
    assert "3 changed" in site.run("callback", "release", "--late").output
    assert {row["now_for"] for row in site.json("callback", "list")} == {"anyone"}
    assert "1 changed" in site.run("callback", "move", "1", "--group", "vip").output
    assert [row["id"] for row in site.json("callback", "list", "--of-group", "vip")] == [1]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed here")
def test_today_ends_at_midnight_when_clocks_change(
    site: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, at in enumerate(("2099-03-29 23:30", "2099-03-30 00:30")):
        add(site, f"8 916 123-45-6{n}", "--at", at, "--zone", "Europe/Berlin")
    noon = datetime(2099, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    monkeypatch.setattr("ccdialer.cli.callback.now_ms", lambda: round(noon.timestamp() * 1000))
    with clocks_of("Europe/Berlin"):
        found = site.json("callback", "list", "--today")
    assert [row["due_at"] for row in found] == ["2099-03-29T21:30:00.000Z"]


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (("add", "12", "--campaign", "demo"), "is not", 2),
        (("add", "89161234567", "--campaign", "demo", "--owner", "nobody"), 'login "nobody"', 1),
        (("add", "89161234567", "--campaign", "demo", "--at", "soon"), "is not an instant", 2),
        (("add", "89161234567", "--campaign", "demo", "--zone", "Omsk"), "not a time zone", 2),
        (
            ("add", "89161234567", "--campaign", "demo", "--owner", "anna", "--group", "vip"),
            "--owner or --group",
            2,
        ),
        (("move", "--late"), "say what to change", 2),
        (("move", "--owner", "anna"), "name callbacks by ID", 2),
        (("release", "99"), "task 99 is no open callback", 1),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    site: Prompt, words: tuple[str, ...], sentence: str, code: int
) -> None:
    assert sentence in site.run("callback", *words, code=code).output


def test_a_group_that_nobody_is_in_is_told(site: Prompt) -> None:
    words = ("callback", "add", "--campaign", "demo", "--group", "vip")
    assert 'nobody is in group "vip"' in site.run(*words, "89161234567").stderr
    site.run("agent", "groups", "anna", "vip")
    assert "nobody is in" not in site.run(*words, "89161234568").stderr


def test_a_campaign_that_is_not_started_says_so(site: Prompt) -> None:
    words = ("callback", "add", "--campaign", "demo")
    start = 'campaign "demo" is draft; start it: ccdialer campaign start demo'
    assert start in site.run(*words, "89161234567").stderr
    site.run("campaign", "start", "demo")
    assert "is draft" not in site.run(*words, "89161234568").stderr


def test_a_campaign_that_calls_nobody_back_is_refused(site: Prompt) -> None:
    site.run("campaign", "apply", str(site.campaign_file(mode="power")))
    words = ("callback", "add", "89161234567", "--campaign", "demo")
    assert "calls nobody back" in site.run(*words, code=1).output


def test_a_list_of_callbacks_names_owners_and_groups(site: Prompt) -> None:
    text = (
        "phone,owner,group,callback_at\n"
        "89161234567,anna,,2099-01-01 10:00\n"
        "89161234568,,vip,\n"
        "89161234569,nobody,,\n"
        "89161234560,anna,vip,\n"
    )
    path = site.file("list.csv", text)
    told = site.run("task", "import", str(path), "--campaign", "demo").output
    assert 'owner "nobody" is no agent' in told
    assert "name one of them" in told
    found = {row["numbers"]: (row["owner"], row["group"]) for row in site.json("callback", "list")}
    assert found == {"+79161234567": ("anna", None), "+79161234568": (None, "vip")}


def test_groups_and_leaves_of_agents(site: Prompt) -> None:
    site.run("agent", "groups", "anna", "vip", "sales")
    site.run("agent", "leave", "anna", "--until", "2099-12-01 09:00")
    anna, boris = site.json("agent", "list")
    assert (anna["groups"], boris["groups"]) == ("sales, vip", "")
    assert anna["leave_until"].startswith("2099-12-01T")
    assert boris["leave_until"] is None
    site.import_agents()
    assert site.json("agent", "list")[0]["groups"] == "sales, vip", "a file without groups"
    site.run("agent", "back", "anna")
    site.run("agent", "groups", "anna")
    (anna, _) = site.json("agent", "list")
    assert (anna["groups"], anna["leave_until"]) == ("", None)
    assert (
        "lies in the past"
        in site.run(*("agent", "leave", "anna", "--until", "2001-01-01"), code=2).output
    )


def test_an_agents_file_names_groups(site: Prompt) -> None:
    text = "login,phone,projects,groups\nvera,vera,sales,vip;night\n"
    site.run("agent", "import", str(site.file("more.csv", text)))
    assert site.json("agent", "list")[-1]["groups"] == "night, vip"
