"""Asks the running daemon something over its local socket; what the CLI uses."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from typing import Any

from ccdialer.errors import DaemonUnreachable, Refused

LINE_LIMIT = 16 * 1024 * 1024


def ask(socket_path: str, verb: str, timeout_s: float = 60.0, **arguments: Any) -> dict[str, Any]:
    """The daemon's answer. Raises DaemonUnreachable, or Refused with the daemon's own sentence."""
    request = json.dumps({"verb": verb, "arguments": arguments}) + "\n"
    answer = _understood(socket_path, _line(socket_path, request.encode(), timeout_s))
    if not answer["ok"]:
        raise Refused(answer["error"])
    result: dict[str, Any] = answer["result"]
    return result


def _line(socket_path: str, request: bytes, timeout_s: float) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(timeout_s)
            sock.connect(socket_path)
            with suppress(BrokenPipeError):  # it has answered already and hung up
                sock.sendall(request)
            with suppress(ConnectionResetError), sock.makefile("rb") as answers:
                return answers.readline(LINE_LIMIT)
    except OSError as error:
        raise DaemonUnreachable(_why(socket_path, error)) from error
    return b""


def _understood(socket_path: str, line: bytes) -> dict[str, Any]:
    if not line:
        raise DaemonUnreachable(f"the daemon at {socket_path} closed the socket without an answer")
    try:
        answer: dict[str, Any] = json.loads(line)
        if answer["ok"]:
            answer["result"]
        else:
            answer["error"]
    except (ValueError, KeyError, TypeError) as error:
        raise DaemonUnreachable(
            f"{socket_path}: the answer is cut off, or not from a ccdialer daemon; "
            "see the daemon's log, and socket in config.yaml"
        ) from error
    return answer


def _why(socket_path: str, error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"the daemon at {socket_path} did not answer in time; see its log"
    if isinstance(error, PermissionError):
        return f"{socket_path}: permission denied; join the group of the daemon, or use sudo"
    reason = error.strerror or error
    return f"the daemon is not running ({socket_path}: {reason}); start it: ccdialer run"
