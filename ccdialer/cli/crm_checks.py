"""What `doctor` looks at where callers are looked up: each CRM lets us in, and answers in time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ccdialer import storage
from ccdialer.cli.finding import Finding, fail, ok, warn
from ccdialer.config import Config
from ccdialer.core.numbering import examples
from ccdialer.core.phone import NumberType
from ccdialer.crm.fault import CrmFault
from ccdialer.errors import CcdialerError
from ccdialer.runtime.crm_source import Connector
from ccdialer.runtime.crms import connectors

WHAT = "crm"
NOBODY = "+79160000000"  # where the home country's plan has no example of its own


def crm_checks(config: Config) -> Iterator[Finding]:
    """Each is asked for a number that nobody has; nothing where config.yaml names none."""
    if not config.crm.connectors:
        return
    shown = examples(config.numbers.region, frozenset({NumberType.MOBILE}))
    number = shown.get(NumberType.MOBILE, NOBODY)
    try:
        with storage.open_database(config.database, config.numbers.region) as database:
            project = next(iter(storage.list_projects(database).values()), "")
            for settings, connector in connectors(config, database):
                question = f"{project}/{number}" if settings.kind == "clients" else number
                yield finding(connector, question, settings.timeout_s, config.crm.budget_ms)
    except CcdialerError:
        return  # told already


def finding(connector: Connector, question: str, timeout_s: float, budget_ms: int) -> Finding:
    """What became of one question; the second one counts for the time, as names of stages are
    asked for by the first."""
    try:
        connector.find(question, timeout_s)
        began_at = time.monotonic()
        connector.find(question, timeout_s)
    except CrmFault as fault:
        remedy = f"callers are routed without {connector.name}; see docs/crm.md"
        return fail(WHAT, f"{connector.name}: {fault.reason}: {fault}", remedy)
    took_ms = (time.monotonic() - began_at) * 1000
    seen = f"{connector.name}: answers in {took_ms:.0f} ms"
    if took_ms < budget_ms:
        return ok(WHAT, seen)
    remedy = "callers do not wait so long: raise crm.budget_ms, or let something nearer be asked"
    return warn(WHAT, f"{seen}, the budget is {budget_ms} ms", remedy)
