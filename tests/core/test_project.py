"""What is set of a project as shipped."""

from ccdialer.core.project import Distribution, Project


def test_as_shipped_the_longest_idle_is_next() -> None:
    assert Project(1, "sales").settings.distribution is Distribution.LONGEST_IDLE
