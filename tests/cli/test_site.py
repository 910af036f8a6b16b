"""What a command finds of its site."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.cli.site import Site, tasks_by_state
from ccdialer.core.task import TaskState
from tests.cli.prompt import Prompt


def test_without_a_daemon(bare: Prompt) -> None:
    site = Site(bare.config)
    assert site.snapshot() is None
    assert "the daemon is not running" in site.poke()


def test_with_a_daemon(prompt: Prompt) -> None:
    site = Site(prompt.config)
    with prompt.daemon():
        snapshot = site.snapshot()
        assert snapshot is not None
        assert [row["name"] for row in snapshot["campaigns"]] == ["demo"]
        assert site.poke() == ""
        assert prompt.run("campaign", "start", "demo").stderr.startswith("no task waits")
        snapshot = site.snapshot()
        assert snapshot is not None
        assert snapshot["campaigns"][0]["state"] == "active"


def test_tasks_by_state(prompt: Prompt) -> None:
    with prompt.database() as database:
        demo = storage.find_campaign(database, "demo")
        assert tasks_by_state(database, demo) == dict.fromkeys(TaskState, 0)
    prompt.import_tasks()
    with prompt.database() as database:
        assert tasks_by_state(database, demo)[TaskState.WAITING] == 2
