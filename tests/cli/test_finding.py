"""Levels of findings."""

from ccdialer.cli.finding import Level, fail, ok, warn


def test_levels() -> None:
    assert ok("disk", "10 GB").level is Level.OK
    assert ok("disk", "10 GB").remedy == ""
    assert warn("disk", "1 GB", "make room").level is Level.WARN
    assert fail("disk", "0 GB", "make room").level is Level.FAIL
