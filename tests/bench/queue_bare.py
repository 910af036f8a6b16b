"""The baseline of queues: a caller is answered and put into a free agent's bridge, no more."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.bench import bare
from tests.bench.bare import LOOP, Bare
from tests.bench.figures import Job

bare.WANTED = (*bare.WANTED, "StasisEnd")


class BareQueue(Bare):
    """As Bare, whose clients are called; here they call."""

    def next_call(self) -> None:
        """Nobody is called."""

    def hear(self, message: dict[str, Any]) -> None:
        args = message.get("args") or [""]
        if message["type"] == "StasisStart" and args[0] == "queue" and self.free:
            self.bridge_of[message["channel"]["id"]] = self.free.popleft()
        super().hear(message)

    def hear_client(self, kind: str, leg: str) -> None:
        if kind == "StasisStart":
            self.send("POST", f"channels/{leg}/answer")
        super().hear_client("ChannelDestroyed" if kind == "StasisEnd" else kind, leg)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=LOOP) as loop:
        loop.run(BareQueue(Job(**json.loads(sys.argv[1]))).run())
