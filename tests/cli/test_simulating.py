"""What commands that simulate share."""

from __future__ import annotations

from ccdialer.cli.simulating import left_out, lived, origin_rows
from ccdialer.sim.learning import Learned, Origin
from ccdialer.sim.scenario import Callees
from tests.sim.test_seeds import twice


def test_work_is_done_for_every_seed() -> None:
    assert lived(twice, 2, "doubling") == [2, 4]


def test_where_quantities_come_from() -> None:
    origins = (Origin("talk", "93.0 s in the mean", 80), Origin("busy", "8.0%", 0))
    found = Learned(Callees(), origins, {"lost": 1, "congestion": 3})
    assert origin_rows(found) == [
        ("talk", "93.0 s in the mean", "learned from 80", 80),
        ("busy", "8.0%", "assumed", 0),
    ]
    assert left_out(found) == "not learned from: congestion 3, lost 1"
    assert left_out(Learned(Callees(), ())) == ""
