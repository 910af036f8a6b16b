"""Work for many seeds."""

from ccdialer.sim.seeds import over_seeds


def twice(seed: int) -> int:
    return 2 * seed


def test_seeds_come_in_order_whatever_process_did_them() -> None:
    assert list(over_seeds(twice, 5)) == [2, 4, 6, 8, 10]
    assert list(over_seeds(twice, 1)) == [2]
