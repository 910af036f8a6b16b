"""Fixtures of the lab for the tests in this folder."""

from tests.lab.fixtures import lab, running_lab

__all__ = ["lab", "running_lab"]
