"""Pytest fixtures: one Asterisk, one carrier and the phones per session, and a search for leaks."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab import sipp
from tests.lab.asterisk import Asterisk, Plan
from tests.lab.running import Make, Running
from tests.lab.site import Site

LEAK_LIMIT_S = 8.0
BRISK = sipp.Manners(ring_ms=(300, 700), talk_ms=(1500, 300), media=False)


@dataclass(frozen=True)
class Lab:
    """What a test of the lab has in its hands."""

    asterisk: Asterisk
    carrier: sipp.Sipp
    phones: sipp.Sipp
    folder: Path


@pytest.fixture(scope="session")
def running_lab() -> Iterator[Lab]:
    """Asterisk, the carrier and the phones, started once. Callees talk for three seconds."""
    folder = Path(tempfile.mkdtemp(prefix="ccd-lab-"))
    asterisk = Asterisk(folder / "asterisk")
    # AMD() needs a second and a half to tell a person: who talks for less is gone before.
    manners = sipp.Manners(ring_ms=(300, 600), talk_ms=(3000, 200))
    asterisk.start()
    carrier = sipp.carrier(folder / "carrier", asterisk.plan.carrier_port, manners)
    phones = sipp.phones(folder / "phones", asterisk.plan.phones_port)
    yield Lab(asterisk, carrier, phones, folder)
    for part in (phones, carrier, asterisk):
        part.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def lab(running_lab: Lab) -> Iterator[Lab]:
    """The running lab; a test that leaves a channel, a bridge or a busy phone behind fails."""
    yield running_lab
    leaks = leaks_of(running_lab.asterisk)
    sweep(running_lab.asterisk)
    assert not leaks, f"left behind: {leaks}"


def leaks_of(asterisk: Asterisk) -> list[str]:
    """Channels (of phones in use too) and bridges that are still there after a while of grace."""
    if not asterisk.is_running():
        return ["Asterisk does not run"]
    try:
        sipp.wait_until(lambda: not asterisk.channels() and not asterisk.bridges(), LEAK_LIMIT_S)
    except AssertionError:
        return asterisk.channels() + asterisk.bridges()
    return []


def sweep(asterisk: Asterisk) -> None:
    """Make the lab usable for the next test, whatever this one did to it."""
    if not asterisk.is_running():
        asterisk.kill()
        asterisk.start()
    elif asterisk.channels() or asterisk.bridges():
        asterisk.restart()


@pytest.fixture
def make(tmp_path: Path, database_url: str) -> Iterator[Make]:
    """Starts a site of its own, on each kind of database; no call of it may be left at the end."""
    yield from _making(tmp_path, database_url)


@pytest.fixture
def make_sqlite(tmp_path: Path) -> Iterator[Make]:
    """The same on SQLite alone, where the database makes no difference."""
    yield from _making(tmp_path, f"sqlite:///{tmp_path}/site.db")


def _making(tmp_path: Path, url: str) -> Iterator[Make]:
    made: list[Running] = []

    def start(manners: sipp.Manners = BRISK, **plan: Any) -> Running:
        site = Site(tmp_path / "site", Plan(**{"agents": 5, **plan}), manners, url)
        site.start()
        made.append(Running(site))
        return made[0]

    yield start
    for running in made:
        leaks = leaks_of(running.site.asterisk)
        running.end()
        assert not leaks, f"left behind: {leaks}"
