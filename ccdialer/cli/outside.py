"""What `status` says of scripts, CRMs and the outbox: a line each, and none where all is quiet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ccdialer.cli.finding import Level
from ccdialer.cli.outbox_checks import backlog
from ccdialer.reports import words
from ccdialer.storage.outbox_listing import Backlog

Row = dict[str, Any]
FAULTS = frozenset({"ERROR", "TIMEOUT", "DENIED"})
"""Ends of a script that somebody should look at."""


def outside(answer: Row, now: int) -> list[str]:
    """By the daemon's answer; `now` is epoch ms."""
    sources = answer.get("crm", {}).get("sources", [])
    return [
        *_scripts(answer.get("agi", {})),
        *(_crm(row) for row in sources if row["state"] != "closed"),
        *_outbox(answer.get("outbox", {}), now),
    ]


def _scripts(agi: Row) -> Iterator[str]:
    """`scripts: calls 120 (route_by_stage TIMEOUT 3), hanging 1, turned away 2 (denied 2)`."""
    by_script = agi.get("scripts", {})
    statuses = {f"{name} {word}": n for name, of in by_script.items() for word, n in of.items()}
    faults = {name: n for name, n in statuses.items() if name.split()[1] in FAULTS}
    turned_away = agi.get("turned_away", {})
    counts = [
        _counted("calls", sum(statuses.values()), faults),
        _counted("hanging", agi.get("hanging", 0), {}),
        _counted("turned away", sum(turned_away.values()), turned_away),
    ]
    said = [", ".join(filter(None, counts)), agi.get("trouble", ""), *agi.get("broken", [])]
    if any(said):
        yield f"scripts: {'; '.join(filter(None, said))}"


def _counted(what: str, count: int, parts: dict[str, int]) -> str:
    told = ", ".join(f"{name} {n}" for name, n in sorted(parts.items()))
    return "" if not count else f"{what} {count}" + (f" ({told})" if told else "")


def _crm(row: Row) -> str:
    """`CRM b24: not asked for 12 s more: crm_timeout: no whole answer in time`."""
    pause = words.lasting(row["tries_in_s"])
    return f"CRM {row['name']}: not asked for {pause} more: {row['last_fault']}"


def _outbox(known: dict[str, Row], now: int) -> Iterator[str]:
    """Of connectors that `doctor` warns of."""
    for row in known.values():
        found = backlog(Backlog(**row), now)
        if found.level is not Level.OK:
            yield f"outbox {found.seen}; {found.remedy}"
