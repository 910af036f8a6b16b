"""Fixtures of the lab for the tests in this folder."""

from tests.lab.fixtures import lab, make, make_sqlite

__all__ = ["lab", "make", "make_sqlite"]
