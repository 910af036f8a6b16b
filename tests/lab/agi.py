"""An AGI server as no daemon should be: it stalls, closes in silence, or says what a test wants."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Mapping
from typing import Any, Self

Answers = Mapping[str, Mapping[str, str]]
"""Script -> the variables it sets."""


class Server(socketserver.ThreadingTCPServer):
    """Listens on a port while it is entered; keeps what it was asked.

    `answers` None: it accepts and says nothing until it is left, as a daemon that has stopped in
    its tracks. A script that is not among the answers: it closes without a word.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, answers: Answers | None) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.answers = answers
        self.requests: list[str] = []
        self.heads: list[list[bytes]] = []
        self.ended = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.shutdown()
        self.server_close()

    def asked(self, script: str) -> list[str]:
        """The whole requests for a script: `lost_call?call=...`."""
        return [each for each in self.requests if each.partition("?")[0] == script]


class _Session(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        head = []
        while (line := self.rfile.readline().rstrip(b"\n")) != b"":
            head.append(line)
        request = _value(head, b"agi_network_script")
        self.server.heads.append(head)
        self.server.requests.append(request)
        if self.server.answers is None:
            self.server.ended.wait()
            return
        for name, value in self.server.answers.get(request.partition("?")[0], {}).items():
            self.wfile.write(f'SET VARIABLE {name} "{value}"\n'.encode())
            self.rfile.readline()

    def finish(self) -> None:
        with contextlib.suppress(OSError):  # the call has ended before
            super().finish()


def _value(head: list[bytes], name: bytes) -> Any:
    mark = name + b": "
    return next(line.removeprefix(mark).decode() for line in head if line.startswith(mark))
