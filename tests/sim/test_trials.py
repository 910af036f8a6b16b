"""Trials: the same days whatever the number of processes, in the order asked for."""

from ccdialer.core.campaign import Mode
from ccdialer.sim.trials import Trial, live
from tests.sim.scenes import small


def test_processes_change_nothing() -> None:
    trials = [Trial(small(Mode.PREDICTIVE), seed) for seed in (3, 1, 2)]
    alone = list(live(trials, 1))
    assert [days[0].seed for days in alone] == [3, 1, 2]
    assert list(live(trials, 2)) == alone


def test_who_stops_asking_gets_no_more() -> None:
    begun = live([Trial(small(), seed) for seed in (1, 2, 3)], 2)
    assert next(begun)[0].seed == 1
    begun.close()
    assert list(begun) == []
