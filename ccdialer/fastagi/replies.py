"""What Asterisk answers to AGI commands: bytes in, replies out; no sockets.

`200 result=1 (value)`, `510 Invalid ...`, `511 ... on a dead channel`, a 520 of several lines, and
HANGUP, which comes by itself. A value may hold line ends: it goes on until its bracket is closed.
Lines that are no reply are passed over, so that one value cannot be taken for the next answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DONE = b"200 result=1"
REPLY_MOST = 64 * 1024
HANGUP = b"HANGUP"
USAGE_ENDS = b"520 "
_REPLY = re.compile(rb"(\d{3})(?:[ -](.*))?", re.DOTALL)
_RESULT = re.compile(r"result=(-?[^\s()]*)(?:\s+\((.*)\))?(.*)", re.DOTALL)
_OPEN = re.compile(rb"200 result=\S+\s+\([^)]*")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `code` 200 is a success, and then `result` and `data` say what it was."""

    code: int
    result: str = ""
    data: str = ""  # in brackets
    text: str = ""  # of everything but 200

    @property
    def is_hangup(self) -> bool:
        """The channel is gone, or there is nobody on it."""
        return self.code == 511 or self.data == "hangup"


_DONE = Reply(200, "1")


class BadReply(Exception):
    """It is longer than any reply."""


class ReplyReader:
    """Gathers replies from pieces of any size; `is_hung_up` once Asterisk has said so."""

    def __init__(self) -> None:
        self._waiting = b""
        self._value: list[bytes] = []  # of a reply whose bracket is still open, by lines
        self._size = 0  # of these
        self._usage: list[bytes] = []
        self.is_hung_up = False

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that are complete now. Raises BadReply."""
        *lines, self._waiting = (self._waiting + data).split(b"\n")
        found = (self._line(line.rstrip(b"\r")) for line in lines)
        replies = [reply for reply in found if reply is not None]
        self._bound(len(self._waiting))
        return replies

    def _bound(self, more: int) -> None:
        if self._size + more > REPLY_MOST:
            raise BadReply("reply_too_long")

    def _line(self, line: bytes) -> Reply | None:
        if self._usage:
            return self._more_usage(line)
        if self._value:
            return self._more_value(line)
        if line == DONE:  # of every variable that is set
            return _DONE
        if line == HANGUP:
            self.is_hung_up = True
            return None
        if _OPEN.fullmatch(line):
            self._value, self._size = [line], len(line)
            return None
        if line.startswith(b"520-"):
            self._usage = [line]
            return None
        return reply_of(line)

    def _more_value(self, line: bytes) -> Reply | None:
        """Only the new line is looked at: whoever sends a thousand of them would else have us read
        the first one a thousand times."""
        self._value.append(line)
        self._size += len(line) + 1
        self._bound(0)
        if b")" not in line:
            return None
        whole, self._value, self._size = b"\n".join(self._value), [], 0
        return reply_of(whole)

    def _more_usage(self, line: bytes) -> Reply | None:
        """The lines of a 520 are the usage of a command, up to one that begins `520 `."""
        self._usage.append(line)
        if not line.startswith(USAGE_ENDS) and len(self._usage) < 200:
            return None
        text, self._usage = b"\n".join(self._usage), []
        return Reply(520, text=text.decode("utf-8", "replace"))


def reply_of(line: bytes) -> Reply | None:
    """The reply that a line is, if it is one."""
    found = _REPLY.fullmatch(line)
    if found is None:
        return None
    code, text = int(found[1]), (found[2] or b"").decode("utf-8", "replace")
    if code != 200:
        return Reply(code, text=text)
    result = _RESULT.match(text)
    return Reply(200, *(part or "" for part in result.group(1, 2))) if result else Reply(200)
