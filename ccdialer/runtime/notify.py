"""systemd: readiness, status line and watchdog, by the datagram of sd_notify(3)."""

from __future__ import annotations

import os
import socket
from contextlib import suppress

PATIENCE_S = 1.0
"""systemd reads at once; a queue that stays full must not hold up the calls."""


def notify(message: str) -> None:
    """Send `READY=1`, `STATUS=...`, `WATCHDOG=1`, `STOPPING=1`; nothing where systemd is not.

    Never raises: no call ends because nobody hears how the daemon is.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE_S)
        sock.sendto(message.encode(), address)


def watchdog_interval_s() -> float | None:
    """How often to write to systemd: half of WatchdogSec, where it is set for this process."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 2_000_000 if microseconds.isdecimal() else None
