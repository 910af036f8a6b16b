"""The span of a report ends now at the latest."""

from ccdialer.reports.span import Span, span


def test_nothing_said_means_everything_until_now() -> None:
    assert span(None, None, 1000) == Span(0, 1000)


def test_the_future_is_not_reported() -> None:
    assert span(10, 5000, 1000) == Span(10, 1000)
    assert span(10, 500, 1000) == Span(10, 500)
