"""A whole ccdialer site in a folder: configuration, lists, Asterisk, carrier and phones."""

from __future__ import annotations

import csv
import os
import random
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab import sipp
from tests.lab.asterisk import LONGEST_RUN_FOLDER, Asterisk, Plan
from tests.lab.sipp import Manners

LIVE_MIX = {1: 1.0}
DEMO_MIX = {1: 34, 2: 26, 7: 6, 0: 8, 3: 8, 5: 5, 6: 4, 8: 3, 9: 3, 4: 3}
"""Carrier's digit -> share of the list: people answer two times of three."""

CONFIG = """\
node: {node}
database: {database}
socket: {socket}
ari:
  url: {ari_url}
  username: {ari_user}
  password: {ari_password}
  app: {app}
  connect: {connect}
  listen: {listen}
trunks:
  conf: {trunks}
agi:
  listen: {agi}
daemon:
  drain_s: 10
recordings:
  folder: {recordings}
  min_free_gb: 0
"""
CAMPAIGN = {
    "project": "demo",
    "name": "demo",
    "dial": "PJSIP/{digits}@carrier",
    "mode": "predictive",
    "calling_hours": "always",
    "max_lines": 40,
    "ring_timeout_s": 6,
    "min_ring_s": 5,
    "safe_harbour": "sound:im-sorry",
    "announce": "",
    "amd": True,
    "wrap_up_s": 1,
    "max_attempts": 1,
    "retry_after_s": {"congestion": 4, "cancelled": 4},
}


@dataclass
class Site:
    """A folder with everything that `ccdialer` needs; `start` brings Asterisk and SIPp up."""

    folder: Path
    plan: Plan = field(default_factory=Plan)
    manners: Manners = field(default_factory=Manners)
    database: str = ""  # URL; empty: SQLite in the folder
    node: str = "lab"

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.asterisk = Asterisk(self.folder / "asterisk", self.plan)
        self.database = self.database or f"sqlite:///{self.folder / 'ccdialer.db'}"
        self.carrier: sipp.Sipp | None = None
        self.phones: sipp.Sipp | None = None
        self._write()

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def recordings(self) -> Path:
        """Where its Asterisk writes recordings."""
        return self.asterisk.folder / "spool" / "recording"

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which `ccdialer` finds this site."""
        return {**os.environ, "CCDIALER_CONFIG": str(self.config)}

    def start(self) -> None:
        """Start Asterisk, the carrier and the phones, and wait for them."""
        self.asterisk.start()
        self.carrier = sipp.carrier(self.folder / "carrier", self.plan.carrier_port, self.manners)
        self.phones = sipp.phones(self.folder / "phones", self.plan.phones_port)

    def stop(self) -> None:
        """Stop all three; the folder stays."""
        for part in (self.phones, self.carrier, self.asterisk):
            if part is not None:
                part.stop()

    def carrier_log(self) -> Path:
        """The carrier's own record, for `sipp.notes` and `sipp.invites`."""
        return self.folder / "carrier" / "carrier.log"

    def write_campaign(self, **changes: object) -> Path:
        """demo.yaml: the campaign `demo` of the project `demo`, with changes."""
        path = self.folder / "demo.yaml"
        path.write_text("".join(_yaml_lines({**CAMPAIGN, **changes})))
        return path

    def write_agents(self, kept_up: bool = True, project: str = "demo") -> Path:
        """agents.csv: one agent for each phone of the plan."""
        rows = [
            [f"agent{n}", f"Agent {n}", f"PJSIP/agent{n}", "yes" if kept_up else "no", project]
            for n in range(1, self.plan.agents + 1)
        ]
        return _write_csv(
            self.folder / "agents.csv", ["login", "name", "phone", "kept_up", "projects"], rows
        )

    def write_tasks(self, count: int, mix: Mapping[int, float], seed: int = 1) -> Path:
        """list.csv: so many different numbers, their digits drawn from the mix."""
        return _write_csv(
            self.folder / "list.csv",
            ["phone", "name"],
            [[number, f"Client {n}"] for n, number in enumerate(numbers(count, mix, seed), 1)],
        )

    def _write(self) -> None:
        socket = self.folder / "ccdialer.sock"
        if len(str(socket)) > LONGEST_RUN_FOLDER:
            socket = Path(tempfile.mkdtemp(prefix="ccd-sock-")) / "ccdialer.sock"
        text = CONFIG.format(
            node=self.node,
            database=self.database,
            socket=socket,
            ari_url=self.plan.ari_url,
            ari_user=self.plan.ari_user,
            ari_password=self.plan.ari_password,
            app=self.plan.app,
            connect=self.plan.connect,
            recordings=self.recordings,
            listen=f"{self.plan.address}:{self.plan.daemon_port}",
            agi=f"{self.plan.address}:{self.plan.agi_port}",
            trunks=self.asterisk.folder / "etc" / "ccdialer_pjsip_trunks.conf",
        )
        self.config.write_text(text)
        self.config.chmod(0o600)
        wrapper = self.folder / "ccdialer"
        program = Path(sys.executable).parent / "ccdialer"
        wrapper.write_text(f'#!/bin/sh\nCCDIALER_CONFIG="{self.config}" exec "{program}" "$@"\n')
        wrapper.chmod(0o755)


def numbers(count: int, mix: Mapping[int, float], seed: int = 1) -> list[str]:
    """Different numbers in E.164, +7900Dxxxxxx, in random order; the shares of the mix are exact
    but for rounding."""
    dice = random.Random(seed)
    whole = sum(mix.values())
    digits = [digit for digit, share in mix.items() for _ in range(round(count * share / whole))]
    digits = (digits + [max(mix, key=lambda digit: mix[digit])] * count)[:count]
    dice.shuffle(digits)
    tails = dice.sample(range(1_000_000), count)
    return [f"+7900{digit}{tail:06}" for digit, tail in zip(digits, tails, strict=True)]


def _yaml_lines(values: Mapping[str, object], indent: str = "") -> list[str]:
    lines = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{key}:\n", *_yaml_lines(value, indent + "  ")]
        else:
            word = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
            text = f'"{value}"' if isinstance(value, str) else value
            lines.append(f"{indent}{key}: {word or text}\n")
    return lines


def _write_csv(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path
