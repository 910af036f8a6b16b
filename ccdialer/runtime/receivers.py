"""Who is told of calls, by config.yaml: what each wants to know, and how it is brought to him."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ccdialer.config import Config
from ccdialer.core.notice import Wish
from ccdialer.core.phone import reader
from ccdialer.crm.amocrm_calls import AmoCrmCalls
from ccdialer.crm.bitrix24_app import OAUTH, Bitrix24App, rest_of
from ccdialer.crm.bitrix24_calls import Bitrix24Calls, Portal
from ccdialer.crm.opening import OPENERS, web_of
from ccdialer.crm.pace import Pace
from ccdialer.crm.saying import Voice
from ccdialer.crm.tokens import Integration, Tokens
from ccdialer.crm.web import Web
from ccdialer.crm.webhook import Webhook
from ccdialer.crm_settings import AmoCrm, Bitrix24
from ccdialer.crm_settings import Webhook as WebhookSettings
from ccdialer.runtime.delivery import Delivery, Keeping, Receiver, Route
from ccdialer.storage.database import Database

SHARE = 0.5
"""Of a CRM's rate so much at most is for what it is told: callers wait for what it is asked."""
REQUESTS = 3
"""A notice takes up to so many requests."""


def wishes_of(config: Config) -> tuple[Wish, ...]:
    """What the connectors want to be told."""
    return tuple(
        Wish(each.name, frozenset(each.writes), frozenset(each.projects))
        for each in config.crm.connectors
        if getattr(each, "writes", ())
    )


def delivery_of(config: Config, database: Database) -> Delivery:
    """The workers of a site; none of them works yet."""
    return Delivery(database, config.node, routes_of(config), _keeping(config))


def retell(delivery: Delivery, database: Database, config: Config) -> None:
    """Tell those whom a section names that was read again, and promise what they want to know."""
    delivery.take(routes_of(config), _keeping(config))
    database.wishes = wishes_of(config)


def _keeping(config: Config) -> Keeping:
    return Keeping(config.crm.expire_days)


def routes_of(config: Config) -> list[Route]:
    """How each connector that is told anything is reached."""
    told = [each for each in config.crm.connectors if getattr(each, "writes", ())]
    of_each = config.crm.private, config.crm.recordings_url
    return [
        Route(_receiver(each, config), per_s=_rate(each), made_of=(each, *of_each)) for each in told
    ]


def _rate(settings: Any) -> float:
    if isinstance(settings, WebhookSettings):
        return settings.per_s
    return float(settings.per_s * SHARE / REQUESTS)


def _receiver(settings: Any, config: Config) -> Receiver:
    return MAKERS[type(settings)](settings, config)


def _voice(settings: Any, config: Config) -> Voice:
    users = {login: user for user, login in getattr(settings, "owners", {}).items()}
    return Voice(users, getattr(settings, "user", ""), config.crm.recordings_url)


def _bitrix24(settings: Bitrix24, config: Config) -> Receiver:
    numbers = reader(config.numbers.region)
    portal: Portal = OPENERS["bitrix24"](settings, config.crm, numbers, can_wait=True)
    if settings.client_id:
        web = web_of(settings, config.crm, can_wait=True)
        rest = rest_of(settings.webhook)
        portal = Bitrix24App(rest, web, bitrix24_tokens(settings, web).access)
    is_app = bool(settings.client_id)
    voice = _voice(settings, config)
    return Bitrix24Calls(settings.name, portal, voice, is_app, settings.creates_leads)


def bitrix24_tokens(settings: Bitrix24, web: Web, oauth: str = OAUTH) -> Tokens:
    """The tokens of a local application."""
    path = Path(settings.tokens)
    secret = settings.client_secret
    known = Integration(oauth, settings.client_id, secret, "", path, asks_by_query=True)
    return Tokens(known, web)


def _amocrm(settings: AmoCrm, config: Config) -> Receiver:
    numbers = reader(config.numbers.region)
    account = OPENERS["amocrm"](settings, config.crm, numbers, can_wait=True)
    return AmoCrmCalls(settings.name, account, _voice(settings, config))


def _webhook(settings: WebhookSettings, config: Config) -> Receiver:
    web = Web(config.crm.private, Pace(settings.per_s, max(1, round(settings.per_s))))
    voice = _voice(settings, config)
    return Webhook(settings.name, settings.url, settings.secret, web, voice)


MAKERS: dict[type, Callable[[Any, Config], Receiver]] = {
    Bitrix24: _bitrix24,
    AmoCrm: _amocrm,
    WebhookSettings: _webhook,
}
