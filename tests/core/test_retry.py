"""When again, or never."""

from dataclasses import replace

import pytest

from ccdialer.core.disposition import Disposition
from ccdialer.core.result import Unresolved
from ccdialer.core.retry import decide
from ccdialer.core.task import Task, TaskMove
from tests.core.world import SETTINGS

TASK = Task(1, 1, ("+79160000001",))
D, M = Disposition, TaskMove


@pytest.mark.parametrize(
    ("disposition", "move", "after_s", "counts"),
    [
        (D.TALKED, M.FINISH, 0.0, True),
        (D.ABANDONED, M.RETRY, 259200.0, True),
        (D.LEFT, M.RETRY, 3600.0, True),
        (D.MACHINE, M.RETRY, 7200.0, True),
        (D.BUSY, M.RETRY, 600.0, True),
        (D.NO_ANSWER, M.RETRY, 3600.0, True),
        (D.REJECTED, M.RETRY, 14400.0, True),
        (D.UNREACHABLE, M.RETRY, 7200.0, True),
        (D.UNALLOCATED, M.GIVE_UP, 0.0, True),
        (D.CONGESTION, M.RETRY, 120.0, False),
        (D.FAILED, M.RETRY, 1800.0, False),
        (D.CANCELLED, M.RETRY, 600.0, False),
        (D.LOST, M.RETRY, 3600.0, True),
    ],
)
def test_the_shipped_table(
    disposition: Disposition, move: TaskMove, after_s: float, counts: bool
) -> None:
    decision = decide(SETTINGS, TASK, disposition)
    assert (decision.move, decision.after_s, decision.counts) == (move, after_s, counts)


def test_the_last_attempt_is_the_last() -> None:
    settings = replace(SETTINGS, max_attempts=3)
    assert decide(settings, replace(TASK, attempts=1), D.BUSY).move is M.RETRY
    assert decide(settings, replace(TASK, attempts=2), D.BUSY).move is M.GIVE_UP
    assert decide(settings, replace(TASK, attempts=2), D.CONGESTION).move is M.RETRY


def test_a_bad_number_is_left_and_the_next_one_tried() -> None:
    decision = decide(SETTINGS, replace(TASK, numbers=("+7916", "+7917")), D.UNALLOCATED)
    assert (decision.move, decision.bad_number) == (M.RETRY, True)


def test_a_talk_without_a_result_is_called_again_where_the_campaign_wants_one() -> None:
    settings = replace(SETTINGS, unresolved=Unresolved.AGAIN)
    decision = decide(settings, TASK, D.TALKED)
    assert (decision.move, decision.after_s) == (M.RETRY, settings.retry_after_s[D.LEFT])
