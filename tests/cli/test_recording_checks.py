"""What `doctor` says where talks are recorded: by what it sees, and of a real Asterisk."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer.cli.finding import Level
from ccdialer.cli.recording_checks import folder_findings, recording_checks, trial_finding
from ccdialer.config import Ari, Config, Connect, RecordingFormat, Recordings
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState
from tests.lab.fixtures import Lab, lab
from tests.lab.ports import free_port

__all__ = ["lab"]

SETTINGS = CampaignSettings("PJSIP/{digits}@trunk", record=True)
DEMO = Campaign(1, 1, "demo", CampaignState.ACTIVE, SETTINGS)
NAME = "2026-11-25/0abc"


def config_of(lab: Lab, **recordings: object) -> Config:
    plan, spool = lab.asterisk.plan, lab.asterisk.folder / "spool" / "recording"
    ari = Ari(plan.ari_url, plan.ari_user, plan.ari_password, connect=Connect.INBOUND)
    shipped = Recordings(str(spool), min_free_gb=0)
    return Config(ari=ari, recordings=replace(shipped, **recordings))  # type: ignore[arg-type]


def test_where_nothing_is_recorded_nothing_is_said() -> None:
    quiet = replace(DEMO, settings=replace(SETTINGS, record=False))
    assert list(recording_checks(Config(), (quiet,))) == []


def test_the_folder_is_there_and_has_room(tmp_path: Path) -> None:
    def level(**changes: float) -> Level:
        (found,) = folder_findings(replace(Recordings(str(tmp_path)), **changes))  # type: ignore[arg-type]
        return found.level

    free_gb = shutil.disk_usage(tmp_path).free / 1e9
    assert level(min_free_gb=0) is Level.OK
    assert level(min_free_gb=free_gb * 0.9) is Level.WARN
    assert level(min_free_gb=free_gb * 2) is Level.FAIL
    (missing,) = folder_findings(Recordings(str(tmp_path / "none")))
    assert (missing.level, "No such file" in missing.seen) == (Level.FAIL, True)


def test_what_asterisk_wrote_must_be_seen_here(tmp_path: Path) -> None:
    wanted = Recordings(str(tmp_path))
    assert "astspooldir" in trial_finding(wanted, NAME, "").remedy
    (tmp_path / "2026-11-25").mkdir()
    (tmp_path / f"{NAME}.wav").write_bytes(b"")
    assert trial_finding(wanted, NAME, "").level is Level.OK
    assert "500 no" in trial_finding(wanted, NAME, "500 no").seen


@pytest.mark.lab
def test_a_real_asterisk_writes_a_recording_and_deletes_it(lab: Lab) -> None:
    config = config_of(lab)
    findings = list(recording_checks(config, (DEMO,)))
    assert [found.level for found in findings] == [Level.OK, Level.OK]
    spool = Path(config.recordings.folder)
    assert [path for path in spool.rglob("*") if path.is_file()] == []


@pytest.mark.lab
def test_a_format_that_asterisk_lacks_is_told(lab: Lab) -> None:
    *_, trial = recording_checks(config_of(lab, format=RecordingFormat.WAV49), (DEMO,))
    assert trial.level is Level.FAIL
    assert "specified format is unknown" in trial.seen


@pytest.mark.lab
def test_another_folder_than_asterisk_s_is_told(lab: Lab, tmp_path: Path) -> None:
    *_, trial = recording_checks(config_of(lab, folder=str(tmp_path)), (DEMO,))
    assert (trial.level, "not in" in trial.seen) == (Level.FAIL, True)


def test_an_asterisk_that_is_away_is_told_elsewhere(tmp_path: Path) -> None:
    config = Config(
        ari=Ari(f"http://127.0.0.1:{free_port()}/ari"), recordings=Recordings(str(tmp_path))
    )
    assert len(list(recording_checks(config, (DEMO,)))) == 1
