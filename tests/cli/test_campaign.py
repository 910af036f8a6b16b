"""`ccdialer campaign`: files in and out, states, what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ccdialer.cli.campaign import differences
from ccdialer.core.campaign import CampaignSettings, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.retry_rule import RetryRule
from tests.cli.prompt import Prompt
from tests.runtime.test_speech import command

COPY = """import sys, wave; sound = wave.open(sys.argv[2], "wb"); sound.setnchannels(1); \
sound.setsampwidth(2); sound.setframerate(8000); sound.writeframes(bytes(800)); sound.close()"""


def test_apply_says_what_changes(prompt: Prompt) -> None:
    same = prompt.run("campaign", "apply", str(prompt.campaign_file()))
    assert same.stdout == 'campaign "demo" of sales: unchanged\n'
    assert "not in effect yet: the daemon is not running" in same.stderr
    changed = prompt.run("campaign", "apply", str(prompt.campaign_file(max_lines=60, amd="yes")))
    assert changed.stdout == (
        'campaign "demo" of sales: changed; max_lines: 30 -> 60, amd: False -> True\n'
    )
    second = prompt.run("campaign", "apply", str(prompt.campaign_file(name="other")))
    assert 'campaign "other" of sales: created; start it' in second.stdout


def test_one_faulty_file_and_nothing_is_applied(prompt: Prompt) -> None:
    good = prompt.campaign_file(name="third")
    bad = prompt.file("bad.yaml", "project: sales\nname: fourth\ndial: nonsense\nmode: psychic\n")
    result = prompt.run("campaign", "apply", str(good), str(bad), code=2)
    assert len(result.stderr.splitlines()) == 2
    assert [row["campaign"] for row in prompt.json("campaign", "list")] == ["demo"]


def test_export_is_what_apply_reads(prompt: Prompt) -> None:
    text = prompt.run("campaign", "export", "demo").stdout
    path = prompt.file("out.yaml", text)
    assert "unchanged" in prompt.run("campaign", "apply", str(path)).stdout
    assert "mode: predictive" in text


def test_states(prompt: Prompt) -> None:
    prompt.import_tasks()
    for verb, state in (("start", "active"), ("pause", "paused"), ("stop", "stopped")):
        result = prompt.run("campaign", verb, "demo")
        assert result.stdout == f'campaign "demo" is {state}\n'
        assert ("nothing is dialed yet: " in result.stderr) is (verb == "start")
        (row,) = prompt.csv("campaign", "list")
        assert (row["state"], row["waiting"], row["done"]) == (state, "2", "0")


def test_starting_an_empty_campaign_is_told(prompt: Prompt) -> None:
    assert "no task waits in it" in prompt.run("campaign", "start", "demo").stderr


def test_callbacks_come_by_themselves(prompt: Prompt) -> None:
    prompt.run("campaign", "apply", str(prompt.campaign_file(name="promises", mode="callback")))
    assert "no task waits" not in prompt.run("campaign", "start", "promises").stderr


def test_show(prompt: Prompt) -> None:
    empty = {row["key"]: row["value"] for row in prompt.json("campaign", "show", "demo")}
    assert (empty["state"], empty["next_due"]) == ("draft", "nothing waits")
    prompt.import_tasks()
    full = {row["key"]: row["value"] for row in prompt.json("campaign", "show", "demo")}
    assert (full["tasks.waiting"], full["settings.max_lines"]) == (2, 30)
    assert full["next_due"].startswith("now (")
    assert full["settings.retry_after_s.busy"] == 600


def test_two_projects_with_one_name(prompt: Prompt) -> None:
    prompt.run("campaign", "apply", str(prompt.campaign_file(project="care")))
    assert "name the project" in prompt.run("campaign", "start", "demo", code=1).stderr
    prompt.run("campaign", "start", "demo", "--project", "care")
    states = {row["project"]: row["state"] for row in prompt.json("campaign", "list")}
    assert states == {"care": "active", "sales": "draft"}


def test_a_campaign_that_is_not_there(prompt: Prompt) -> None:
    for verb in ("show", "export", "start", "pause", "stop"):
        result = prompt.run("campaign", verb, "nope", code=1)
        assert 'there is no campaign "nope"; see: ccdialer campaign list' in result.stderr


def test_differences_name_each_pause() -> None:
    before = CampaignSettings("PJSIP/{digits}@t")
    pauses = before.retry_after_s | {Disposition.BUSY: 5.0}
    after = replace(before, mode=Mode.POWER, caller_id="+7495", retry_after_s=pauses)
    assert differences(before, after) == [
        "mode: predictive -> power",
        'caller_id: "" -> +7495',
        "retry_after_s.busy: 600 -> 5",
    ]
    assert differences(before, before) == []


def test_say_speaks_the_announcement(prompt: Prompt) -> None:
    path = prompt.campaign_file(announce="'say:{name}'")
    prompt.run("campaign", "apply", str(path))
    assert "set speech.command" in prompt.run("campaign", "say", "demo", code=1).stderr
    words = ", ".join(f"'{word}'" for word in command(COPY, "{text}", "{file}"))
    with prompt.config.open("a") as config:
        config.write(f"speech: {{command: [{words}], folder: {prompt.folder}/sounds}}\n")
    made = Path(prompt.run("campaign", "say", "demo").stdout.strip())
    assert made.is_file()
    assert f'campaign "demo" says "demo": {made}' in prompt.run("doctor", code=1).stdout
    prompt.run("campaign", "apply", str(prompt.campaign_file(announce="sound:beep")))
    assert "speaks no text" in prompt.run("campaign", "say", "demo", code=1).stderr


def test_differences_name_each_rule() -> None:
    before = CampaignSettings("PJSIP/{digits}@t")
    rule = RetryRule(after=(Disposition.BUSY, Disposition.LEFT), pause_s=60.0)
    after = replace(before, retry_rules=(rule,))
    assert differences(before, after) == [
        'retry_rules[1]: "" -> after: busy, left; pause_s: 60',
    ]
    assert differences(after, before) == [
        'retry_rules[1]: after: busy, left; pause_s: 60 -> ""',
    ]


def test_the_plan_of_retries(prompt: Prompt) -> None:
    rules = "[{after: [busy], attempt: 1, pause_s: 5m, number: same}]"
    prompt.run("campaign", "apply", str(prompt.campaign_file(retry_rules=rules)))
    rows = prompt.json("campaign", "retries", "demo", "--after", "busy")
    assert [(r["attempt"], r["what_follows"], r["rule"]) for r in rows] == [
        (1, "after 5 min, same number", 1),
        (2, "after 10 min, next number", None),
        (3, "no more calls", None),
    ]
    shown = prompt.run("campaign", "retries", "demo").stdout
    assert "3 attempts that count" in shown
    shown = prompt.run("campaign", "show", "demo").stdout
    assert "settings.retry_rules[1]" in shown
    assert "after: busy; attempt: 1; pause_s: 300; number: same" in shown
