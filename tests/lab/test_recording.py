"""Talks are recorded by a real Asterisk: both voices, from the join to the end, one file each."""

from __future__ import annotations

import json
import subprocess
import wave
from array import array
from pathlib import Path
from typing import Any

import pytest

from tests.lab import sipp
from tests.lab.ari import ask
from tests.lab.running import Make, Running
from tests.lab.sipp import Manners, wait_until
from tests.lab.sound import loudness

pytestmark = pytest.mark.lab

CLIENT_HZ, AGENT_HZ, NEITHER_HZ = 440.0, 1000.0, 700.0
HEARD = 1500.0  # of an amplitude of 8000
HUMMING = Manners(ring_ms=(300, 700), talk_ms=(2500, 100), tone_hz=CLIENT_HZ)
APART_S = 1.0  # a file may be this much longer or shorter than its talk

ROWS = """
    SELECT name, recording.state, seconds, size, recording.reason, ended_at - joined_at, agent_id
    FROM recording JOIN attempt ON attempt.id = attempt_id ORDER BY begun_at"""


def humming(make: Make, manners: Manners = HUMMING) -> Running:
    """A site whose clients and agents hum, each his tone."""
    running = make(manners)
    site = running.site
    assert site.phones is not None
    site.phones.stop()
    hum = site.folder / "humming"
    site.phones = sipp.phones(hum, site.plan.phones_port, tone_hz=AGENT_HZ)
    return running


def recordings(running: Running) -> list[dict[str, Any]]:
    keys = ("name", "state", "seconds", "size", "reason", "talk_ms", "agent_id")
    return [dict(zip(keys, row, strict=True)) for row in running.database.rows(ROWS)]


def path_of(running: Running, found: dict[str, Any]) -> Path:
    return running.site.recordings / f"{found['name']}.wav"


def samples(path: Path) -> tuple[array[int], int]:
    """All samples, and how many there are to a second."""
    with wave.open(str(path)) as file:
        return array("h", file.readframes(file.getnframes())), file.getframerate()


def assert_holds_the_talk(running: Running, found: dict[str, Any]) -> None:
    """Both voices, as long as client and agent were together."""
    heard, rate = samples(path_of(running, found))
    middle = heard[len(heard) // 4 : -len(heard) // 4]
    assert loudness(middle, CLIENT_HZ, rate) > HEARD
    assert loudness(middle, AGENT_HZ, rate) > HEARD
    assert loudness(middle, NEITHER_HZ, rate) < HEARD / 10
    length_s = len(heard) / rate
    assert abs(length_s - found["talk_ms"] / 1000) < APART_S
    assert found["seconds"] == pytest.approx(length_s, abs=0.01)
    assert found["size"] == path_of(running, found).stat().st_size


@pytest.mark.parametrize("kept_up", [True, False])
def test_each_talk_is_a_file_with_both_voices(make_sqlite: Make, kept_up: bool) -> None:
    running = humming(make_sqlite)
    running.fill(2, {1: 1}, kept_up=kept_up, record=True)
    running.start()
    running.ask("login", logins=["agent1"])
    running.wait_done()
    wait_until(lambda: [r["state"] for r in recordings(running)] == ["done"] * 2, 10)
    found = recordings(running)
    for each in found:
        assert_holds_the_talk(running, each)
    assert found[0]["agent_id"] == found[1]["agent_id"]
    assert len(list(running.site.recordings.rglob("*.wav"))) == 2
    assert reported(running) == {each["name"] for each in found}
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


def reported(running: Running) -> set[str]:
    """Names of recordings by `report attempts`."""
    argv = [str(running.site.folder / "ccdialer"), "report", "attempts", "--format", "json"]
    rows = json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    return {row["recording_name"] for row in rows}


def test_a_recording_outlives_the_daemon(make_sqlite: Make) -> None:
    running = humming(make_sqlite, Manners(talk_ms=(6000, 1), tone_hz=CLIENT_HZ))
    running.fill(1, {1: 1}, record=True)
    running.start()
    running.ask("login", logins=["agent1"])
    wait_until(lambda: [r["state"] for r in recordings(running)] == ["running"], 10)
    running.kill()
    running.start()
    assert running.snapshot()["calls_by_state"] == {"talking": 1}
    running.wait_done()
    wait_until(lambda: [r["state"] for r in recordings(running)] == ["done"], 10)
    assert_holds_the_talk(running, recordings(running)[0])
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


@pytest.mark.parametrize(("notice", "is_heard"), [("sound:im-sorry", True), ("", False)])
def test_a_notice_is_heard_and_is_in_the_recording(
    make_sqlite: Make, notice: str, is_heard: bool
) -> None:
    running = make_sqlite(Manners(talk_ms=(3000, 1), media=False))  # nobody says a word
    running.fill(1, {1: 1}, record=True, record_notice=notice)
    running.start()
    running.ask("login", logins=["agent1"])
    running.wait_done()
    wait_until(lambda: [r["state"] for r in recordings(running)] == ["done"], 10)
    heard, rate = samples(path_of(running, recordings(running)[0]))
    assert (max(abs(sample) for sample in heard[:rate]) > HEARD) is is_heard
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


def test_a_folder_that_cannot_be_written_costs_no_call(make_sqlite: Make) -> None:
    running = make_sqlite()
    running.site.recordings.rmdir()
    running.site.recordings.write_text("a file where the folder should be")
    running.fill(3, {1: 1}, record=True)
    running.start()
    running.ask("login", logins=["agent1"])
    running.wait_done()
    assert running.dispositions() == {"talked": 3}
    assert [r["state"] for r in recordings(running)] == ["failed"] * 3
    assert all("Asterisk refuses it" in r["reason"] for r in recordings(running))
    running.ask("logout", all=True)
    assert running.stop() == 0, running.log


def test_asterisk_deletes_what_is_to_go(make_sqlite: Make) -> None:
    running = make_sqlite()
    plan = running.site.plan
    day = running.site.recordings / "2026-11-25"
    day.mkdir(parents=True)
    (day / "0abc.wav").write_bytes(b"RIFF")
    assert ask(plan, "GET", "recordings/stored/2026-11-25%2F0abc")["format"] == "wav"
    ask(plan, "DELETE", "recordings/stored/2026-11-25%2F0abc")
    assert list(day.iterdir()) == []
