"""Keeps requests over HTTP in order: those on the same leg or bridge go one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ccdialer.ari.words import Reply, Request

Carry = Callable[[Request], Awaitable[Reply]]


class Lanes:
    """Carries out requests by `carry`, unrelated ones at the same time."""

    def __init__(self, carry: Carry) -> None:
        self._carry = carry
        self._last: dict[str, asyncio.Task[None]] = {}  # by leg or bridge

    def __len__(self) -> int:
        return len(set(self._last.values()))

    def send(
        self, keys: Sequence[str], requests: Sequence[Request], on_reply: Callable[[Reply], object]
    ) -> None:
        """Send the requests in order, after everything sent before under one of the keys; stop at
        the first that fails. `on_reply` is called for each that was sent."""
        prior = {self._last[key] for key in keys if key in self._last}
        task = asyncio.get_running_loop().create_task(self._run(prior, requests, on_reply))
        for key in keys:
            self._last[key] = task
        task.add_done_callback(lambda done: self._forget(keys, done))

    async def close(self) -> None:
        """Give up what is not done."""
        tasks = set(self._last.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(
        self,
        prior: set[asyncio.Task[None]],
        requests: Sequence[Request],
        on_reply: Callable[[Reply], object],
    ) -> None:
        if prior:
            await asyncio.wait(prior)
        for request in requests:
            reply = await self._carry(request)
            on_reply(reply)
            if not reply.done:
                return

    def _forget(self, keys: Sequence[str], task: asyncio.Task[None]) -> None:
        for key in keys:
            if self._last.get(key) is task:
                del self._last[key]
