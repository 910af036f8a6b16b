"""A caller who is given back comes with every variable, and with a queue that is the one meant."""

from __future__ import annotations

from ccdialer.core.queue import Caller, QueueStatus
from ccdialer.core.sending_back import answer, overflow_of
from ccdialer.core.target import target_of
from tests.core.world import World


def test_a_queue_sends_its_callers_to_its_own_projects_queue() -> None:
    world = World()
    world.queue(8, overflow="queue campaign 9")
    world.queue(9, overflow="extension 200")
    board = world.board
    assert str(overflow_of(board, board.runs[8])) == "queue campaign 9"
    assert str(overflow_of(board, board.runs[9])) == "extension 200"
    world.queue(8, overflow="queue nowhere")
    assert str(overflow_of(board, board.runs[8])) == "queue nowhere"


def test_every_variable_is_set() -> None:
    back = answer(Caller("ab", "1.7"), QueueStatus.FULL, target_of("queue north/sales"))
    assert back.leg_id == "1.7"
    assert dict(back.variables) == {
        "CCD_QUEUE_STATUS": "FULL",
        "CCD_TARGET_KIND": "queue",
        "CCD_TARGET": "north%2Fsales",
        "CCD_CALL": "ab",
    }
    assert dict(answer(Caller("ab", "1.7"), QueueStatus.ERROR).variables)["CCD_TARGET"] == ""
