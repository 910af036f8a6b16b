"""Random examples that all begin with the same database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from hypothesis import HealthCheck, Phase, settings

on_one_database = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Each example takes back what it has written: see `undone`."""


class _Undone(Exception):
    """What was written is taken back."""


@contextmanager
def undone(transaction: AbstractContextManager[object]) -> Iterator[None]:
    """What is written meanwhile, in a transaction or to a savepoint, is taken back at the end."""
    try:
        with transaction:
            yield
            raise _Undone
    except _Undone:
        pass
