"""Logs: one line an event to standard error, as text with journald's priorities or as JSON."""

from __future__ import annotations

import logging
import os
import re
import sys
from typing import Any

import structlog

from ccdialer.core.phone import mask

PRIORITIES = {"debug": "<7>", "info": "<6>", "warning": "<4>", "error": "<3>", "critical": "<2>"}
"""sd-daemon(3): journald reads the level from the line's beginning."""

PHONE = re.compile(r"(?<![0-9A-Za-z.])\+?[0-9]{9,15}(?![0-9A-Za-z]|\.[0-9])")
"""What may be a phone number: ids of ours have letters or are longer, instants have a fraction."""


def is_journal() -> bool:
    """Whether standard error is journald's: the variable alone is inherited by all that a service
    starts, wherever they write to (systemd.exec(5), $JOURNAL_STREAM)."""
    expected = os.environ.get("JOURNAL_STREAM")
    if not expected:
        return False
    try:
        found = os.fstat(2)
    except OSError:
        return False
    return expected == f"{found.st_dev}:{found.st_ino}"


def set_up(level: str, style: str, is_journal: bool) -> None:
    """`style` is text or json; `is_journal`: standard error is journald's, which adds the time.

    What is logged by the standard library's means, as other rooms and libraries do, comes in the
    same dress, from warning up. Phone numbers are masked, whoever logs them.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=_processors(style, is_journal),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Relay()], level=max(number, logging.WARNING), force=True)


def _processors(style: str, is_journal: bool) -> list[Any]:
    chain: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        _without_phones,
    ]
    if not is_journal:
        chain.append(structlog.processors.TimeStamper(fmt="iso", utc=True))
    chain.append(structlog.processors.JSONRenderer() if style == "json" else _plain_line)
    if is_journal:
        chain.append(_with_priority)
    return chain


class _Relay(logging.Handler):
    """Hands over to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        more: dict[str, Any] = {"exc_info": record.exc_info} if record.exc_info else {}
        try:
            logger = structlog.get_logger()
            logger.log(record.levelno, record.getMessage(), source=record.name, **more)
        except Exception:  # as every handler of the standard library does
            self.handleError(record)


def _without_phones(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, int | float | None):
        return value
    text = str(value)
    masked = PHONE.sub(lambda found: mask(found.group()), text)
    return value if masked == text else masked


def _plain_line(logger: Any, name: str, event: dict[str, Any]) -> str:
    """`time level what key=value ...`: read by people, cut by awk."""
    text = _on_one_line(str(event.pop("event")))
    stamp = event.pop("timestamp", "")
    level = event.pop("level", "")
    trace = event.pop("exception", "")
    pairs = " ".join(f"{key}={_shown(value)}" for key, value in event.items())
    line = " ".join(part for part in (stamp, level.upper() if stamp else "", text, pairs) if part)
    return f"{line}\n{trace}" if trace else line


def _on_one_line(text: str) -> str:
    """What came from outside must not look like a line of ours (CWE-117)."""
    return text if text.isprintable() else repr(text)[1:-1]


def _shown(value: object) -> str:
    text = str(value)
    is_plain = text and text.isprintable() and not any(mark in text for mark in " \"'=")
    return text if is_plain else repr(text)


def _with_priority(logger: Any, name: str, line: str) -> str:
    """Each line of a traceback is a line to journald."""
    priority = PRIORITIES.get(name, "<6>")
    return "\n".join(priority + part for part in line.split("\n"))
