"""Fixtures of the lab, for the tests of the room that talks to Asterisk."""

from tests.lab.fixtures import lab, running_lab

__all__ = ["lab", "running_lab"]
