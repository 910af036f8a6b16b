"""The emergency stop by command: with and without a daemon, and taken back."""

from __future__ import annotations

import time
from pathlib import Path

from ccdialer import storage
from tests.cli.prompt import LIMIT_S, Prompt


def test_without_a_daemon_it_stands_in_the_database(prompt: Prompt) -> None:
    result = prompt.run("stop-all", "--reason", "wrong list")
    assert "all dialing is stopped" in result.stdout
    assert "none was told at once: the daemon is not running" in result.stderr
    with prompt.database() as database:
        stop = storage.standstill_of(database)
    assert stop is not None
    assert stop[1] == "wrong list"
    assert "(wrong list)" in prompt.run("resume-all").stdout
    assert prompt.run("resume-all").stdout == "nothing was stopped\n"
    with prompt.database() as database:
        assert storage.standstill_of(database) is None


def test_a_second_stop_keeps_when_it_began(prompt: Prompt) -> None:
    prompt.run("stop-all")
    with prompt.database() as database:
        first = storage.standstill_of(database)
    prompt.run("stop-all", "--reason", "still wrong")
    with prompt.database() as database:
        second = storage.standstill_of(database)
    assert first is not None
    assert second == (first[0], "still wrong")


def test_a_running_daemon_is_told_at_once_and_status_says_so(prompt: Prompt) -> None:
    with prompt.daemon():
        assert "none was told" not in prompt.run("stop-all", "--reason", "wrong list").stderr
        assert "ALL IS STOPPED, nothing is dialed: wrong list" in prompt.run("status").stdout
        prompt.run("resume-all")
        assert "STOPPED" not in prompt.run("status").stdout


def test_a_daemon_that_is_started_later_keeps_the_stop(prompt: Prompt) -> None:
    prompt.run("stop-all", "--reason", "wrong list")
    with prompt.daemon():
        assert "ALL IS STOPPED" in prompt.run("status").stdout


def test_the_daemon_of_another_node_sees_it_in_the_database(prompt: Prompt, tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    other = Prompt(tmp_path / "two", prompt.url)
    text = other.config.read_text()
    other.config.write_text(f"{text}node: two\ndaemon: {{reload_every_s: 1}}\n")
    with other.daemon():
        prompt.run("stop-all", "--reason", "wrong list")  # its own daemon does not run
        until = time.monotonic() + LIMIT_S
        while "ALL IS STOPPED" not in other.run("status").stdout:
            assert time.monotonic() < until, "the other node is not stopped"
            time.sleep(0.1)
