"""A request to Asterisk and its reply, whatever road they take; JSON written and read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

try:
    import orjson
except ImportError:  # the extra "fast" is not installed

    def dumps(value: object) -> str:
        """JSON text of a value."""
        return json.dumps(value, separators=(",", ":"))

    def loads(text: str) -> Any:
        """The value of a JSON text."""
        return json.loads(text)
else:

    def dumps(value: object) -> str:
        """JSON text of a value."""
        return orjson.dumps(value).decode()

    def loads(text: str) -> Any:
        """The value of a JSON text."""
        return orjson.loads(text)


ERROR_TEXT = re.compile(r'"(?:message|error)": ?"([^"]+)"')
"""ARI says either {"message": ...} or {"error": ...}."""

NOT_FOUND = 404

__all__ = ["NOT_FOUND", "Reply", "Request", "dumps", "loads", "lost", "unsent"]


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is below /ari/, already quoted; `body` holds every parameter (ARI reads those of the
    query from a JSON body too)."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` as in HTTP; 0 means that no reply came. `certain`: we know whether it was done.
    `text` is the body, JSON or empty."""

    status: int
    reason: str = ""
    text: str = ""
    certain: bool = True

    @property
    def done(self) -> bool:
        """Whether Asterisk has carried the request out."""
        return 200 <= self.status < 300

    @property
    def json(self) -> Any:
        """The body, parsed; None where there is none."""
        return loads(self.text) if self.text else None

    @property
    def why(self) -> str:
        """A refusal in words: Asterisk's own, where it gave some."""
        told = ERROR_TEXT.search(self.text)
        words = told[1] if told else self.reason
        return f"{self.status} {words}" if self.status else words


def unsent(reason: str) -> Reply:
    """Nothing was sent: certainly nothing was done."""
    return Reply(0, reason)


def lost(reason: str) -> Reply:
    """Sent, and no reply came: nobody knows whether it was done."""
    return Reply(0, reason, certain=False)
