"""Logs: one line an event to standard error, as text with journald's priorities or as JSON."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

PRIORITIES = {"debug": "<7>", "info": "<6>", "warning": "<4>", "error": "<3>", "critical": "<2>"}
"""sd-daemon(3): journald reads the level from the line's beginning."""


def _with_priority(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    event["event"] = PRIORITIES.get(event["level"], "<6>") + str(event["event"])
    return event


def set_up(level: str, style: str, is_journal: bool) -> None:
    """`style` is text or json; `is_journal`: standard error is journald's, which adds the time."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
    ]
    if not is_journal:
        shared.insert(0, structlog.processors.TimeStamper(fmt="iso", utc=True))
    if style == "json":
        renderer: list[Any] = [structlog.processors.JSONRenderer()]
    else:
        renderer = [_plain_line]
        if is_journal:
            renderer.insert(0, _with_priority)
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=shared + renderer,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, force=True)


def _plain_line(logger: Any, name: str, event: dict[str, Any]) -> str:
    """`time level what key=value ...`: read by people, cut by awk."""
    text = str(event.pop("event"))
    stamp = event.pop("timestamp", "")
    level = event.pop("level", "")
    trace = event.pop("exception", "")
    pairs = " ".join(f"{key}={_shown(value)}" for key, value in event.items())
    line = " ".join(part for part in (stamp, level.upper() if stamp else "", text, pairs) if part)
    return f"{line}\n{trace}" if trace else line


def _shown(value: object) -> str:
    text = str(value)
    return repr(text) if any(mark in text for mark in " \n\"'=") else text
