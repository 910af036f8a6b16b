"""The local socket: one JSON request a line, one JSON answer a line."""

from __future__ import annotations

import asyncio
import errno
import inspect
import json
import os
import socket
import stat
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from ccdialer.errors import CcdialerError, Refused

log = structlog.get_logger()

LINE_LIMIT = 1024 * 1024
MODE = 0o660

Verb = Callable[..., Awaitable[dict[str, Any]]]
Answer = dict[str, Any]

TOO_LONG: Answer = {"ok": False, "error": f"a request is at most {LINE_LIMIT} bytes long"}
STOPPED: Answer = {"ok": False, "error": "the daemon has stopped; ask again when it runs"}


class Control:
    """Answers `{"verb": ..., "arguments": {...}}` by calling the verb of that name."""

    def __init__(self, path: Path, verbs: dict[str, Verb]) -> None:
        self._path = path
        self._verbs = verbs
        self._server: asyncio.Server | None = None
        self._inode = 0
        self._visits: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; only owner and group may connect. Raises Refused if the path is not to be had."""
        try:
            sock = _bound(self._path)
            self._inode = self._path.stat().st_ino
            self._server = await asyncio.start_unix_server(self._serve, sock=sock, limit=LINE_LIMIT)
        except OSError as error:
            raise Refused(
                f"socket: {self._path}: {error.strerror or error}; "
                "create its folder, or set another path in config.yaml"
            ) from error

    async def close(self) -> None:
        """Let nobody in, and tell those who wait for an answer that there will be none."""
        if self._server is None:
            return
        self._server.close()
        with suppress(OSError):
            if self._path.stat().st_ino == self._inode:  # not another's who came after us
                self._path.unlink()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        visit = asyncio.current_task()
        assert visit is not None
        self._visits.add(visit)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the asker went away, or we do
        finally:
            self._visits.discard(visit)
            _hang_up(writer)

    async def _converse(self, reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            line, is_whole = await _next_line(reader)
            if not line:
                return
            try:
                answer = await self._answer(line) if is_whole else TOO_LONG
            except asyncio.CancelledError:
                _say(writer, STOPPED)
                raise
            _say(writer, answer)
            await writer.drain()

    async def _answer(self, line: bytes) -> Answer:
        try:
            call = self._understood(line)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            known = ", ".join(sorted(self._verbs))
            return {"ok": False, "error": f"not understood ({error!r}); verbs: {known}"}
        try:
            return {"ok": True, "result": await call()}
        except CcdialerError as error:
            return {"ok": False, "error": str(error)}
        except Exception:
            log.exception("control request failed", request=repr(line[:200]))
            return {"ok": False, "error": "the daemon failed at this request; see its log"}

    def _understood(self, line: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
        request = json.loads(line)
        verb, arguments = self._verbs[request["verb"]], request.get("arguments", {})
        inspect.signature(verb).bind(**arguments)
        return lambda: verb(**arguments)


def _say(writer: StreamWriter, answer: Answer) -> None:
    writer.write(json.dumps(answer).encode() + b"\n")


def _hang_up(writer: StreamWriter) -> None:
    if writer.transport.get_write_buffer_size():
        writer.transport.abort()  # he does not read; nobody waits for him
    else:
        writer.close()


async def _next_line(reader: StreamReader) -> tuple[bytes, bool]:
    """The next line, empty at the end, and whether it is all of it: of one that is too long only
    the tail is kept."""
    is_whole = True
    while True:
        try:
            return await reader.readuntil(b"\n"), is_whole
        except IncompleteReadError as error:
            return error.partial, is_whole
        except LimitOverrunError as error:
            await reader.readexactly(error.consumed)
            is_whole = False


def _bound(path: Path) -> socket.socket:
    """A socket at the path, in place of one that an earlier run has left."""
    _take_away_old(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        os.fchmod(sock.fileno(), MODE)  # Linux makes the file with this mode: never open to others
        sock.bind(str(path))
        path.chmod(MODE)  # whatever the umask
    except BaseException:
        sock.close()
        raise
    return sock


def _take_away_old(path: Path) -> None:
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    if not is_socket:
        raise Refused(f"socket: {path} is there and is no socket; set another path in config.yaml")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.setblocking(False)
        if caller.connect_ex(str(path)) in (0, errno.EAGAIN):
            raise Refused(
                f"socket: {path} is another running daemon's; "
                "stop it, or set another path in config.yaml"
            )
    path.unlink()
