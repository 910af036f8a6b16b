"""Asks the running daemon something over its local socket; what the CLI uses."""

from __future__ import annotations

import json
import socket
from typing import Any

from ccdialer.errors import DaemonUnreachable, Refused

LINE_LIMIT = 16 * 1024 * 1024


def ask(socket_path: str, verb: str, timeout_s: float = 60.0, **arguments: Any) -> dict[str, Any]:
    """The daemon's answer. Raises DaemonUnreachable, or Refused with the daemon's own sentence."""
    request = json.dumps({"verb": verb, "arguments": arguments}) + "\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(timeout_s)
            sock.connect(socket_path)
            sock.sendall(request.encode())
            with sock.makefile("rb") as answers:
                line = answers.readline(LINE_LIMIT)
    except OSError as error:
        raise DaemonUnreachable(_why(socket_path, error)) from error
    if not line:
        raise DaemonUnreachable(f"the daemon at {socket_path} closed the socket without an answer")
    answer: dict[str, Any] = json.loads(line)
    if not answer["ok"]:
        raise Refused(answer["error"])
    result: dict[str, Any] = answer["result"]
    return result


def _why(socket_path: str, error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"the daemon at {socket_path} did not answer in time; see its log"
    if isinstance(error, PermissionError):
        return f"{socket_path}: permission denied; join the group of the daemon, or use sudo"
    return f"the daemon is not running ({socket_path}: {error.strerror}); start it: ccdialer run"
