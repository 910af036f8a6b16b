"""Hang-up causes become results."""

import pytest

from ccdialer.core.disposition import Disposition, of_unanswered

D = Disposition


@pytest.mark.parametrize(
    ("cause", "sip_code", "disposition"),
    [
        (17, 486, D.BUSY),
        (17, None, D.BUSY),
        (19, None, D.NO_ANSWER),
        (21, 603, D.REJECTED),
        (1, 404, D.UNALLOCATED),
        (28, 484, D.UNALLOCATED),
        (20, 480, D.UNREACHABLE),
        (34, None, D.CONGESTION),
        (38, 503, D.CONGESTION),
        (16, 487, D.CANCELLED),
    ],
)
def test_the_results_a_caller_must_tell_apart(
    cause: int, sip_code: int | None, disposition: Disposition
) -> None:
    assert of_unanswered(cause, sip_code) is disposition


def test_the_sip_status_is_believed_before_the_cause() -> None:
    assert of_unanswered(17, 603) is D.REJECTED


def test_what_nobody_knows_is_a_failure() -> None:
    assert of_unanswered(99, None) is D.FAILED
    assert of_unanswered(99, 799) is D.FAILED
