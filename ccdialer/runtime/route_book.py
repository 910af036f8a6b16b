"""What the caller's path needs of the database, read beforehand and held in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ccdialer.calendars import calendar_of
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Mode
from ccdialer.core.card import LOGIN
from ccdialer.core.facts import Facts, Past, with_card
from ccdialer.core.found import Found
from ccdialer.core.queue_names import Place, full_name, queue_meant
from ccdialer.core.routing import NO_BOOK, Book, book_of
from ccdialer.core.schedule import Calendar
from ccdialer.storage.agents import list_agents
from ccdialer.storage.campaigns import list_campaigns, list_projects
from ccdialer.storage.database import Database
from ccdialer.storage.routes import routes_in_force, routes_revision
from ccdialer.storage.site_rules import read_rules, rules_text


@dataclass(frozen=True, slots=True)
class RouteBook:
    """The rules in force, and whom and what they name."""

    book: Book = NO_BOOK
    agents: Mapping[str, Agent] = field(default_factory=dict)  # by login
    projects: Mapping[str, int] = field(default_factory=dict)  # id by name
    waits_s: Mapping[Place, float] = field(default_factory=dict)
    """For how long each queue offers an owner first."""
    by_id: Mapping[int, Agent] = field(default_factory=dict)
    made_of: tuple[object, ...] = ()  # the same again: the book need not be made again

    def login_of(self, owner: str) -> str:
        """`login:anna` for an owner who is known here by his phone; without its `login:` for one
        who is no agent here, so that nobody waits for him; else as it is."""
        kind, _, value = owner.partition(":")
        if owner.startswith(LOGIN):
            return owner if value in self.agents else value
        if kind == "phone" and value:
            ends = (agent for agent in self.agents.values() if phone_of(agent) == value)
            found = next(ends, None)
            return owner if found is None else LOGIN + found.login
        return owner

    def agent(self, agent_id: int | None) -> Agent | None:
        return None if agent_id is None else self.by_id.get(agent_id)

    def complete(self, facts: Facts, found: Found, past: Past | None) -> Facts:
        """What the line tells, with what the CRM said and what we know ourselves."""
        seen = replace(with_card(facts, found), past=past)
        return replace(seen, owner=self.login_of(seen.owner))

    def wait_s(self, project: str, queue: str) -> float:
        """For how long the queue of that name offers an owner first; 0: it is not known."""
        place = queue_meant(queue, project, self.waits_s)
        return 0.0 if place is None else self.waits_s[place]

    def queue_name(self, project: str, queue: str) -> str:
        """What the dialplan calls the queue, so that no other one is taken for it; as it is, where
        it is none of ours."""
        place = queue_meant(queue, project, self.waits_s)
        return queue if place is None else full_name(place, self.waits_s)


def phone_of(agent: Agent) -> str:
    """His phone as people dial it: 101 of PJSIP/101."""
    return agent.phone.rpartition("/")[2]


def read_book(database: Database, before: RouteBook, now: float) -> RouteBook:
    """All of it as it is now; the rules are made ready again only where something has changed.
    `now` is epoch seconds."""
    year = datetime.fromtimestamp(now, UTC).year
    site = rules_text(database)
    made_of = (routes_revision(database), site, year)
    book = before.book if made_of == before.made_of else _book(database, site, year)
    names = list_projects(database)
    waits = {
        (names[each.project_id], each.name): each.settings.queue.owner_first_s
        for each in list_campaigns(database)
        if each.settings.mode is Mode.INBOUND
    }
    agents = list_agents(database)
    return RouteBook(
        book,
        {agent.login: agent for agent in agents},
        {name: id for id, name in names.items()},
        waits,
        {agent.id: agent for agent in agents},
        made_of,
    )


def _book(database: Database, site: str, year: int) -> Book:
    found = routes_in_force(database)
    return NO_BOOK if found is None else book_of(found.routes, site_calendar(site, year), found.id)


def site_calendar(site: str, year: int) -> Calendar:
    """The holidays of the site's rules, which are given as JSON."""
    return calendar_of(read_rules(site), year)
