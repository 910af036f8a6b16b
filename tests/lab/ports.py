"""Free ports on the loopback, from below the range that the kernel hands out by itself."""

from __future__ import annotations

import random
import socket

FIRST, LAST = 11000, 32000
_dice = random.SystemRandom()


def free_port() -> int:
    """A port that is free for TCP and UDP, and stays so across a restart of its owner."""
    while True:
        port = _dice.randrange(FIRST, LAST)
        if _is_free(port, socket.SOCK_STREAM) and _is_free(port, socket.SOCK_DGRAM):
            return port


def rtp_block(size: int = 2000) -> int:
    """First port of a block for media; a few taken ones in it do no harm."""
    return _dice.randrange(32768, 60000 - size, 2)


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
