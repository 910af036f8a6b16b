"""Text for channel variables: an alphabet of which no dialplan makes a command."""

from __future__ import annotations

import re

PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:+-")
"""Bytes that stand for themselves; all others are written `%20`, as RFC 3986 has it."""

_ALL_PLAIN = re.compile(r"[A-Za-z0-9_.:+-]*")

LONGEST = 64
"""Bytes of a value, where nothing else is said."""

NAME = 640
"""Bytes of a name that must come through whole: a hundred letters that are none of English, each
written as two bytes of three signs, and a project's short one before them."""


def safe(text: str, most: int = LONGEST) -> str:
    """The text in the alphabet `A-Za-z0-9_.:+%-`, of at most so many bytes.

    What is not of the alphabet is percent-encoded as UTF-8, the percent sign itself too: Asterisk's
    URIDECODE() gives the text back. A longer one is cut between two letters.
    """
    if _ALL_PLAIN.fullmatch(text):
        return text[:most]
    parts: list[str] = []
    room = most
    for letter in text[:most]:
        part = _encoded(letter)
        room -= len(part)
        if room < 0:
            break
        parts.append(part)
    return "".join(parts)


def _encoded(letter: str) -> str:
    # A half of a surrogate pair is what bytes that are no UTF-8 were read as: never a letter.
    return "".join(
        chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in letter.encode("utf-8", "replace")
    )
