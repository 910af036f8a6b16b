"""A service that may lose its answers, which `there` of a test module carries out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.crm.fakes.losing import Losing, serve
from tests.crm.fakes.server import FakeServer


@pytest.fixture
def losing(there: Any) -> Losing:
    return Losing(there.answer)


@pytest.fixture
def server(losing: Losing) -> Iterator[FakeServer]:
    with serve(losing) as running:
        yield running
