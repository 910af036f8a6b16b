"""The local socket as strangers use it: rubbish, endless lines, slow readers, and its own end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ccdialer.errors import Refused
from ccdialer.runtime.ask import ask
from ccdialer.runtime.control import LINE_LIMIT, Control
from tests.runtime.floor import until

BIG = "x" * 4_000_000

Answer = dict[str, Any]


class Desk:
    """Some verbs; one of them waits until it is let go."""

    def __init__(self) -> None:
        self.waiting = 0
        self.let_go = asyncio.Event()

    @property
    def verbs(self) -> dict[str, Callable[..., Awaitable[Answer]]]:
        return {
            "echo": self.echo,
            "wait": self.wait,
            "refuse": self.refuse,
            "fail": self.fail,
            "big": self.big,
        }

    async def echo(self, what: str = "", count: int = 1) -> Answer:
        return {"said": what * count}

    async def wait(self) -> Answer:
        self.waiting += 1
        await self.let_go.wait()
        return {}

    async def refuse(self) -> Answer:
        raise Refused('agent "anna" is not signed in')

    async def fail(self) -> Answer:
        raise KeyError("a bug of ours")

    async def big(self) -> Answer:
        return {"text": BIG}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def control(tmp_path: Path, desk: Desk) -> AsyncIterator[Control]:
    made = Control(tmp_path / "s", desk.verbs)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def path(tmp_path: Path, control: Control) -> str:
    return str(tmp_path / "s")


class Caller:
    """One connection, spoken by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, line: bytes) -> Answer:
        self.writer.write(line)
        await self.writer.drain()
        return await self.hear()

    async def hear(self) -> Answer:
        answer: Answer = json.loads(await self.reader.readline())
        return answer

    def ask(self, verb: str) -> None:
        self.writer.write(json.dumps({"verb": verb}).encode() + b"\n")


@pytest.fixture
async def caller(path: str) -> AsyncIterator[Caller]:
    made = Caller(*await asyncio.open_unix_connection(path, limit=8_000_000))
    yield made
    made.writer.close()


async def test_a_verb_is_called_with_its_arguments(path: str) -> None:
    answer = await asyncio.to_thread(ask, path, "echo", what="да", count=2)
    assert answer == {"said": "дада"}


async def test_several_requests_on_one_connection(caller: Caller) -> None:
    for word in ("one", "two"):
        line = json.dumps({"verb": "echo", "arguments": {"what": word}}).encode()
        assert await caller.say(line + b"\n") == {"ok": True, "result": {"said": word}}
    caller.ask("echo")
    caller.ask("refuse")
    assert [(await caller.hear())["ok"], (await caller.hear())["ok"]] == [True, False]


async def test_a_request_without_an_end_is_answered_when_the_caller_is_done(
    caller: Caller,
) -> None:
    caller.writer.write(b'{"verb": "echo"}')
    caller.writer.write_eof()
    assert (await caller.hear())["ok"]


async def test_a_refusal_is_its_sentence(path: str) -> None:
    with pytest.raises(Refused, match=r'^agent "anna" is not signed in$'):
        await asyncio.to_thread(ask, path, "refuse")


@pytest.mark.parametrize(
    "line",
    [
        b'{"verb": "dance"}',
        b"{}",
        b"",
        b"status",
        b"[1, 2]",
        b"null",
        b"\xff\xfe\x00",
        b'{"verb": ["echo"]}',
        b'{"verb": "echo", "arguments": 5}',
        b'{"verb": "echo", "arguments": {"who": "anna"}}',
        b"[" * 200_000,
    ],
    ids=lambda line: line[:20].decode(errors="replace") or "empty",
)
async def test_rubbish_is_told_what_is_understood(caller: Caller, line: bytes) -> None:
    with capture_logs() as logs:
        answer = await caller.say(line + b"\n")
    assert not answer["ok"]
    assert answer["error"].startswith("not understood (")
    assert answer["error"].endswith("; verbs: big, echo, fail, refuse, wait")
    assert logs == []
    assert (await caller.say(b'{"verb": "echo"}\n'))["ok"], "the connection goes on"


async def test_a_bug_of_a_verb_is_logged_and_is_not_the_caller_s_fault(caller: Caller) -> None:
    with capture_logs() as logs:
        answer = await caller.say(b'{"verb": "fail"}\n')
    assert answer == {"ok": False, "error": "the daemon failed at this request; see its log"}
    assert logs[0]["event"] == "control request failed"
    assert (await caller.say(b'{"verb": "echo"}\n'))["ok"]


@pytest.mark.parametrize("size", [LINE_LIMIT + 1, 50_000_000])
async def test_an_endless_line_is_refused_and_not_kept(
    path: str, caller: Caller, size: int
) -> None:
    expected = f"a request is at most {LINE_LIMIT} bytes long"
    piece = b"x" * 1_000_000
    for _ in range(size // len(piece)):
        caller.writer.write(piece)
        await caller.writer.drain()
    assert await caller.say(b"x" * (size % len(piece)) + b"\n") == {"ok": False, "error": expected}
    assert (await caller.say(b'{"verb": "echo"}\n'))["ok"]
    with pytest.raises(Refused, match=expected):
        await asyncio.to_thread(ask, path, "echo", what="y" * size)


async def test_an_endless_line_whose_end_never_comes(path: str) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"x" * (2 * LINE_LIMIT))
    await writer.drain()
    writer.write_eof()
    assert b"a request is at most" in await reader.read()
    writer.close()


async def test_who_does_not_read_holds_up_nobody(path: str, desk: Desk) -> None:
    _, writer = await asyncio.open_unix_connection(path, limit=10)
    for _ in range(5):
        writer.write(b'{"verb": "big"}\n')
    await writer.drain()
    assert (await asyncio.to_thread(ask, path, "echo", what="a"))["said"] == "a"
    writer.close()


async def test_who_waits_holds_up_nobody(path: str, desk: Desk, caller: Caller) -> None:
    caller.ask("wait")
    await until(lambda: desk.waiting)
    assert await asyncio.to_thread(ask, path, "echo", what="a") == {"said": "a"}
    desk.let_go.set()
    assert (await caller.hear())["ok"]


async def test_a_caller_who_leaves_is_not_missed(path: str, desk: Desk) -> None:
    _, writer = await asyncio.open_unix_connection(path)
    writer.write(b'{"verb": "wait"}\n')
    await writer.drain()
    await until(lambda: desk.waiting)
    writer.transport.abort()
    with capture_logs() as logs:
        desk.let_go.set()
        assert await asyncio.to_thread(ask, path, "echo") == {"said": ""}
    assert logs == []


# --- its place ----------------------------------------------------------------------------------


async def test_owner_and_group_may_connect_and_nobody_else(tmp_path: Path, desk: Desk) -> None:
    for mask in (0o000, 0o077):
        before = os.umask(mask)
        try:
            control = Control(tmp_path / "s", desk.verbs)
            await control.start()
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o660
        await control.close()


async def test_a_socket_that_was_left_behind_is_replaced(tmp_path: Path, desk: Desk) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.bind(str(tmp_path / "s"))
    control = Control(tmp_path / "s", desk.verbs)
    await control.start()
    assert await asyncio.to_thread(ask, str(tmp_path / "s"), "echo") == {"said": ""}
    await control.close()


async def test_a_socket_of_a_running_daemon_is_not_taken_away(path: str, desk: Desk) -> None:
    with pytest.raises(Refused, match=r"is another running daemon's; stop it"):
        await Control(Path(path), desk.verbs).start()
    assert await asyncio.to_thread(ask, path, "echo") == {"said": ""}


async def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "s").write_text("precious")
    with pytest.raises(Refused, match=r"is there and is no socket; set another path"):
        await Control(tmp_path / "s", desk.verbs).start()
    assert (tmp_path / "s").read_text() == "precious"


async def test_a_folder_that_is_missing_is_named(tmp_path: Path, desk: Desk) -> None:
    control = Control(tmp_path / "none" / "s", desk.verbs)
    with pytest.raises(Refused, match=r"none/s: No such file or directory; create its folder"):
        await control.start()
    await control.close()


# --- its end ------------------------------------------------------------------------------------


async def test_the_end_is_told_to_those_who_wait(
    control: Control, path: str, desk: Desk, caller: Caller
) -> None:
    asking = asyncio.create_task(asyncio.to_thread(ask, path, "wait"))
    await until(lambda: desk.waiting)
    await control.close()
    with pytest.raises(Refused, match="the daemon has stopped"):
        await asking
    assert await caller.reader.read() == b"", "an idle connection is closed too"
    assert os.path.basename(path) not in os.listdir(os.path.dirname(path))


async def test_the_end_does_not_wait_for_who_does_not_read(
    control: Control, path: str, desk: Desk
) -> None:
    _, writer = await asyncio.open_unix_connection(path, limit=10)
    writer.write(b'{"verb": "big"}\n')
    await writer.drain()
    await until(lambda: any(not visit.done() for visit in control._visits))
    await control.close()
    assert not control._visits
    writer.close()


async def test_a_socket_that_is_another_s_by_now_stays(control: Control, path: str) -> None:
    os.rename(path, path + ".old")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.bind(path)
        await control.close()
    assert stat.S_ISSOCK(os.lstat(path).st_mode)
