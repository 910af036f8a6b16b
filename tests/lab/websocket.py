"""The little of RFC 6455 that a listening test needs, without the client that is under test."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import struct
from collections.abc import Iterator

TEXT, CLOSE, PING = 1, 8, 9


class Websocket:
    """A client's end of a websocket; iterate over it for the messages, until it is closed."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Protocol: ari\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._stream = self._socket.makefile("rb")
        status = self._stream.readline()
        if b" 101 " not in status:
            self._socket.close()
            raise ConnectionError(status.decode().strip())
        while self._stream.readline().strip():
            pass
        self._socket.settimeout(None)

    def __iter__(self) -> Iterator[str]:
        with contextlib.suppress(OSError, struct.error, ValueError):
            while True:
                opcode, payload = self._frame()
                if opcode == CLOSE:
                    return
                if opcode == TEXT:
                    yield payload.decode()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        self._socket.close()

    def _frame(self) -> tuple[int, bytes]:
        """One frame; Asterisk sends no fragments and never masks."""
        first, second = struct.unpack("!BB", self._stream.read(2))
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self._stream.read(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._stream.read(8))
        return first & 0x0F, self._stream.read(size)
