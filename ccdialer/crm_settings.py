"""The section `crm` of config.yaml: which CRMs are asked who a caller is, and how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jmespath
from jmespath.exceptions import JMESPathError

from ccdialer.core.notice import NoticeKind
from ccdialer.schema import setting

DAY_S = 86400.0
CLIENT_KEYS = ("client_id", "name", "owner", "stage")
DEAL_KEYS = ("id", "stage", "pipeline", "title", "owner", "open", "changed_at", "amount")


class Order(StrEnum):
    """How several connectors are asked."""

    TOGETHER = "together"  # all at once; the first of the list that knows the caller counts
    IN_TURN = "in_turn"  # one after the other, until one knows him


# --- checks: what was expected, or an empty string ----------------------------------------------


def is_name(value: str) -> str:
    fits = re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", value)
    return "" if fits else "1 to 40 small letters, digits, dashes or underscores"


def is_url(value: str) -> str:
    wanted = "a URL such as https://crm.example.net/api"
    try:
        parts = urlsplit(value)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return wanted
    if parts.username or parts.password:
        return "a URL without an account; put it into `headers`"
    return "" if fits and not re.search(r"\s", value) else wanted


def is_url_or_nothing(value: str) -> str:
    return is_url(value) if value else ""


def is_sheltered(url: str, private: tuple[str, ...]) -> str:
    """A secret and what is known of people go by TLS, or stay in `private` networks. Which address
    a name has is looked at by every connection (crm/guarded.py); it may be one of these."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        return ""
    try:
        host = ip_address(parts.hostname or "")
        fits = any(host in ip_network(each) for each in private)
    except ValueError:
        fits = bool(private)
    wanted = "https://, as http:// can be read on its way; or, in a network of yours, its address"
    return "" if fits else f"{wanted} under crm.private"


def _networks(value: tuple[str, ...]) -> str:
    try:
        for each in value:
            ip_network(each)
    except ValueError:
        return "addresses such as 10.1.2.3 or networks such as 10.1.2.0/24"
    return ""


def is_database(value: str) -> str:
    wanted = "sqlite:////file.db, postgresql://user:password@host/name or mysql://... alike"
    try:
        parts = urlsplit(value)
        fits = parts.scheme in ("sqlite", "postgresql", "mysql") and len(parts.path) > 1
        fits = fits and parts.port != 0  # which also reads it
    except ValueError:
        return wanted
    return "" if fits or not value else wanted


def _query(value: str) -> str:
    fits = re.search(r"(?<![:\w]):(number|digits|national)\b", value)
    return "" if fits else "a SELECT with :number, :digits or :national in it"


def _statuses(value: tuple[int, ...]) -> str:
    return "" if all(200 <= each < 600 for each in value) else "HTTP status codes"


def _path(value: str) -> str:
    try:
        if value:
            jmespath.compile(value)
    except JMESPathError as error:
        return f'"{value}" is not a JMESPath: {str(error).splitlines()[0]}'
    return ""


def _each_once(value: tuple[NoticeKind, ...]) -> str:
    return "" if len(set(value)) == len(value) else "each kind once"


def _user(value: str) -> str:
    return "" if not value or value.isdecimal() else "a number"


_SHOWS = NoticeKind.STARTED


def is_secret(value: str) -> str:
    fits = re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,}={0,2}", value)
    return "" if fits else "whsec_ and at least 24 bytes as base64"


# --- the connectors -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every connector has."""

    kind: str = setting("", "Which kind it is.")
    name: str = setting("", "Its name in cards, logs and the cache; empty: its kind.")
    projects: tuple[str, ...] = setting((), "Projects that may ask it; empty: all.")
    owners: dict[str, str] = setting(
        {}, "Login of an agent, by the user's id in the CRM: whom a client's owner means here."
    )
    fresh_s: float | None = setting(
        None, "Overrides crm.fresh_s for this connector.", least=0, most=DAY_S
    )
    timeout_s: float = setting(
        3.0,
        "A look-up is given up after this, seconds; what comes too late for the caller is kept.",
        least=0.1,
        most=30,
    )
    workers: int = setting(4, "Look-ups of it at one time.", least=1, most=64)


@dataclass(frozen=True, slots=True)
class _AskedByHttp(_Asked):
    """What every connector has that asks by HTTP."""

    ca_file: str = setting(
        "", "Certificate of the authority that vouches for it, if it is not a public one."
    )


@dataclass(frozen=True, slots=True)
class _Told(_AskedByHttp):
    """What a CRM has that is told of calls, too."""

    writes: tuple[NoticeKind, ...] = setting(
        (), f"What it is told: {', '.join(NoticeKind)}; empty: nothing.", check=_each_once
    )
    user: str = setting(
        "",
        "Id of the user in whose name it is told of calls of agents who are not in `owners`.",
        check=_user,
    )


@dataclass(frozen=True, slots=True)
class Clients(_Asked):
    """The built-in client base."""

    kind: str = setting("clients", "clients: the client base of ccdialer itself.")
    fresh_s: float | None = setting(
        0.0, "Overrides crm.fresh_s: it is asked in a moment.", least=0, most=DAY_S
    )


@dataclass(frozen=True, slots=True)
class Bitrix24(_Told):
    """A Bitrix24 portal, by an incoming webhook."""

    kind: str = setting("bitrix24", "bitrix24: a portal, by an incoming webhook.")
    webhook: str = setting(
        "",
        "Address of the webhook: https://PORTAL/rest/USER/CODE/; it is a secret.",
        check=is_url_or_nothing,
    )
    webhook_file: str = setting("", "File with the address instead; relative to this file.")
    client_id: str = setting(
        "", "Id of a local application with the right telephony; only it may register calls."
    )
    client_secret: str = setting("", "Its secret.")
    client_secret_file: str = setting("", "File with the secret instead; relative to this file.")
    tokens: str = setting("", "File in which its tokens are kept as they change; absolute path.")
    creates_leads: bool = setting(
        False, "A call with a number that the portal does not know makes a lead there."
    )
    per_s: float = setting(2.0, "Requests a second in the long run.", least=0.1, most=1000)
    burst: int = setting(50, "Requests at once before that counts.", least=1, most=10000)

    def mistake(self) -> str:
        """What does not go together, or an empty string."""
        if self.client_id:
            return "" if Path(self.tokens).is_absolute() else "give `tokens`, an absolute path"
        return "writes: started needs an application: client_id" if _SHOWS in self.writes else ""


@dataclass(frozen=True, slots=True)
class AmoCrm(_Told):
    """An amoCRM or Kommo account."""

    kind: str = setting("amocrm", "amocrm: an account of amoCRM or Kommo.")
    url: str = setting("", "Its address: https://ACCOUNT.amocrm.ru.", check=is_url_or_nothing)
    token: str = setting("", "Long-lived token of a private integration; or OAuth, below.")
    token_file: str = setting("", "File with the token instead; relative to this file.")
    client_id: str = setting("", "OAuth: id of the integration.")
    client_secret: str = setting("", "OAuth: its secret.")
    client_secret_file: str = setting("", "File with the secret instead; relative to this file.")
    redirect_uri: str = setting("", "OAuth: its redirect URI, as registered.")
    tokens: str = setting(
        "", "OAuth: file in which the tokens are kept as they change; absolute path."
    )
    per_s: float = setting(7.0, "Requests a second.", least=0.1, most=1000)
    burst: int = setting(7, "Requests at once before that counts.", least=1, most=10000)

    def mistake(self) -> str:
        """What does not go together, or an empty string."""
        if wrong := next((each for each in self.owners if not each.isdecimal()), ""):
            return f'owners: "{wrong}" is no id of a user, which is a number'
        if self.token or self.token_file:
            return ""
        if self.client_id and self.redirect_uri and Path(self.tokens).is_absolute():
            return ""
        return "give `token` (or token_file), or client_id, redirect_uri and tokens of OAuth"


@dataclass(frozen=True, slots=True)
class Rest(_AskedByHttp):
    """Any system with an HTTP interface that answers JSON."""

    kind: str = setting("rest", "rest: any HTTP interface that answers JSON.")
    url: str = setting(
        "",
        "Asked for; {number} is +79161234567, {digits} 79161234567, {national} 9161234567.",
        check=is_url_or_nothing,
    )
    headers: dict[str, str] = setting({}, "Headers; ${NAME} keeps secrets out of here.")
    nobody: tuple[int, ...] = setting(
        (204, 404), "Answers (HTTP status) that say: not known.", check=_statuses
    )
    client: str = setting("@", "JMESPath of the client in the answer; null there: not known.")
    card: dict[str, str] = setting(
        {"client_id": "id", "name": "name", "owner": "owner", "stage": "stage"},
        "JMESPaths in the client: client_id, name, owner, stage.",
    )
    deals: str = setting("deals", "JMESPath of the list of deals in the client.")
    deal: dict[str, str] = setting(
        {"id": "id", "stage": "stage", "pipeline": "pipeline", "title": "title"},
        "JMESPaths in a deal: id, stage, pipeline, title, owner, open, changed_at, amount.",
    )
    fields: dict[str, str] = setting({}, "Further JMESPaths in the client, by name of the field.")
    per_s: float = setting(50.0, "Requests a second.", least=0.1, most=10000)
    burst: int = setting(50, "Requests at once before that counts.", least=1, most=10000)

    def mistake(self) -> str:
        """What of the paths cannot be understood, or an empty string."""
        for key, known in (("card", CLIENT_KEYS), ("deal", DEAL_KEYS)):
            if unknown := set(getattr(self, key)) - set(known):
                told = ", ".join(sorted(unknown))
                return f"{key} has no {told}; known: {', '.join(known)}"
        every = (*self.card.values(), *self.deal.values(), *self.fields.values())
        return next(filter(None, map(_path, (self.client, self.deals, *every))), "")


@dataclass(frozen=True, slots=True)
class Sql(_Asked):
    """A table or view of another database."""

    kind: str = setting("sql", "sql: a query to another database.")
    database: str = setting(
        "",
        "sqlite:////file.db, postgresql://user:password@host/name or mysql://...; an account that "
        "may only read.",
        check=is_database,
    )
    database_secret_file: str = setting("", "File with that address instead.")
    query: str = setting(
        "",
        "SELECT with :number (+79161234567), :digits (79161234567) or :national (9161234567).",
        check=_query,
    )


@dataclass(frozen=True, slots=True)
class CsvFile(_Asked):
    """A file that another system writes."""

    kind: str = setting("csv", "csv: a file, read again when it changes.")
    path: str = setting("", "The file; relative to this file.")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Any system that is told of calls, and is asked nothing."""

    kind: str = setting("webhook", "webhook: any system that is told of calls by signed requests.")
    name: str = setting("", "Its name in logs and in the outbox; empty: its kind.")
    projects: tuple[str, ...] = setting((), "Projects it is told of; empty: all.")
    writes: tuple[NoticeKind, ...] = setting(
        (NoticeKind.CALLS, NoticeKind.MISSED, NoticeKind.NOTES),
        f"What it is told: {', '.join(NoticeKind)}.",
        check=_each_once,
    )
    url: str = setting("", "Where notices are sent (POST).", check=is_url_or_nothing)
    secret: str = setting(
        "", "Secret of the signature: whsec_ and base64, as `openssl rand -base64 32` makes it."
    )
    secret_file: str = setting("", "File with the secret instead; relative to this file.")
    per_s: float = setting(20.0, "Requests a second.", least=0.1, most=10000)

    def mistake(self) -> str:
        """What is wrong with the secret, where it is given here; the secret is not told."""
        fault = is_secret(self.secret) if self.secret else ""
        return f"secret: expected {fault}" if fault else ""


KINDS: dict[str, type[Any]] = {
    "clients": Clients,
    "bitrix24": Bitrix24,
    "amocrm": AmoCrm,
    "rest": Rest,
    "sql": Sql,
    "csv": CsvFile,
    "webhook": Webhook,
}
Connector = Clients | Bitrix24 | AmoCrm | Rest | Sql | CsvFile | Webhook


@dataclass(frozen=True, slots=True)
class Crm:
    """Which CRMs are asked who a caller is."""

    budget_ms: int = setting(
        400,
        "A caller waits so long for all of them together, ms; scripts that route have 1500.",
        least=10,
        most=10000,
    )
    order: Order = setting(
        Order.TOGETHER, "together: all are asked at once; in_turn: until one knows the caller."
    )
    fresh_s: float = setting(
        300.0, "A card of that age is used without asking again, seconds.", least=0, most=DAY_S
    )
    negative_s: float = setting(
        60.0, "The same for a number that a CRM did not know.", least=0, most=DAY_S
    )
    stale_s: float = setting(
        7 * DAY_S,
        "A card of that age is used while its CRM does not answer, seconds.",
        least=0,
        most=365 * DAY_S,
    )
    cached: int = setting(
        100_000, "Cards that are kept; the oldest go first.", least=1, most=10_000_000
    )
    pause_s: float = setting(
        10.0,
        "After 3 failures in a row a CRM is spared so long, then twice so long, up to 8 times.",
        least=1,
        most=3600,
    )
    private: tuple[str, ...] = setting(
        (),
        "Private addresses and networks at which a CRM may be, such as 10.1.2.0/24; only there it "
        "may be http.",
        check=_networks,
    )
    recordings_url: str = setting(
        "",
        "Address before a recording's name under which people hear it; empty: CRMs are not told.",
        check=is_url_or_nothing,
    )
    expire_days: float = setting(
        3.0, "What a CRM did not take within so many days is parked.", least=0.01, most=365
    )
    connectors: tuple[Any, ...] = setting((), "The CRMs, the most trusted first.")
