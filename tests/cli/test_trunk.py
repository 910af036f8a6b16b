"""Trunks listed, shown, switched, and asked which of them would carry a number."""

from __future__ import annotations

from tests.cli.prompt import Prompt
from tests.cli.trunks import TRUNKS, apply


def test_the_list_says_how_each_is_reached(prompt: Prompt) -> None:
    apply(prompt)
    main, spare = prompt.json("trunk", "list")
    assert main["provider"] == "sip.example.net by registration as 749512"
    assert spare["provider"] == "192.0.2.1 by IP"
    assert (main["lines"], main["prices"], main["endpoint"]) == (10, 2, "PJSIP/main")


def test_show_has_every_key(prompt: Prompt) -> None:
    apply(prompt)
    found = {row["key"]: row["value"] for row in prompt.json("trunk", "show", "main")}
    assert found["state"] == "enabled"
    assert found["provider.server"] == "sip.example.net"
    assert found["caller_ids.own"] == "74951234567"
    assert "there is no trunk" in prompt.run("trunk", "show", "none", code=1).output


def test_the_cheapest_goes_first_and_the_reason_of_the_others_is_told(prompt: Prompt) -> None:
    apply(prompt)
    found = prompt.json("trunk", "test", "8 916 123-45-67")
    assert [(row["trunk"], row["order"], row["price"]) for row in found] == [
        ("spare", 1, "1.20"),
        ("main", 2, "1.50"),
    ]
    assert found[0]["dial"] == "PJSIP/+79161234567@spare"
    assert found[1]["caller_id"] == "74951234567"
    moscow = prompt.json("trunk", "test", "+74951112233")
    assert [row["trunk"] for row in moscow] == ["main", "spare"]  # 0.90 and the fee of 0.20
    prompt.run("trunk", "disable", "main")
    found = prompt.json("trunk", "test", "+74951112233")
    assert found[1]["why_not"] == "disabled; ccdialer trunk enable main"
    assert found[1]["order"] is None
    prompt.run("trunk", "enable", "main")
    abroad = prompt.json("trunk", "test", "+442071234567")
    assert {row["why_not"] for row in abroad} == {"it has no price for the number"}
    assert "is not a phone number" in prompt.run("trunk", "test", "12", code=1).output


def test_a_removed_trunk_is_not_enabled(prompt: Prompt) -> None:
    apply(prompt)
    apply(prompt, TRUNKS[: TRUNKS.index("  - name: spare")])
    assert "not in the file any more" in prompt.run("trunk", "enable", "spare", code=1).output


def test_a_stop_is_told_when_a_number_is_tested(prompt: Prompt) -> None:
    apply(prompt)
    prompt.run("stop-all", "--reason", "fraud")
    assert "stopped for fraud" in prompt.run("trunk", "test", "+79161234567").stderr


def test_a_running_daemon_says_why_a_trunk_is_not_used(prompt: Prompt) -> None:
    with prompt.daemon():
        apply(prompt)  # it is told at once
        rows = {row["trunk"]: row for row in prompt.json("trunk", "status")}
        assert rows["main"]["state"] == "down"
        assert rows["main"]["in_use"] == "0 of 10"
        assert rows["main"]["note"] == "Asterisk has not told its state yet"
        result = prompt.run("trunk", "test", "+79161234567", "--format", "json")
        assert "Asterisk has not told its state yet" in result.stdout
        assert "daemon does not run" not in result.stderr
    assert "not running" in prompt.run("trunk", "status", code=3).output


def test_a_campaign_is_asked_about_its_own_trunks(prompt: Prompt) -> None:
    apply(prompt)
    told = prompt.run("trunk", "test", "+79161234567", "--campaign", "demo", code=1).output
    assert "has a dial string of its own" in told
    path = prompt.campaign_file(dial='""', trunks="[main]")
    prompt.run("campaign", "apply", str(path))
    found = prompt.json("trunk", "test", "+79161234567", "--campaign", "demo")
    assert [(row["trunk"], row["why_not"]) for row in found] == [
        ("main", ""),
        ("spare", "the campaign names other trunks"),
    ]
