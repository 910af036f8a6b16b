"""`ccdialer route`: rules are applied whole or not at all, kept in versions, and shown."""

from __future__ import annotations

import asyncio
import time

from tests.cli.prompt import LIMIT_S, Prompt
from tests.cli.routed import DID, preset, queues, with_rules
from tests.fastagi.pbx import call, head
from tests.lab.ports import free_port


def test_the_shipped_rules_are_applied_and_shown(prompt: Prompt) -> None:
    queues(prompt)
    text = preset(prompt)
    path = str(prompt.file("rules.yaml", text))
    said = prompt.run("route", "apply", path).stdout
    assert said == (
        "numbers: 1 new\nrules: 3 new\nschedules: 1 new\n"
        "routes: version 1 holds from the next call on\n"
    )
    assert prompt.run("route", "apply", path).stdout == "routes: unchanged, version 1\n"
    rules = prompt.json("route", "list")
    assert [(row["rule"], row["to"], row["seconds"]) for row in rules] == [
        ("production", "queue production", None),
        ("sales", "queue sales", 20.0),
        ("consultants", "queue consultants", None),
    ]
    assert rules[0]["when"] == "stage: Paid, In production"
    (number,) = prompt.json("route", "numbers")
    assert (number["did"], number["project"], number["fallback"]) == (
        *("+74842400149", "sales", "queue consultants"),
    )


def test_what_was_applied_is_given_back_with_its_remarks(prompt: Prompt) -> None:
    with_rules(prompt)
    text = preset(prompt)
    assert text.startswith("# Callers reach")
    assert prompt.run("route", "export").stdout == text


def test_names_that_are_not_there_stop_it(prompt: Prompt) -> None:
    queues(prompt, "consultants", "production")
    path = str(prompt.file("rules.yaml", preset(prompt)))
    said = prompt.run("route", "apply", path, code=2).stderr
    assert said == (
        'ccdialer: scenarios.by-stage.sales: project "sales" has no queue "sales";'
        " known: consultants, production\n"
    )
    assert prompt.run("route", "export", code=1).stderr.startswith(
        "ccdialer: no routing rules were applied yet"
    )


def test_a_dry_run_changes_nothing(prompt: Prompt) -> None:
    queues(prompt)
    path = str(prompt.file("rules.yaml", preset(prompt)))
    result = prompt.run("route", "apply", path, "--dry-run")
    assert result.stdout == "numbers: 1 new\nrules: 3 new\nschedules: 1 new\n"
    assert "nothing was changed" in result.stderr
    assert prompt.json("route", "versions") == []


def test_an_earlier_version_can_hold_again(prompt: Prompt) -> None:
    with_rules(prompt)
    other = preset(prompt).replace("- name: sales", "- name: offers")
    said = prompt.run("route", "apply", str(prompt.file("other.yaml", other))).stdout
    assert said.startswith("rules: 1 new, 1 gone\nroutes: version 2 ")
    said = prompt.run("route", "apply", "--version", "1").stdout
    assert said.startswith("rules: 1 new, 1 gone\nroutes: version 3 ")
    assert prompt.run("route", "export").stdout == preset(prompt)
    assert prompt.run("route", "export", "--version", "2").stdout == other
    found = prompt.json("route", "versions")
    assert [(row["version"], row["again"]) for row in found] == [(3, 1), (2, None), (1, None)]
    assert all(row["by"] for row in found)
    said = prompt.run("route", "apply", "--version", "9", code=1).stderr
    assert "there is no version 9 of the routes" in said


def test_it_wants_a_file_or_a_version(prompt: Prompt) -> None:
    assert "name a FILE or a --version" in prompt.run("route", "apply", code=2).stderr
    said = prompt.run("route", "apply", "x.yaml", "--version", "1", code=2).stderr
    assert "name a FILE or a --version" in said


def test_a_fault_is_told_at_its_line(prompt: Prompt) -> None:
    text = preset(prompt).replace("queue sales", "queu sales")
    line = text[: text.index("queu sales")].count("\n") + 1
    path = str(prompt.file("rules.yaml", text))
    said = prompt.run("route", "apply", path, code=2).stderr
    assert said.startswith(f"ccdialer: rules.yaml:{line}: scenarios.by-stage[2].to: expected")


def variables(port: int) -> dict[str, str]:
    """What the dialplan learns of a caller now."""
    said = head(f"route_by_stage?did={DID}", agi_callerid="89161234567")
    until = time.monotonic() + LIMIT_S
    while True:  # commands are answered before the scripts' port is open
        try:
            return asyncio.run(call(port, said)).variables
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.05)


def test_the_running_daemon_takes_new_rules_at_once(prompt: Prompt) -> None:
    port = free_port()
    prompt.config.write_text(f"{prompt.config.read_text()}agi: {{listen: 127.0.0.1:{port}}}\n")
    with_rules(prompt)
    with prompt.daemon():
        first = variables(port)
        assert (first["CCD_TARGET_KIND"], first["CCD_TARGET"]) == ("queue", "consultants")
        assert first["CCD_REASON"] == "rule.consultants"
        text = preset(prompt).replace("to: queue consultants", "to: extension 200")
        result = prompt.run("route", "apply", str(prompt.file("new.yaml", text)))
        assert "not in effect yet" not in result.stderr
        second = variables(port)
        assert (second["CCD_TARGET_KIND"], second["CCD_TARGET"]) == ("extension", "200")
        assert first["CCD_CALL"] == second["CCD_CALL"]  # the same channel asks again
    told = prompt.run("route", "explain", second["CCD_CALL"]).stdout
    assert 'went to: extension 200 (rule "consultants", version 2 of the rules)' in told
