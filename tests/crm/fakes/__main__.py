"""`python -m tests.crm.fakes KIND [FAULT]`: a fake in a process of its own, until stdin ends; its
address is the first line it prints."""

from __future__ import annotations

import sys

from tests.crm.asking import server_of
from tests.crm.fakes.server import Fault


def main(kind: str, fault: str = "") -> None:
    with server_of(kind) as server:
        server.fault = Fault(fault) if fault else None
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
