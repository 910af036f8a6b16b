"""The units of systemd/: accepted by systemd, hardened, and in step with the daemon."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from ccdialer import config
from ccdialer.runtime import daemon

FOLDER = Path(__file__).parent.parent / "systemd"
EXPOSURE_MAX = 3.0  # of 10, systemd's own measure
ANALYZE = shutil.which("systemd-analyze")

needs_analyze = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


class Unit(configparser.ConfigParser):
    """A unit file; of a key written twice the last line counts here."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def service() -> configparser.SectionProxy:
    unit = Unit(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    unit.read(FOLDER / "ccdialer.service")
    return unit["Service"]


@pytest.fixture
def runnable(tmp_path: Path) -> Path:
    """The unit with a program that exists here, as systemd-analyze looks for it."""
    text = (FOLDER / "ccdialer.service").read_text()
    unit = tmp_path / "ccdialer.service"
    unit.write_text(text.replace("/opt/ccdialer/bin/ccdialer", "/bin/true"))
    return unit


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run(
        [ANALYZE, "--no-pager", *words], capture_output=True, text=True, check=False
    )


@needs_analyze
def test_systemd_accepts_the_unit(runnable: Path) -> None:
    verdict = analyze("verify", "--man=no", str(runnable))
    complaints = [line for line in verdict.stderr.splitlines() if runnable.name in line]
    assert (verdict.returncode, complaints) == (0, [])


@needs_analyze
def test_the_unit_is_hardened(runnable: Path) -> None:
    threshold = f"--threshold={EXPOSURE_MAX * 10:.0f}"
    verdict = analyze("security", "--offline=true", threshold, str(runnable))
    assert verdict.returncode == 0, verdict.stdout[-500:] + verdict.stderr


def test_readiness_and_life_are_told_by_the_daemon() -> None:
    unit = service()
    assert unit["Type"] == "notify"
    assert int(unit["WatchdogSec"]) > 0
    assert unit["ExecReload"].endswith("kill -HUP $MAINPID")


def test_a_restart_of_asterisk_leaves_the_daemon_alone() -> None:
    text = (FOLDER / "ccdialer.service").read_text()
    bindings = ("Requires=", "Requisite=", "BindsTo=", "PartOf=")
    assert not [line for line in text.splitlines() if line.startswith(bindings)]


def test_the_drain_is_over_before_systemd_kills() -> None:
    hang_up_s = 10
    patience_s = int(service()["TimeoutStopSec"])
    assert patience_s >= config.Config().daemon.drain_s + daemon.FLUSH_S + hang_up_s


def test_the_unit_names_the_places_of_the_configuration() -> None:
    unit, shipped = service(), config.Config()
    assert unit["Environment"] == f"{config.VARIABLE}={config.SYSTEM_PATH}"
    assert shipped.socket.startswith(f"/run/{unit['RuntimeDirectory']}/")
    assert shipped.database.startswith(f"sqlite:////var/lib/{unit['StateDirectory']}/")
