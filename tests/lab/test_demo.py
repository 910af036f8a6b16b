"""`make demo` in small: the same commands, and the same proof at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab import demo

pytestmark = pytest.mark.lab


def test_the_demo_adds_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "TASKS", 40)
    assert demo.main() == 0
    printed = capfd.readouterr().out
    assert "40 clients" in printed
    assert "20 calls came in: everything adds up" in printed
    for command in (
        "db migrate",
        "campaign start demo",
        "run",
        "agent login --all",
        "why",
        "report inbound",
    ):
        assert f"\n$ ccdialer {command}" in printed
    assert (tmp_path / "demo-run" / "ccdialer.db").is_file()


def test_a_folder_that_is_not_the_demos_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo-run").mkdir()
    (tmp_path / "demo-run" / "mine").touch()
    assert demo.main() == 1
    assert "move it away" in capfd.readouterr().err
    assert (tmp_path / "demo-run" / "mine").exists()
