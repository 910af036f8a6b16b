"""The port of the daemon: opened, opened at last, reloaded, told of."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer.agi_settings import Agi
from ccdialer.config import Config
from ccdialer.runtime import agi_port as module
from ccdialer.runtime.agi_port import AgiPort
from tests.fastagi.pbx import call, head
from tests.lab.ports import free_port
from tests.runtime.floor import until

DESK: Any = None
GOOD = '''
from ccdialer.fastagi import script

@script(outputs={{"CCD_X": "X."}})
def {name}(agi, desk):
    """Says."""
    agi.set_variable("CCD_X", "{says}")
'''


def write(folder: Path, name: str, says: str) -> None:
    (folder / f"{name}.py").write_text(GOOD.format(name=name, says=says))


def config(folder: Path, port: int, **more: Any) -> Config:
    return Config(agi=Agi(listen=f"127.0.0.1:{port}", folders=(str(folder),), **more))


async def test_scripts_come_and_go_while_it_runs(tmp_path: Path) -> None:
    port, path = free_port(), tmp_path / "one.py"
    write(tmp_path, "one", "first")
    agi = AgiPort(config(tmp_path, port), DESK)
    with capture_logs() as logs:
        await agi.start()
        assert (await call(port, head("one"))).variables["CCD_X"] == "first"
        write(tmp_path, "one", "second")
        write(tmp_path, "two", "new")
        await agi.reload(config(tmp_path, port))
        assert (await call(port, head("one"))).variables["CCD_X"] == "second"
        assert (await call(port, head("two"))).variables["CCD_X"] == "new"
        path.write_text("1 / 0")
        await agi.reload(config(tmp_path, port))
        assert (await call(port, head("one"))).variables["CCD_X"] == "second"
        assert agi.figures()["broken"][0].startswith("one.py:1: ZeroDivisionError")
        path.unlink()
        await agi.reload(config(tmp_path, port, secret="s3cret99"))
        assert (await call(port, head("one"))).variables["CCD_STATUS"] == "DENIED"
        gone = await call(port, head("one?secret=s3cret99"))
        await agi.close()
    assert gone.variables["CCD_REASON"] == "no_script"
    events = [line["event"] for line in logs]
    for event in ("AGI script changed", "AGI script broken", "AGI script gone", "AGI port open"):
        assert event in events
    assert agi.figures()["scripts"]["one"] == {"OK": 3}


async def test_a_port_that_is_taken_stops_nobody_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRY_AGAIN_S", 0.02)
    with socket.socket() as other, capture_logs() as logs:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        agi = AgiPort(config(tmp_path, port), DESK)
        await agi.start()
        await asyncio.sleep(0.1)
        assert agi.figures()["trouble"].startswith(f"127.0.0.1:{port}: ")
        other.close()
        await until(lambda: agi.figures()["listening"])
        assert agi.figures()["trouble"] == ""
        await agi.close()
    assert len([line for line in logs if line["log_level"] == "error"]) == 1


async def test_the_end_while_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRY_AGAIN_S", 0.02)
    with socket.socket() as other, capture_logs():
        other.bind(("127.0.0.1", 0))
        other.listen()
        agi = AgiPort(config(tmp_path, other.getsockname()[1]), DESK)
        await agi.start()
        await agi.close()
        other.close()
        await asyncio.sleep(0.1)
        assert not agi.figures()["listening"], "it is not tried any more"


async def test_a_site_that_wants_none() -> None:
    agi = AgiPort(Config(agi=Agi(listen="")), DESK)
    with capture_logs():
        await agi.start()
    assert not agi.figures()["listening"]
    await agi.close()
