"""A CRM on a loopback port: what it was asked, and whatever can go wrong with it on demand."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HUGE = 50_000_000
TRICKLE_S = 1.0


class Fault(StrEnum):
    """What the server does instead of answering."""

    HANG = "hang"  # reads the request and says nothing
    TRICKLE_HEAD = "trickle_head"  # one byte of the head a second
    TRICKLE_BODY = "trickle_body"  # one byte of the body a second
    TOO_MANY_JSON = "too_many_json"  # 429 with JSON
    TOO_MANY_TEXT = "too_many_text"  # 429 without
    UNAVAILABLE = "unavailable"  # 503
    HTML = "html"  # 200 and a page for people
    RESET = "reset"  # RST in place of an answer
    WRONG_JSON = "wrong_json"  # JSON of another shape
    HALF_JSON = "half_json"  # it ends in the middle
    HUGE = "huge"  # 50 MB
    REDIRECT = "redirect"  # to itself, for ever


HOLDING = frozenset({Fault.HANG, Fault.TRICKLE_HEAD, Fault.TRICKLE_BODY})
"""The server is still at it when the caller has long been served."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, as it came."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    page: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to it."""

    status: int = 200
    page: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class FakeServer:
    """Serves `answer` until it is stopped. `fault` holds for every request, `next_faults` for the
    next ones first; `holding` counts the requests that are being kept waiting."""

    def __init__(
        self, answer: Callable[[Request], Answer], certificate: Path | None = None
    ) -> None:
        self.answer = answer
        self.ledger: list[Request] = []
        self.fault: Fault | None = None
        self.next_faults: deque[Fault | None] = deque()
        self.limit_page: Any = {"error": "too many"}
        self.limit_headers: dict[str, str] = {}
        self.holding = 0
        self._over = threading.Event()
        self._server = _Listener(self)
        self._scheme = "http" if certificate is None else "https"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def paths(self) -> list[str]:
        return [request.path for request in self.ledger]

    def hold(self, seconds: float | None = None) -> bool:
        """Wait; True if the server is stopped meanwhile."""
        self.holding += 1
        try:
            return self._over.wait(seconds)
        finally:
            self.holding -= 1


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, fake: FakeServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake = fake

    def handle_error(self, *_: object) -> None:
        """Clients that leave are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    server: _Listener

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        fake = self.server.fake
        request = self._request()
        fake.ledger.append(request)
        fault = fake.next_faults.popleft() if fake.next_faults else fake.fault
        if fault is None:
            self._say(fake.answer(request))
        else:
            FAULTS[fault](self)

    def _request(self) -> Request:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = tuple(parse_qsl(url.query, keep_blank_values=True))
        page = json.loads(body) if body else None
        return Request(self.command, url.path, query, dict(self.headers.items()), page)

    def _say(self, answer: Answer) -> None:
        body = b"" if answer.page is None else json.dumps(answer.page).encode()
        kind = {"Content-Type": "application/json"} | dict(answer.headers)
        self._send(answer.status, body, kind)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    # --- the faults -----------------------------------------------------------------------------

    def hang(self) -> None:
        self.server.fake.hold()
        self.close_connection = True

    def trickle_head(self) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000)

    def trickle_body(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        self._drip(b"[" + b" " * 998 + b"]")

    def _drip(self, text: bytes) -> None:
        for each in text:
            self.wfile.write(bytes([each]))
            if self.server.fake.hold(TRICKLE_S):
                break
        self.close_connection = True

    def too_many_json(self) -> None:
        fake = self.server.fake
        self._say(Answer(429, fake.limit_page, fake.limit_headers))

    def too_many_text(self) -> None:
        self._send(429, b"Too Many Requests", {"Content-Type": "text/plain"})

    def unavailable(self) -> None:
        self._send(503, b"<html>Service Unavailable</html>", {"Content-Type": "text/html"})

    def html(self) -> None:
        self._send(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"})

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def wrong_json(self) -> None:
        self._say(Answer(200, [1, "two", None]))

    def half_json(self) -> None:
        self._send(200, b'{"result": [{"CRM_ENT', {"Content-Type": "application/json"})

    def huge(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[")
        for _ in range(HUGE // 100_000):
            self.wfile.write(b" " * 100_000)
        self.close_connection = True

    def redirect(self) -> None:
        self._send(302, b"", {"Location": self.path})


FAULTS: dict[Fault, Callable[[_Handler], None]] = {
    fault: getattr(_Handler, fault.value) for fault in Fault
}
