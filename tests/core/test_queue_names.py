"""A queue's name is its project's own, and no other queue is taken for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.queue_names import full_name, place_of, queue_meant, queue_names
from tests.core.world import World

SALES, NORTH, NIGHT = ("moscow", "sales"), ("north", "sales"), ("north", "night")
KNOWN = {SALES, NORTH, NIGHT}

names = st.sampled_from(["a", "b", "a/b", "b/a", "a/b/a"])
places = st.sets(st.tuples(names, names), min_size=1)


def test_the_projects_own_goes_before_others() -> None:
    assert queue_meant("sales", "moscow", KNOWN) == SALES
    assert queue_meant("sales", "north", KNOWN) == NORTH
    assert queue_meant("north/sales", "moscow", KNOWN) == NORTH


def test_the_only_one_of_a_name_needs_no_project() -> None:
    assert queue_meant("night", "", KNOWN) == NIGHT
    assert queue_meant("night", "moscow", KNOWN) == NIGHT


def test_of_two_nobody_is_meant_without_a_project() -> None:
    assert queue_meant("sales", "", KNOWN) is None
    assert queue_meant("sales", "south", KNOWN) is None
    assert queue_meant("south/sales", "", KNOWN) is None
    assert queue_meant("", "", KNOWN) is None


def test_a_name_says_its_project_where_it_must() -> None:
    assert [full_name(place, KNOWN) for place in (SALES, NORTH, NIGHT)] == [
        "moscow/sales",
        "north/sales",
        "night",
    ]


@given(places)
def test_a_full_name_means_that_queue(
    known: set[tuple[str, str]],
) -> None:
    plain = {place for place in known if not any("/" in part for part in place)}
    for place in plain:
        assert queue_meant(full_name(place, plain), "", plain) == place


@given(places)
def test_a_project_always_means_its_own(known: set[tuple[str, str]]) -> None:
    assert all(queue_meant(name, project, known) == (project, name) for project, name in known)


def test_the_queues_of_a_board() -> None:
    world = World()
    world.queue(8)
    world.queue(9)
    board = world.board
    assert place_of(board, board.runs[9])[1] == "campaign 9"
    assert set(queue_names(board).values()) == {board.runs[8], board.runs[9]}
