"""`ccdialer queue`, with the real daemon running beside no Asterisk."""

from __future__ import annotations

from tests.cli.prompt import Prompt

QUEUE = """\
project: sales
name: line
mode: inbound
calling_hours: always
priority: 7
queue:
  music: ""
  max_wait_s: 300
  overflow: queue night
  widening:
    - after_s: 0
      groups: [gold]
    - after_s: 30
"""


def queue(prompt: Prompt) -> None:
    prompt.run("campaign", "apply", str(prompt.file("queue.yaml", QUEUE)))


def test_no_queue_is_told(prompt: Prompt) -> None:
    result = prompt.run("queue", "list")
    assert "campaign apply FILE" in result.stderr
    assert prompt.csv("queue", "list") == []


def test_a_queue_is_listed_and_shown_without_a_daemon(prompt: Prompt) -> None:
    queue(prompt)
    assert "the daemon is not running" in prompt.run("queue", "list").stderr
    (row,) = prompt.csv("queue", "list")
    assert (row["queue"], row["state"], row["waiting"], row["offered"]) == (
        "line",
        "draft",
        "",
        "0",
    )
    shown = {row["key"]: row["value"] for row in prompt.csv("queue", "show", "line")}
    assert shown["queue.overflow"] == "queue night"
    assert shown["now.daemon"] == "not running: callers take the dialplan's own way"
    assert shown["priority"] == "7"
    assert [key for key in shown if key.startswith("today.")] == [
        *("today.offered", "today.answered", "today.left", "today.closed", "today.sent_on"),
        *("today.callbacks", "today.service_level"),
    ]
    assert shown["queue.widening"] == "from 0 s on gold, from 30 s on everybody"


def test_a_running_queue_tells_who_waits(prompt: Prompt) -> None:
    queue(prompt)
    prompt.import_agents()
    started = prompt.run("campaign", "start", "line")
    assert started.stderr.startswith("nobody is served yet: the daemon is not running")
    with prompt.daemon():
        prompt.run("agent", "login", "anna")
        (row,) = prompt.csv("queue", "list")
        assert (row["state"], row["waiting"], row["agents"]) == ("active", "0", "available 1")
        assert "line" in prompt.run("status").stdout
        shown = {row["key"]: row["value"] for row in prompt.csv("queue", "show", "line")}
        assert shown["now.is_open"] == "yes"


def test_another_campaign_is_no_queue(prompt: Prompt) -> None:
    sentence = prompt.run("queue", "show", "demo", code=1).stderr
    assert sentence.strip() == (
        'ccdialer: campaign "demo" is no queue, its mode is predictive; see: ccdialer queue list'
    )


def test_what_makes_no_sense_for_a_queue_is_refused(prompt: Prompt) -> None:
    queue(prompt)
    path = prompt.file("tasks.csv", "phone\n+79161234567\n")
    refused = prompt.run("task", "import", str(path), "--campaign", "line", code=1)
    assert "is a queue: clients call it" in refused.stderr
    refused = prompt.run("campaign", "forecast", "line", "--agents", "3", code=1)
    assert "ccdialer report inbound" in refused.stderr
