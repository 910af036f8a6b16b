"""Asterisk's command line is asked where it is; nothing is made of its absence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.cli import asterisk_cli
from ccdialer.cli.asterisk_cli import asterisk_says


def put(folder: Path, script: str) -> None:
    path = folder / "asterisk"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_it_is_heard_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    put(tmp_path, 'echo "$1 $2"')
    assert asterisk_says("queue show") == "-rx queue show\n"
    put(tmp_path, "echo Unable to connect; exit 1")
    assert asterisk_says("queue show") is None
    monkeypatch.setattr(asterisk_cli, "LIMIT_S", 0.1)
    put(tmp_path, "exec sleep 60")
    assert asterisk_says("queue show") is None
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert asterisk_says("queue show") is None
