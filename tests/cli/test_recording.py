"""`ccdialer recording`: list, show, path, export, delete."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ccdialer import storage
from ccdialer.core.commands import NoteRecording, OpenRecording
from ccdialer.core.stored import RecordingState
from tests.cli.prompt import Prompt

S = RecordingState
NOW = 1_790_000_000_000
IDS = [f"{n:032x}" for n in range(3)]
LIVE = IDS[2]


@pytest.fixture
def shelf(prompt: Prompt) -> Path:
    """Three recorded talks of the campaign `demo`: anna's, boris's, and one that goes on."""
    folder = prompt.folder / "shelf"
    prompt.config.write_text(
        f"{prompt.config.read_text()}recordings: {{folder: {folder}, min_free_gb: 0}}\n"
    )
    prompt.import_agents()
    prompt.import_tasks()
    path = prompt.file("more.csv", "phone\n+79161234569\n")
    prompt.run("task", "import", str(path), "--campaign", "demo")
    with prompt.database() as database:
        for n, attempt_id in enumerate(IDS):
            _talk(database, n, attempt_id, folder)
    return folder


def _talk(database: storage.Database, n: int, attempt_id: str, folder: Path) -> None:
    at, agent = NOW + n * 60_000, storage.agent_by_login(database, ("anna", "boris", "anna")[n])
    database.run(
        "INSERT INTO attempt (id, task_id, campaign_id, number, node, opened_at, joined_at,"
        " ended_at, agent_id, counts, note) VALUES (?, ?, 1, ?, 'main', ?, ?, ?, ?, ?, '')",
        (
            *(attempt_id, n + 1, f"+7916123456{7 + n}", at, at + 5000),
            *(None if attempt_id == LIVE else at + 8000, agent.id, True),
        ),
    )
    name = f"2026-09-21/{attempt_id}"
    done = NoteRecording(attempt_id, name, S.DONE, at / 1000, "", 3.0, 48044)
    news = [] if attempt_id == LIVE else [done]
    opened = OpenRecording(attempt_id, name, "wav", at / 1000)
    storage.carry_out(database, [opened, *news], "main", lambda s: round(s * 1000), at)
    path = folder / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(48044))


def listed(prompt: Prompt, *words: str) -> list[str]:
    return [row["attempt_id"] for row in prompt.json("recording", "list", *words)]


def test_recordings_are_found_by_whose_they_are(prompt: Prompt, shelf: Path) -> None:
    assert listed(prompt) == listed(prompt, "--campaign", "demo") == IDS
    assert listed(prompt, "--agent", "boris") == [IDS[1]]
    assert listed(prompt, "--number", "8 916 123-45-68") == [IDS[1]]
    assert listed(prompt, "--state", "asked") == [LIVE]
    assert listed(prompt, "--since", "2030-01-01") == []
    assert listed(prompt, "--limit", "1") == IDS[:1]
    text = prompt.run("recording", "list").stdout
    assert "+79161234567" in text
    assert "0.05" in text


def test_what_is_not_known_is_told(prompt: Prompt, shelf: Path) -> None:
    assert "has no recording" in prompt.run("recording", "show", "abc", code=1).stderr
    assert (
        "is not a phone number" in prompt.run("recording", "list", "--number", "x", code=2).stderr
    )
    prompt.run("recording", "list", "--agent", "nobody", code=1)
    prompt.run("recording", "list", "--campaign", "nothing", code=1)


def test_show_and_path_lead_to_the_file(prompt: Prompt, shelf: Path) -> None:
    path = shelf / "2026-09-21" / f"{IDS[0]}.wav"
    assert str(path) in prompt.run("recording", "show", IDS[0]).stdout
    assert prompt.run("recording", "path", IDS[0]).stdout == f"{path}\n"
    path.unlink()
    assert "(not there)" in prompt.run("recording", "show", IDS[0]).stdout
    refused = prompt.run("recording", "path", IDS[0], code=1)
    assert "is not there; the recording is done, at node main" in refused.stderr


def test_export_copies_what_is_done_and_tells_whose_it_is(prompt: Prompt, shelf: Path) -> None:
    target = prompt.folder / "out"
    for _ in range(2):  # a second time, nothing is copied
        assert "2 recordings are in" in prompt.run("recording", "export", str(target)).stdout
    copies = sorted(path.name for path in target.rglob("*.wav"))
    assert copies == [f"{IDS[0]}.wav", f"{IDS[1]}.wav"]
    with (target / "recordings.csv").open(encoding="utf-8") as index:
        rows = list(csv.DictReader(index))
    assert [(row["agent"], row["number"]) for row in rows] == [
        ("anna", "+79161234567"),
        ("boris", "+79161234568"),
    ]
    (shelf / "2026-09-21" / f"{IDS[1]}.wav").unlink()
    lacking = prompt.run("recording", "export", str(prompt.folder / "again"), code=1)
    assert "1 files are not there" in lacking.stderr


def test_delete_marks_at_once_though_asterisk_is_away(prompt: Prompt, shelf: Path) -> None:
    done = prompt.run("recording", "delete", IDS[0])
    assert "1 recordings deleted" in done.stdout
    assert "some files go later: Asterisk does not answer" in done.stderr
    assert listed(prompt, "--state", "deleted") == [IDS[0]]
    rows = prompt.json("report", "attempts")
    assert [row["recording"] for row in rows] == ["deleted", "done", "asked"]
    with prompt.database() as database:
        (entry,) = storage.read_journal(database, "recording")
    assert (entry["reason"], entry["detail"]) == ("deleted by command", {"files": 1})


def test_the_recording_of_a_live_talk_stays(prompt: Prompt, shelf: Path) -> None:
    refused = prompt.run("recording", "delete", "--campaign", "demo", "--all", code=1)
    assert "2 recordings deleted" in refused.stdout
    assert "1 are of talks that go on" in refused.stderr
    assert listed(prompt, "--state", "deleted") == IDS[:2]


@pytest.mark.parametrize("words", [(), ("--all",), ("--campaign", "demo"), ("a", "--all")])
def test_delete_must_be_meant(prompt: Prompt, shelf: Path, words: tuple[str, ...]) -> None:
    assert "and --all" in prompt.run("recording", "delete", *words, code=2).stderr
