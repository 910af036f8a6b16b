"""The head of an AGI session: `agi_name: value` lines up to an empty one, within bounds.

Bytes in, a Head out; no sockets. What a phone network put into a caller's name comes in here: a
line that is too long is cut, a name that comes twice keeps its first value, and signs that are no
text become question marks. A head of too many lines or bytes is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

LINES_MOST = 64
LINE_MOST = 1024
"""Bytes of a line that are read; the rest of it is thrown away."""
BYTES_MOST = 128 * 1024
"""Of a whole head, thrown away or not."""


class BadHead(Exception):
    """This is not how Asterisk begins; says why, in one short word."""


@dataclass(frozen=True, slots=True)
class Head:
    """What Asterisk says of a call, and what its dialplan asks."""

    environment: Mapping[str, str]
    script: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)  # `name=value`, decoded
    words: tuple[str, ...] = ()  # arguments that are not `name=value`

    @property
    def leg_id(self) -> str:
        """The channel's unique id."""
        return self.environment.get("agi_uniqueid", "")

    @property
    def caller(self) -> str:
        """The number that calls, as the channel has it; empty: it is hidden."""
        number = self.environment.get("agi_callerid", "")
        return "" if number in ("unknown", "anonymous") else number

    @property
    def caller_name(self) -> str:
        """The name that came with it."""
        name = self.environment.get("agi_calleridname", "")
        return "" if name == "unknown" else name

    @property
    def did(self) -> str:
        """The number that was called: as the line says it, else the dialplan's extension."""
        called = self.environment.get("agi_dnid", "")
        return self.environment.get("agi_extension", "") if called in ("", "unknown") else called


class HeadReader:
    """Gathers a head from pieces of any size."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._lines: list[bytes] = []
        self._read = 0
        self.rest = b""  # what came behind the head
        self.so_far = Head({})  # of a head that is refused: whom to answer

    def feed(self, data: bytes) -> Head | None:
        """The head, once it is complete. Raises BadHead."""
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._line += data[start : min(end, start + LINE_MOST)]
            line = bytes(self._line[:LINE_MOST]).strip(b"\r")
            self._line.clear()
            start = end + 1
            if not line:
                self.rest = data[start:]
                return head_of(self._lines)
            self._lines.append(line)
            if len(self._lines) > LINES_MOST:
                raise self._refusal("too_many_lines")
        self._line += data[start : start + LINE_MOST - len(self._line)]
        self._read += len(data)
        if self._read > BYTES_MOST:
            raise self._refusal("head_too_long")
        return None

    def _refusal(self, why: str) -> BadHead:
        self.so_far = head_of(self._lines)
        return BadHead(why)


def head_of(lines: list[bytes]) -> Head:
    """The head that these lines make."""
    environment: dict[str, str] = {}
    for line in _texts(lines):
        name, colon, value = line.partition(":")
        if colon:
            environment.setdefault(name.strip(), value.strip())
    request = environment.get("agi_network_script", "")
    script, _, query = request.partition("?")
    asked = [part for part in query.split("&") if part]
    said = [value for name, value in environment.items() if name.startswith("agi_arg_")]
    arguments: dict[str, str] = {}
    words = []
    for part in [*asked, *said]:
        key, equals, given = part.partition("=")
        if equals:
            # Not unquote_plus: +79161234567 is a number.
            arguments.setdefault(key, printable(unquote(given, errors="replace")))
        else:
            words.append(part)
    return Head(environment, script.strip("/"), arguments, tuple(words))


def _texts(lines: list[bytes]) -> list[str]:
    """Together: a head has some 22 lines, and each call of a function costs what a line does."""
    texts = b"\n".join(lines).decode("utf-8", "replace").split("\n")
    return texts if "".join(texts).isprintable() else [printable(text) for text in texts]


def printable(text: str) -> str:
    """The text with question marks for control characters and other signs that are no letters."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "?" for letter in text)
