"""SIGHUP: what is in config.yaml now is taken, unless it has faults."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ccdialer.config import Config, Log, LogLevel
from ccdialer.runtime import reloading as module
from ccdialer.runtime.reloading import Reloading, changed
from tests.runtime.floor import until


@pytest.mark.parametrize(("text", "nodes"), [("node: two", ["two"]), ("node: [", [])])
async def test_a_reload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, nodes: list[str]
) -> None:
    told: list[str] = []
    taken: list[str] = []
    monkeypatch.setattr(module, "notify", told.append)
    path = tmp_path / "config.yaml"
    path.write_text(text)

    async def take(fresh: Config) -> None:
        taken.append(fresh.node)

    async def look() -> None:
        told.append("looked")

    with capture_logs() as logs:
        Reloading(path, take, look).begin()
        await until(lambda: "READY=1" in told)
    assert taken == nodes
    assert told == ["RELOADING=1", "looked", "READY=1"]
    assert logs[0]["log_level"] == ("info" if nodes else "error")


async def test_two_reloads_come_one_after_the_other(tmp_path: Path) -> None:
    """What was read last is in force in the end, however long the first one takes."""
    path, go, taken = tmp_path / "config.yaml", asyncio.Event(), list[str]()
    path.write_text("node: one")

    async def take(fresh: Config) -> None:
        if fresh.node == "one":
            await go.wait()
        taken.append(fresh.node)

    async def look() -> None:
        path.write_text("node: two")

    reloading = Reloading(path, take, look)
    reloading.begin()
    reloading.begin()
    await asyncio.sleep(0)
    go.set()
    await until(lambda: len(taken) == 2)
    assert taken == ["one", "two"]


async def test_systemd_hears_of_the_end_of_a_reload_that_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(module, "notify", told.append)
    path = tmp_path / "config.yaml"
    path.write_text("node: one")

    async def take(fresh: Config) -> None:
        raise ZeroDivisionError

    async def look() -> None:
        raise AssertionError("it is not come to")

    reloading = Reloading(path, take, look)
    reloading.begin()
    (task,) = reloading._under_way
    with pytest.raises(ZeroDivisionError):
        await task
    assert told == ["RELOADING=1", "READY=1"]


def test_the_rest_stays_as_it_was() -> None:
    fresh = Config(node="two", log=Log(level=LogLevel.DEBUG))
    now = changed(Config(node="one"), fresh)
    assert (now.node, now.log) == ("one", fresh.log)
