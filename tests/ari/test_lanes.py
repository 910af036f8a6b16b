"""Order of requests over HTTP: kept on one leg or bridge, free between others."""

from __future__ import annotations

import asyncio

from ccdialer.ari.lanes import Lanes
from ccdialer.ari.words import Reply, Request
from tests.ari.told import until


class Road:
    """Carries requests whose gate is open; writes down when each set out."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.gates: dict[str, asyncio.Future[Reply]] = {}

    async def carry(self, request: Request) -> Reply:
        self.begun.append(request.path)
        self.gates[request.path] = asyncio.get_running_loop().create_future()
        return await self.gates[request.path]

    def done(self, path: str, status: int = 204) -> None:
        self.gates[path].set_result(Reply(status))


def requests(*paths: str) -> tuple[Request, ...]:
    return tuple(Request("POST", path) for path in paths)


async def test_what_shares_a_leg_or_bridge_waits_for_its_turn() -> None:
    road, replies = Road(), list[Reply]()
    lanes = Lanes(road.carry)
    lanes.send(("b", "l"), requests("make", "add"), replies.append)
    lanes.send(("b", "m"), requests("join"), replies.append)
    lanes.send(("x",), requests("other"), replies.append)
    await until(lambda: len(road.begun) == 2)
    assert road.begun == ["make", "other"]
    for path in ("make", "add", "join", "other"):
        await until(lambda path=path: path in road.gates)  # type: ignore[misc]
        road.done(path)
    await until(lambda: len(lanes) == 0)
    assert road.begun == ["make", "other", "add", "join"]
    assert len(replies) == 4


async def test_after_a_failure_the_rest_of_a_command_is_not_sent() -> None:
    road, replies = Road(), list[Reply]()
    lanes = Lanes(road.carry)
    lanes.send(("b",), requests("make", "add"), replies.append)
    lanes.send(("b",), requests("close"), replies.append)
    await until(lambda: road.begun)
    road.done("make", 500)
    await until(lambda: "close" in road.gates)
    road.done("close")
    await until(lambda: len(lanes) == 0)
    assert road.begun == ["make", "close"]
    assert [reply.status for reply in replies] == [500, 204]


async def test_close_gives_up_what_is_not_done() -> None:
    road = Road()
    lanes = Lanes(road.carry)
    lanes.send(("b",), requests("make"), lambda reply: None)
    await until(lambda: road.begun)
    await lanes.close()
    assert road.gates["make"].cancelled()
