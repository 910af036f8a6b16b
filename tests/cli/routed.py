"""A site with the shipped routing rules, and calls that were routed by them."""

from __future__ import annotations

from ccdialer import storage
from ccdialer.core.card import Card, Deal
from ccdialer.core.commands import RecordRoute
from ccdialer.core.found import CardStatus, Found
from ccdialer.runtime.clock import Clock
from ccdialer.runtime.directing import Directing, Ringing
from tests.cli.prompt import Prompt

DID = "+74842400149"
QUEUES = ("consultants", "sales", "production")
ALWAYS = '{mon-fri: "09:00-20:00", sat: "10:00-18:00"}'


def preset(prompt: Prompt) -> str:
    return prompt.run("route", "preset", "by-stage").stdout.replace(ALWAYS, "always")


def queues(prompt: Prompt, *names: str) -> None:
    for name in names or QUEUES:
        text = f"project: sales\nname: {name}\nmode: inbound\n"
        prompt.run("campaign", "apply", str(prompt.file(f"{name}.yaml", text)))


def with_rules(prompt: Prompt) -> None:
    """Queues, agents anna and boris, and the shipped rules applied as version 1."""
    queues(prompt)
    prompt.import_agents()
    prompt.run("route", "apply", str(prompt.file("rules.yaml", preset(prompt))))


class _Says:
    def __init__(self, found: Found) -> None:
        self.found = found

    def find(self, number: str, project: str = "") -> Found:
        return self.found


def called(prompt: Prompt, number: str, stage: str | None = None, leg: str = "1.1") -> str:
    """A call that came just now and was routed; the id it was given. Without a stage the CRM does
    not know the caller."""
    card = Card("crm", "7", "Ivan", "login:anna", (Deal("1", stage or ""),))
    found = Found(card, CardStatus.OK) if stage else Found(None, CardStatus.NOTFOUND)
    written: list[RecordRoute] = []
    clock = Clock()
    with prompt.database() as database:
        directing = Directing(database, clock, written.append)
        directing.cards = _Says(found)
        directing.read()
        directed = directing.direct(Ringing(leg, number, DID))
        storage.carry_out(database, written, "one", clock.to_wall)
        directing.close()
    return directed.call_id
