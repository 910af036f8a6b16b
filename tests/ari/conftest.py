"""Fixtures of the lab, for the tests of the room that talks to Asterisk."""

from tests.lab.fixtures import lab

__all__ = ["lab"]
