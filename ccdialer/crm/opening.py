"""Makes a connector of its settings; nobody is asked yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ccdialer.core.phone import Reader
from ccdialer.crm.amocrm import AmoCrmConnector
from ccdialer.crm.bitrix24 import Bitrix24Connector
from ccdialer.crm.csv_file import CsvConnector
from ccdialer.crm.pace import Spare, pace_of
from ccdialer.crm.rest import Paths, RestConnector
from ccdialer.crm.sql import SqlConnector
from ccdialer.crm.tokens import Access, Integration, Tokens
from ccdialer.crm.web import Ask, Web
from ccdialer.crm_settings import AmoCrm, Bitrix24, Crm, CsvFile, Rest, Sql


def web_of(settings: Bitrix24 | AmoCrm | Rest, crm: Crm, can_wait: bool = False) -> Web:
    """Its requests, at its pace. What `can_wait` lets callers' look-ups go first, though they are
    of another connector to the same CRM."""
    host = urlsplit(settings.webhook if isinstance(settings, Bitrix24) else settings.url).netloc
    pace = pace_of(host, settings.per_s, settings.burst)
    return Web(crm.private, Spare(pace) if can_wait else pace, settings.ca_file)


def _bitrix24(
    settings: Bitrix24, crm: Crm, reader: Reader, can_wait: bool = False
) -> Bitrix24Connector:
    mapped, web = frozenset(settings.owners), web_of(settings, crm, can_wait)
    return Bitrix24Connector(settings.name, settings.webhook, web, mapped)


def _amocrm(settings: AmoCrm, crm: Crm, reader: Reader, can_wait: bool = False) -> AmoCrmConnector:
    web = web_of(settings, crm, can_wait)
    access = _always(settings.token) if settings.token else tokens_of(settings, web).access
    return AmoCrmConnector(settings.name, settings.url, web, access, reader)


def tokens_of(settings: AmoCrm, web: Web) -> Tokens:
    """The tokens of OAuth."""
    integration = Integration(
        settings.url.rstrip("/"),
        settings.client_id,
        settings.client_secret,
        settings.redirect_uri,
        Path(settings.tokens),
    )
    return Tokens(integration, web)


def _always(token: str) -> Access:
    return lambda until, refused: token


def _rest(settings: Rest, crm: Crm, reader: Reader) -> RestConnector:
    paths = Paths(settings.client, settings.card, settings.deals, settings.deal, settings.fields)
    ask = Ask(settings.url, headers=settings.headers)
    web = web_of(settings, crm)
    return RestConnector(settings.name, ask, frozenset(settings.nobody), paths, web)


def _sql(settings: Sql, crm: Crm, reader: Reader) -> SqlConnector:
    return SqlConnector(settings.name, settings.database, settings.query)


def _csv(settings: CsvFile, crm: Crm, reader: Reader) -> CsvConnector:
    return CsvConnector(settings.name, Path(settings.path), reader)


OPENERS: dict[str, Callable[..., Any]] = {
    "amocrm": _amocrm,
    "bitrix24": _bitrix24,
    "csv": _csv,
    "rest": _rest,
    "sql": _sql,
}
