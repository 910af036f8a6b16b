"""Free ports on the loopback, from below the range that the kernel hands out by itself."""

from __future__ import annotations

import os
import random
import socket

FIRST, LAST = 11000, 16000
FIRST_OF_MEDIA, LAST_OF_MEDIA = 16000, 32000
FIRST_PORTS = 4  # of a block: SIPp ends if it cannot bind those for its echo of sound and picture
_dice = random.SystemRandom()


def free_port() -> int:
    """A port that is free for TCP and UDP, and stays so across a restart of its owner."""
    while True:
        port = _dice.randrange(*_share(FIRST, LAST))
        if _is_free(port, socket.SOCK_STREAM) and _is_free(port, socket.SOCK_DGRAM):
            return port


def rtp_block(size: int = 2000) -> int:
    """First port of a block for media. The first ones are free; a few taken ones further on do no
    harm, for who wants a port for a call tries the next."""
    first, last = _share(FIRST_OF_MEDIA, LAST_OF_MEDIA)
    while True:
        port = _dice.randrange(first + first % 2, last - size, 2)
        if all(_is_free(port + n, socket.SOCK_DGRAM) for n in range(FIRST_PORTS)):
            return port


def _share(first: int, last: int) -> tuple[int, int]:
    """The part of a range that is this process's, where several run tests side by side: a port that
    one has found free is not taken by another before it is used."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    width = (last - first) // workers
    return first + worker * width, first + (worker + 1) * width


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
