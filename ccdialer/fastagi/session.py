"""One connection of Asterisk: reads its head, carries commands and answers, sets the variables.

Lives in the event loop and does not wait for anything there. Scripts, in threads of their own, ask
through `ask`; whatever happens to them, the session ends by `finish` or by Asterisk's leaving.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Protocol, cast

from ccdialer.fastagi.head import BadHead, Head, HeadReader
from ccdialer.fastagi.replies import BadReply, Reply, ReplyReader
from ccdialer.fastagi.vocabulary import AGIHangup

GRACE_S = 0.5
"""Asterisk takes the variables within this, or does not get them."""

Answered = Callable[[Reply | None], None]
"""None: the call is over, and no answer will come."""


class Host(Protocol):
    """Who has opened the door."""

    def arrived(self, session: Session, address: str) -> bool:
        """Somebody has connected; False: he is not let in."""

    def asked(self, session: Session, head: Head) -> None:
        """He has said what he wants."""

    def misspoke(self, session: Session, head: Head, why: str) -> None:
        """He does not speak as Asterisk does."""

    def left(self, session: Session) -> None:
        """The connection is closed."""


class Session(asyncio.Protocol):
    """One connection, from accept to close."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._heads: HeadReader | None = HeadReader()  # None: the head is read
        self._replies = ReplyReader()
        self._awaited: deque[Answered] = deque()
        self._is_finishing = False
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self.ended: asyncio.Future[None] = self._loop.create_future()

    # --- from the transport ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        peer = transport.get_extra_info("peername") or ("",)
        if not self._host.arrived(self, str(peer[0])):
            self.drop()

    def data_received(self, data: bytes) -> None:
        if self._transport is None:
            return
        if self._heads is None:
            self._take(data)
            return
        try:
            head = self._heads.feed(data)
        except BadHead as error:
            said, self._heads = self._heads.so_far, None
            self._host.misspoke(self, said, str(error))
            return
        if head is not None:
            rest, self._heads = self._heads.rest, None
            self._host.asked(self, head)
            self._take(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        self._over()
        if not self.ended.done():
            self.ended.set_result(None)
        self._host.left(self)

    # --- commands -------------------------------------------------------------------------------

    def ask(self, line: str) -> Reply:
        """Send a command and wait for its answer; from a script's thread. Raises AGIHangup when the
        call is over, or the script's time."""
        answers: SimpleQueue[Reply | None] = SimpleQueue()
        try:
            self._loop.call_soon_threadsafe(self._ask, line, answers.put)
        except RuntimeError:  # the loop is closed: the daemon ends
            raise AGIHangup("the session is over") from None
        reply = answers.get()
        if reply is None:
            raise AGIHangup("the session is over")
        return reply

    def _ask(self, line: str, answered: Answered) -> None:
        if self._transport is None or self._is_finishing or self._replies.is_hung_up:
            answered(None)
            return
        self._awaited.append(answered)
        self._transport.write(encoded([line]))

    def finish(self, lines: Sequence[str]) -> None:
        """Send the last commands in one go, and close when Asterisk has taken them. A command of
        the script that is on its way comes first; the script itself gets no answers any more.

        Asterisk (22.10.1) carries out the first line of a write, and looks at the others only when
        more comes: our end of the stream makes it go on to the last.
        """
        if self._transport is None or self._is_finishing:
            return
        self._is_finishing = True
        before = [self._released(answered) for answered in self._awaited]
        self._awaited = deque([*before, *[_nobody for _ in lines]])
        self._transport.write(encoded(lines))
        self._transport.write_eof()
        self._timer = self._loop.call_later(GRACE_S, self.drop)

    def _released(self, answered: Answered) -> Answered:
        answered(None)
        return _nobody

    def _take(self, data: bytes) -> None:
        try:
            replies = self._replies.feed(data)
        except BadReply:
            self.drop()
            return
        for reply in replies:
            if self._awaited:
                self._awaited.popleft()(reply)
        if self._is_finishing and not self._awaited:
            self.close()
        elif self._replies.is_hung_up and not self._is_finishing:
            self._awaited = deque(self._released(answered) for answered in self._awaited)

    # --- the end --------------------------------------------------------------------------------

    def close(self) -> None:
        """Close when what was written is sent."""
        if self._transport is not None:
            self._transport.close()

    def drop(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()
        self._over()

    def _over(self) -> None:
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        waiting, self._awaited = self._awaited, deque()
        for answered in waiting:
            answered(None)


def _nobody(reply: Reply | None) -> None:
    """Nobody waits for this answer."""


def encoded(lines: Sequence[str]) -> bytes:
    """Commands as they are sent."""
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
