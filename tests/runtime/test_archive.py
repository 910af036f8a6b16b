"""Where a recording lies, and which files are recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.config import RecordingFormat
from ccdialer.runtime.archive import RATES, path_of, seconds_of, seen_in, size_of

NAME = "2026-11-25/0abc"


def test_a_path_is_the_folder_the_name_and_the_ending() -> None:
    assert path_of("/spool", NAME, "wav") == Path("/spool/2026-11-25/0abc.wav")
    assert path_of("/spool", NAME, "wav49") == Path("/spool/2026-11-25/0abc.WAV")


@pytest.mark.parametrize("name", ["../etc/passwd", "2026-11-25/../../x", "/etc/passwd", ""])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a recording"):
        path_of("/spool", name, "wav")


def test_a_size_is_a_length() -> None:
    assert seconds_of("wav", 44 + 32000) == 2.0
    assert seconds_of("ulaw", 4000) == 0.5
    assert seconds_of("wav", 0) == 0.0
    assert set(RATES) == set(RecordingFormat)


def test_only_recordings_are_seen(tmp_path: Path) -> None:
    for name in (f"{NAME}.wav", "2026-11-25/0abd-2.gsm", "2026-11-25/notes.txt.wav", "other.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "2026-11-25" / "0abe.wav").symlink_to(tmp_path / "other.wav")
    (tmp_path / "2026-11-26").symlink_to(tmp_path / "2026-11-25")
    assert sorted((f.name, f.size) for f in seen_in(str(tmp_path))) == [
        (NAME, 5),
        ("2026-11-25/0abd-2", 5),
    ]
    assert size_of(str(tmp_path), NAME, "wav") == 5
    assert size_of(str(tmp_path), NAME, "gsm") is None


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(seen_in(str(tmp_path / "none")))
