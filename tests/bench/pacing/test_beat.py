from tests.bench.pacing.beat import Beat


def test_it_is_due_once_in_each_span() -> None:
    beat = Beat(2.5)
    due = [now / 2.0 for now in range(20) if beat.is_due(now / 2.0)]
    assert due == [0.0, 2.5, 5.0, 7.5]


def test_a_span_that_nobody_asked_in_is_not_made_up_for() -> None:
    beat = Beat(15.0)
    assert [beat.is_due(now) for now in (0.0, 47.0, 47.5, 59.9, 60.0)] == [
        *(True, True, False, False, True)
    ]
