"""What the caller's path needs of the database, read beforehand and held in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ccdialer.calendars import calendar_of
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Mode
from ccdialer.core.facts import Facts, Past, with_card
from ccdialer.core.found import Found
from ccdialer.core.routing import LOGIN, NO_BOOK, Book, book_of
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
    waits_s: Mapping[tuple[int, str], float] = field(default_factory=dict)
    """For how long a queue offers an owner first, by project and name."""
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
        named, slash, name = queue.partition("/")
        place = (named, name) if slash else (project, queue)
        return self.waits_s.get((self.projects.get(place[0], 0), place[1]), 0.0)


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
    waits = {
        (each.project_id, each.name): each.settings.queue.owner_first_s
        for each in list_campaigns(database)
        if each.settings.mode is Mode.INBOUND
    }
    agents = list_agents(database)
    return RouteBook(
        book,
        {agent.login: agent for agent in agents},
        {name: id for id, name in list_projects(database).items()},
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
