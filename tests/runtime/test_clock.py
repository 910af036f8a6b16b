"""Engine time does not jump, calendar time follows; ids sort by birth."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from ccdialer.runtime import clock
from ccdialer.runtime.clock import Clock, new_id

HOUR_S = 3600.0


class Wall:
    """The machine's clock, that somebody sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.elapsed = 1_800_000_000.0, 500.0
        machine = SimpleNamespace(time=lambda: self.wall, monotonic=lambda: self.elapsed)
        monkeypatch.setattr(clock, "time", machine)

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.elapsed += seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


def test_engine_time_is_the_calendar_s_as_long_as_nobody_sets_the_clock(wall: Wall) -> None:
    engine = Clock()
    wall.passes(42.5)
    assert engine.now() == pytest.approx(wall.wall)
    assert engine.drift() == pytest.approx(0.0)
    assert engine.to_wall(engine.now()) == round(wall.wall * 1000)


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S])
def test_a_stepped_clock_moves_no_deadline_and_is_written_down(wall: Wall, step_s: float) -> None:
    engine = Clock()
    before = engine.now()
    wall.wall += step_s
    assert engine.now() == before
    wall.passes(10.0)
    assert engine.now() == pytest.approx(before + 10.0)
    assert engine.drift() == pytest.approx(step_s)
    assert engine.to_wall(engine.now()) == round(wall.wall * 1000)


def test_the_real_clock_is_in_seconds_since_the_epoch() -> None:
    before, now, after = time.time(), Clock().now(), time.time()
    assert before - 0.5 <= now <= after + 0.5


def test_ids_are_unique_and_of_one_length() -> None:
    ids = {new_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert {len(i) for i in ids} == {32}
    assert all(int(i, 16) >= 0 and i == i.lower() for i in ids)


def test_ids_sort_by_the_millisecond_of_their_birth(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [1_800_000_000_000]
    monkeypatch.setattr(clock, "time", SimpleNamespace(time_ns=lambda: at[0] * 1_000_000))
    ids = []
    for step in (0, 1, 1, 1000, 86_400_000, 4_000_000_000_000):
        at[0] += step
        ids.append(new_id())
    by_millisecond = sorted(ids, key=lambda i: i[:12])
    assert by_millisecond == ids
    assert ids[3:] == sorted(ids[3:])
