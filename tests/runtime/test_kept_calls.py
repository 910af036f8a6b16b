"""Kept calls are told once the scripts can hear, and before anybody looks for forgotten ones."""

from __future__ import annotations

import asyncio
import time

import pytest
from structlog.testing import capture_logs

from ccdialer.ari.census import Census
from ccdialer.runtime.kept_calls import KeptCalls

CENSUS = Census((), (), frozenset(), (), "22", 0.0, time.monotonic())


class Asterisk:
    """Notes what happens, in order."""

    def __init__(self, keeps: bool = True, tells: bool = True) -> None:
        self.keeps, self.tells = keeps, tells
        self.happened: list[str] = []
        self.marks: list[str] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def tell_kept(self, mark: str) -> bool:
        self.happened.append("told")
        self.marks.append(mark)
        await self.goes_on.wait()
        return self.tells

    async def keeps_any(self) -> bool:
        return self.keeps

    def then(self, census: Census) -> None:
        self.happened.append("then")


def kept_by(asterisk: Asterisk) -> KeptCalls:
    made = KeptCalls(asterisk.then)
    made.keeper = asterisk
    return made


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_the_scripts_hear_first() -> None:
    asterisk = Asterisk()
    kept = kept_by(asterisk)
    kept.found(CENSUS)
    await turns()
    assert asterisk.happened == []
    kept.ready()
    await turns()
    assert asterisk.happened == ["told", "then"]
    await kept.close()


@pytest.mark.parametrize("tells", [True, False])
async def test_the_forgotten_are_looked_for_afterwards(tells: bool) -> None:
    asterisk = Asterisk(tells=tells)
    asterisk.goes_on.clear()
    kept = kept_by(asterisk)
    kept.ready()
    with capture_logs() as logs:
        kept.found(CENSUS)
        await turns()
        assert asterisk.happened == ["told"]
        asterisk.goes_on.set()
        await turns()
    assert asterisk.happened == ["told", "then"]
    assert [line["log_level"] for line in logs] == ["warning"] * (not tells)
    await kept.close()


async def test_by_the_clock_only_where_something_is_kept() -> None:
    asterisk = Asterisk(keeps=False)
    kept = kept_by(asterisk)
    await kept.look()
    assert asterisk.happened == []
    asterisk.keeps = True
    await kept.look()
    await kept.look()
    assert asterisk.happened == ["told", "told"]
    assert len(set(asterisk.marks)) == 2
    assert all(mark.isdigit() for mark in asterisk.marks)


async def test_a_daemon_that_ends_leaves_them_to_the_next() -> None:
    asterisk = Asterisk()
    kept = kept_by(asterisk)
    kept.found(CENSUS)
    await turns()
    await kept.close()
    assert asterisk.happened == []
