"""A file is replaced whole, or stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.cli.whole_file import replaced
from ccdialer.errors import UnreadableFile


def test_a_file_is_made_replaced_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.conf"
    assert replaced(path, "one\n")
    assert path.stat().st_mode & 0o777 == 0o640
    inode = path.stat().st_ino
    assert not replaced(path, "one\n")
    assert path.stat().st_ino == inode
    path.chmod(0o644)
    assert replaced(path, "two\n")
    assert path.read_text() == "two\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["a.conf"]


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be written: No such file"):
        replaced(tmp_path / "none" / "a.conf", "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableFile, match="cannot be written"):
        replaced(tmp_path / "folder", "x")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]
