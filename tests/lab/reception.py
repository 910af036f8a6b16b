"""A site that people call: queues by stage, a CRM in a file, rules, and a callback campaign."""

from __future__ import annotations

import csv
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings, CampaignState, Mode
from ccdialer.core.daytimes import AT_ANY_TIME
from ccdialer.core.queue import QueueSettings, Widening
from ccdialer.storage import agents, campaigns
from tests.lab.running import Running
from tests.lab.site import Site

PROJECT = "clinic"
DID = "74951230001"
PHONE = "74951230007"  # while the daemon is away, a phone rings
APP_QUEUE = "74951230009"  # as on a site that keeps its own queues
QUEUES = ("consultants", "sales", "production")
CALLBACKS = "promises"

CLIENTS = {
    "79001000001": ("Proposal sent", "login:agent2"),
    "79001000002": ("Paid", ""),
    "79001000003": ("Proposal sent", "login:agent5"),
    "79001000004": ("Paid", ""),
}
"""Number -> stage and owner, as the CRM has them; whoever is not here is unknown to it."""

GROUPS = {1: "consultants", 2: "sales", 3: "production", 4: "consultants", 5: "sales"}
"""Agent's number -> his group."""

CRM = """\
crm:
  connectors: [{{kind: csv, path: {path}}}]
"""

RULES = f"""\
title: by stage
zone: Europe/Moscow
dids:
  "+{DID}":
    project: {{project}}
    ad_channel: site
    queue: consultants
    fallback: queue consultants
  "+{PHONE}":
    project: {{project}}
    ad_channel: radio
    queue: consultants
    fallback: queue consultants
  "+{APP_QUEUE}":
    project: {{project}}
    ad_channel: paper
    queue: consultants
    fallback: queue consultants
scenarios:
  by-stage:
    - name: production
      when: {{{{stage: [Paid, In production]}}}}
      to: queue production
    - name: sales
      when: {{{{stage: [Proposal sent]}}}}
      to: queue sales
      owner_first_s: 20
    - name: consultants
      to: queue consultants
      owner_first_s: 20
"""


def furnish(running: Running, kept_up: bool = True, **queue: Any) -> None:
    """Queues, agents, the callback campaign, the CRM's file and the rules: before the daemon
    starts. `queue`: changes of the queues' settings."""
    now = time.time_ns() // 1_000_000
    plain = CampaignSettings(
        "PJSIP/{digits}@carrier", calling_hours=AT_ANY_TIME, wrap_up_s=0.2, ring_timeout_s=6.0
    )
    for name in QUEUES:
        waits = QueueSettings(widening=(Widening(0.0, (name,)),))
        settings = replace(plain, mode=Mode.INBOUND, dial="", queue=replace(waits, **queue))
        _active(running, name, settings, now)
    _active(running, CALLBACKS, replace(plain, mode=Mode.CALLBACK), now)
    for n in range(1, running.site.plan.agents + 1):
        groups = frozenset({GROUPS.get(n, "consultants")})
        agent = Agent(0, f"agent{n}", f"Agent {n}", f"PJSIP/agent{n}", kept_up, frozenset(), groups)
        agents.upsert_agent(running.database, agent, [PROJECT], now)
    write_clients(running.site, CLIENTS)
    apply_rules(running.site)


def _active(running: Running, name: str, settings: CampaignSettings, now: int) -> None:
    campaign = campaigns.upsert_campaign(running.database, PROJECT, name, settings, now)
    campaigns.set_campaign_state(running.database, campaign.id, CampaignState.ACTIVE, now)


def write_clients(site: Site, clients: Mapping[str, tuple[str, str]]) -> None:
    """The CRM's file, and the section of config.yaml that names it."""
    path = site.folder / "clients.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "client_id", "name", "deal_id", "deal_stage", "deal_owner"])
        for n, (number, (stage, owner)) in enumerate(clients.items(), 1):
            writer.writerow([f"+{number}", n, f"Client {n}", f"d{n}", stage, owner])
    if "crm:" not in site.config.read_text():
        with site.config.open("a") as config:
            config.write(CRM.format(path=path))


def write_rules(site: Site, project: str = PROJECT) -> Path:
    """rules.yaml, for `ccdialer route apply`."""
    path = site.folder / "rules.yaml"
    path.write_text(RULES.format(project=project))
    return path


def apply_rules(site: Site) -> None:
    """`ccdialer route apply`, by the command."""
    apply_file(site, write_rules(site))


def apply_file(site: Site, path: Path) -> None:
    """The same with rules of the test's own."""
    done = subprocess.run(
        [str(site.folder / "ccdialer"), "route", "apply", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
