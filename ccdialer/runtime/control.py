"""The local socket: one JSON request a line, one JSON answer a line."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from ccdialer.errors import CcdialerError, Refused

log = structlog.get_logger()

LINE_LIMIT = 1024 * 1024

Verb = Callable[..., Awaitable[dict[str, Any]]]


class Control:
    """Answers `{"verb": ..., "arguments": {...}}` by calling the verb of that name."""

    def __init__(self, path: Path, verbs: dict[str, Verb]) -> None:
        self._path = path
        self._verbs = verbs
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; only owner and group may connect. Whoever holds the node lock owns the path."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        try:
            self._server = await asyncio.start_unix_server(
                self._serve, self._path, limit=LINE_LIMIT
            )
        except OSError as error:
            raise Refused(
                f"socket: {self._path}: {error.strerror}; create its folder, or set another path"
            ) from error
        os.chmod(self._path, 0o660)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            with suppress(FileNotFoundError):
                self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass  # the asker went away, or sent a line without an end
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            verb = self._verbs[request["verb"]]
            return {"ok": True, "result": await verb(**request.get("arguments", {}))}
        except CcdialerError as error:
            return {"ok": False, "error": str(error)}
        except (ValueError, KeyError, TypeError) as error:
            known = ", ".join(sorted(self._verbs))
            return {"ok": False, "error": f"not understood ({error!r}); verbs: {known}"}
        except Exception:
            log.exception("control request failed", request=repr(line[:200]))
            return {"ok": False, "error": "the daemon failed at this request; see its log"}
