"""SIGHUP: what is in config.yaml now is taken, unless it has faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ccdialer.config import Config
from ccdialer.runtime import reloading as module
from ccdialer.runtime.reloading import Reloading
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
