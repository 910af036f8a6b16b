"""A session over a real socket: what asks and answers have to do with each other, and its end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
import uvloop

from ccdialer.fastagi.head import Head
from ccdialer.fastagi.replies import Reply
from ccdialer.fastagi.session import Session, encoded
from ccdialer.fastagi.vocabulary import AGIHangup
from tests.fastagi.pbx import call, ended, head

LIMIT_S = 10.0


class House:
    """Lets everybody in, and does in a thread what the test wants."""

    def __init__(self, does: Any) -> None:
        self.does = does
        self.heard: list[Any] = []

    def arrived(self, session: Session, address: str) -> bool:
        return address == "127.0.0.1"

    def asked(self, session: Session, head: Head) -> None:
        loop = asyncio.get_running_loop()
        self.task = loop.run_in_executor(None, self.does, session, self.heard, loop)

    def misspoke(self, session: Session, head: Head, why: str) -> None:
        self.heard.append(why)
        session.finish(["NOOP"])

    def left(self, session: Session) -> None:
        self.heard.append("left")


def finish(session: Session, loop: Any, *lines: str) -> None:
    loop.call_soon_threadsafe(session.finish, lines)


async def played(house: House, said: bytes, **more: Any) -> Any:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(house), "127.0.0.1", 0)
    try:
        heard = await call(server.sockets[0].getsockname()[1], said, **more)
        async with asyncio.timeout(LIMIT_S):
            while "left" not in house.heard:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.001)
        return heard
    finally:
        server.close()


def asks(session: Session, heard: list[Any], loop: Any) -> None:
    heard.append(session.ask("GET VARIABLE A"))
    heard.append(session.ask("NOOP"))
    finish(session, loop, 'SET VARIABLE CCD_X "1"', 'SET VARIABLE CCD_Y "2"')


def test_it_lives_in_both_loops() -> None:
    """uvloop's transports are no asyncio.Transport."""
    for run in (asyncio.run, uvloop.run):
        house = House(asks)
        heard = run(played(house, head("x"), variables={"A": "b"}))
        assert house.heard == [Reply(200, "1", "b"), Reply(200, "0"), "left"]
        assert heard.variables == {"A": "b", "CCD_X": "1", "CCD_Y": "2"}


async def test_a_head_in_pieces_with_an_early_answer() -> None:
    house = House(asks)
    heard = await played(house, head("x") + b"junk that is no answer\n")
    assert house.heard[:2] == [Reply(200, "0"), Reply(200, "0")]
    assert heard.variables["CCD_Y"] == "2"


async def test_a_bad_head_is_answered() -> None:
    house = House(asks)
    heard = await played(house, b"x\n" * 100)
    assert (house.heard, heard.commands) == (["too_many_lines", "left"], ["NOOP"])


async def test_after_a_hang_up_every_command_raises() -> None:
    def talks(session: Session, heard: list[Any], loop: Any) -> None:
        with suppress(AGIHangup):
            while True:
                session.ask("NOOP")
        heard.append("hung up")
        with pytest.raises(AGIHangup):
            session.ask("NOOP")
        finish(session, loop, 'SET VARIABLE CCD_X "1"')

    house = House(talks)
    heard = await played(house, head("x"), hangs_up_at="NOOP")
    assert house.heard == ["hung up", "left"]
    assert heard.variables == {"CCD_X": "1"}


async def test_who_asks_while_asterisk_leaves_is_told() -> None:
    def talks(session: Session, heard: list[Any], loop: Any) -> None:
        try:
            session.ask("WAIT FOR DIGIT 60000")
        except AGIHangup:
            heard.append("told")

    house = House(talks)
    server = await asyncio.get_running_loop().create_server(lambda: Session(house), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(head("x"))
    assert await reader.readline() == b"WAIT FOR DIGIT 60000\n"
    await ended(writer)
    async with asyncio.timeout(LIMIT_S):
        await house.task
    assert "told" in house.heard
    server.close()


def test_lines_are_sent_as_they_are() -> None:
    assert encoded(["A", "Ж\udcff"]) == "A\nЖ?\n".encode()
