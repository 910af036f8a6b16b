"""What `doctor` looks at where callers are looked up: each CRM lets us in, and answers in time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ccdialer import storage
from ccdialer.cli.finding import Finding, fail, ok, warn
from ccdialer.cli.site import Site
from ccdialer.config import Config
from ccdialer.core.numbering import examples
from ccdialer.core.phone import NumberType
from ccdialer.crm.fault import CrmFault
from ccdialer.errors import CcdialerError
from ccdialer.runtime.crm_source import Connector
from ccdialer.runtime.crms import connectors, unlike

WHAT = "crm"
ROUTES_WITHIN_S = 1.5
"""The limit of the script route_by_stage."""
SLACK_S = 0.3
NOBODY = "+79160000000"  # where the home country's plan has no example of its own


def crm_checks(config: Config) -> Iterator[Finding]:
    """Each is asked for a number that nobody has; nothing where config.yaml names none."""
    if not config.crm.connectors:
        return
    yield from budget_finding(config)
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


def force_finding(site: Site, config: Config) -> Iterator[Finding]:
    """Whether the running daemon works by the section as it is in the file."""
    try:
        in_force = site.ask("status", timeout_s=5.0).get("crm", {}).get("marks")
    except CcdialerError:
        return  # told by another
    if in_force is not None and (names := unlike(config, in_force)):
        seen = f"the daemon does not yet do what config.yaml says of {', '.join(names)}"
        yield warn(WHAT, seen, "systemctl reload ccdialer, and see its log")


def budget_finding(config: Config) -> Iterator[Finding]:
    """A script whose time is up has asked in vain: its caller goes by the dialplan's fallback, not
    by the rules, which do without the CRM."""
    limit_s = min(ROUTES_WITHIN_S, config.agi.deadline_s)
    if config.agi.listen and config.crm.budget_ms / 1000 + SLACK_S > limit_s:
        seen = f"callers may wait {config.crm.budget_ms} ms for it, and scripts {limit_s:g} s"
        most_ms = max(10, round((limit_s - SLACK_S) * 1000))
        yield warn(WHAT, seen, f"crm.budget_ms: {most_ms} at most")


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
    remedy = (
        "callers do not wait so long: raise crm.budget_ms (to 1200 at most), or ask a nearer one"
    )
    return warn(WHAT, f"{seen}, the budget is {budget_ms} ms", remedy)
