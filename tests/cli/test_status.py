"""`ccdialer status`, with the real daemon running beside no Asterisk."""

from __future__ import annotations

import json

from tests.cli.prompt import LIMIT_S, Prompt


def test_once(prompt: Prompt) -> None:
    prompt.import_agents()
    with prompt.daemon():
        prompt.run("agent", "login", "anna")
        text = prompt.run("status", "--pacing").stdout
        assert "node main" in text
        assert "agents available 1" in text
        assert "anna" in text
        found = json.loads(prompt.run("status", "--format", "json").stdout)
        assert found["snapshot"]["agents_by_state"] == {"available": 1}
        assert prompt.csv("status")[0]["campaign"] == "demo"


def test_until_done_ends_when_all_is_settled(prompt: Prompt) -> None:
    prompt.import_tasks()
    with prompt.daemon():
        watching = prompt.process("status", "--until-done", "demo", "--interval", "0.1")
        assert watching.stdout is not None
        assert "demo: 0 of 2 settled (waiting 2)" in watching.stdout.readline()
        prompt.run("task", "cancel", "--campaign", "demo", "--all")
        out, err = watching.communicate(timeout=LIMIT_S)
        assert "demo: 2 of 2 settled (cancelled 2)" in out.splitlines()[-1]
        assert watching.returncode == 0
        assert "start it: ccdialer campaign start demo" in err


def test_until_done_without_a_daemon(prompt: Prompt) -> None:
    assert "not running" in prompt.run("status", "--until-done", "demo", code=3).stderr
    prompt.run("status", "--until-done", "nope", code=1)


def test_watch_waits_for_the_daemon(prompt: Prompt) -> None:
    words = ("status", "--watch", "--interval", "0.1", "--format")
    watching = prompt.process(*words, "table")
    assert watching.stdout is not None
    assert "the daemon is not running" in watching.stdout.readline()
    with prompt.daemon():
        while "calls none" not in watching.stdout.readline():
            pass
    watching.kill()
    watching.communicate()
    assert "--format json" in prompt.run(*words, "csv", code=2).stderr
