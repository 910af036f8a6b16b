"""What we have had to do with a caller, as routing and his agent want to know it."""

from __future__ import annotations

from ccdialer.core.card import LOGIN
from ccdialer.core.facts import Past
from ccdialer.reports.words import at
from ccdialer.runtime.clock import wall_ms
from ccdialer.runtime.route_book import RouteBook
from ccdialer.storage.database import Database
from ccdialer.storage.refusals import is_listed
from ccdialer.storage.talks import News, last_talk, news_of


def past_of(database: Database, number: str, project_id: int, known: RouteBook) -> Past:
    """Of a number (E.164) in a project: four indexed reads. People who are not agents any more are
    nobody."""
    now = wall_ms()
    news = news_of(database, number, project_id, now)
    talk = last_talk(database, number, project_id)
    return Past(
        callback_of=_owner(news, known),
        tried_by=None if news.tried is None else _login(known, news.tried.agent_id),
        last_agent=None if talk is None else _login(known, talk.agent_id),
        is_listed=is_listed(database, number, project_id, now),
        news=told(news, now),
    )


def _owner(news: News, known: RouteBook) -> str | None:
    """Of several callbacks, the first that is somebody's."""
    if not news.callbacks:
        return None
    owners = (_login(known, each.owner_id) for each in news.callbacks)
    return next(filter(None, owners), "")


def _login(known: RouteBook, agent_id: int | None) -> str:
    agent = known.agent(agent_id)
    return "" if agent is None else LOGIN + agent.login


def told(news: News, now: int) -> str:
    """`"spring" tried you at 14:05; callback of "lost" for 15:00`; `now` is epoch ms."""
    parts = []
    if news.tried is not None:
        parts.append(f'campaign "{news.tried.campaign}" tried you at {at(news.tried.at, now)}')
    for each in news.callbacks:
        whose = f" for {each.owner}" if each.owner else ""
        parts.append(f'callback of "{each.campaign}"{whose} at {at(each.due_at, now)}')
    return "; ".join(parts)
