"""How long a session of `route_by_stage` takes while its CRM is broken in every way: threads of
scripts, breaker and all, as a caller has it."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import uvloop

from ccdialer import storage
from ccdialer.config import load
from tests.bench.agi import prepared, server
from tests.bench.crm import SLACK_MS, fake
from tests.bench.rows import Goal, Row
from tests.crm.fakes import erp
from tests.crm.fakes.server import Fault
from tests.fastagi.pbx import head

LONG_S = 4.0
REST = """
crm:
  private: [127.0.0.1]
  connectors:
    - kind: rest
      name: erp
      url: {url}/clients?phone={{number}}
      headers: {{X-Key: {key}}}
database: {database}
"""
ASKS = "route_by_stage?did=74951112233"
SERIAL = itertools.count()


def faults() -> list[Row]:
    """After some calls of hidden numbers, the longest session of 200, 50 new ones a second, each of
    another number, for each fault; the baseline is the budget and 100 ms."""
    return [_row(fault) for fault in ("", *Fault)]


def _row(fault: str) -> Row:
    with tempfile.TemporaryDirectory(prefix="ccd-bench-") as name, fake("rest", fault) as address:
        path = prepared(Path(name))
        url = f"sqlite:///{name}/site.db"
        path.write_text(REST.format(url=address.url, key=erp.KEY, database=url))
        limit_ms = load(path).crm.budget_ms + SLACK_MS
        with server("routes", Path(name) / "routes", path) as calls:
            calls.says = lambda: head(ASKS, agi_callerid="unknown")
            uvloop.run(calls.open(0.5))  # the CRM is not asked about these
            calls.says = _stranger
            p99 = uvloop.run(calls.open(LONG_S))
            longest = max(calls.took_ms)
        with storage.connect(load(path).database) as database:
            cards = database.rows("SELECT card_status, count(*) FROM inbound_call GROUP BY 1")
    said = ", ".join(f"{count} {status}" for status, count in sorted(cards))
    goal = f"longest route_by_stage, CRM {fault or 'well'}; p99 {p99:.0f}; {said}"
    return Goal(f"route-crm-{fault or 'well'}", goal, "ms", at_most=1).row(longest, limit_ms)


def _stranger() -> bytes:
    """Everybody has a number of his own, which nobody remembers."""
    n = next(SERIAL)
    return head(ASKS, agi_callerid=f"+7916{n:07}", agi_uniqueid=f"1.{n}")
