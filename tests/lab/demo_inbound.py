"""The demo's second half: people call in; who meets nobody is called back, and it is proved."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ccdialer.storage.database import connect
from tests.lab import reception
from tests.lab.callers import Call, callers
from tests.lab.inbound_ledger import faults_of, read_calls
from tests.lab.reception import CALLBACKS, DID, QUEUES
from tests.lab.showing import command, say
from tests.lab.sipp import Note, notes
from tests.lab.site import Site

PROJECT = "demo"
STAGES = ("Paid", "Proposal sent", "")  # the last: nobody the CRM knows
CALLERS, LOST = 18, 2
STAY_MS = 6500
"""Who hangs up within 5 s has changed his mind, for `report inbound`."""
QUEUE = """\
project: {project}
name: {name}
mode: {mode}
calling_hours: always
wrap_up_s: 1
"""
DIAL = "dial: PJSIP/{digits}@carrier\n"


def write_inbound(site: Site) -> None:
    """Files of queues, the callback campaign, rules, and the CRM: before the daemon starts."""
    for name in QUEUES:
        text = QUEUE.format(project=PROJECT, name=name, mode="inbound")
        (site.folder / f"{name}.yaml").write_text(text)
    text = QUEUE.format(project=PROJECT, name=CALLBACKS, mode="callback")
    (site.folder / f"{CALLBACKS}.yaml").write_text(text + DIAL)
    reception.write_rules(site, PROJECT)
    known = {number(n): (STAGES[n % 3], "") for n in range(CALLERS) if STAGES[n % 3]}
    reception.write_clients(site, known)


def number(n: int) -> str:
    """Of the nth caller; the carrier's people with such numbers answer when they are called."""
    return f"7900110{n:04}"


def take_calls(site: Site) -> None:
    """Two call while nobody is there, and are called back; then many, each to his queue."""
    for name in (*QUEUES, CALLBACKS):
        command(site, "campaign", "apply", str(site.folder / f"{name}.yaml"))
        command(site, "campaign", "start", name)
    command(site, "route", "apply", str(site.folder / "rules.yaml"))
    command(site, "route", "test", f"+{number(1)}", "--did", f"+{DID}")
    command(site, "agent", "logout", "--all")
    say(f"{LOST} people call while no agent is there, and give up")
    call_in(site, "lost", [Call(number(1000 + n), DID, STAY_MS) for n in range(LOST)])
    command(site, "callback", "list")
    command(site, "agent", "login", "--all")
    command(site, "status", "--watch", "--until-done", CALLBACKS)
    say(f"{CALLERS} people call: some have paid, some have a proposal, some are new")
    dice = random.Random(1)
    calls = [Call(number(n), DID, dice.randrange(3000, 6000)) for n in range(CALLERS)]
    call_in(site, "callers", calls)
    command(site, "why", f"+{number(1000)}")


def call_in(site: Site, name: str, calls: Sequence[Call]) -> None:
    callers(site.folder / name, calls, site.plan, rate=3).wait()


def inbound_faults(site: Site) -> list[str]:
    """What became of the callers, against what they themselves have noted."""
    record: list[Note] = []
    for name in ("lost", "callers"):
        record += notes(site.folder / name / "caller.log")
    database = connect(site.database)
    rows = read_calls(database)
    database.close()
    faults = faults_of(record, rows)
    if len(rows) != CALLERS + LOST:
        faults.append(f"{CALLERS + LOST} people have called, and {len(rows)} are known")
    if not faults:
        print(f"{len(rows)} calls came in: everything adds up.")
    return faults
