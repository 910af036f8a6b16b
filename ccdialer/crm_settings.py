"""The section `crm` of config.yaml: which CRMs are asked who a caller is, and how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ccdialer.schema import Source, line_of, nearest, read, setting

DAY_S = 86400.0


class Order(StrEnum):
    """How several connectors are asked."""

    TOGETHER = "together"  # all at once; the first of the list that knows the caller counts
    IN_TURN = "in_turn"  # one after the other, until one knows him


# --- checks: what was expected, or an empty string ----------------------------------------------


def _name(value: str) -> str:
    fits = re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", value)
    return "" if fits else "1 to 40 small letters, digits, dashes or underscores"


def _url(value: str) -> str:
    wanted = "a URL such as https://crm.example.net/api"
    try:
        url = urlsplit(value)
        fits = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        return wanted
    if url.username or url.password:
        return "a URL without an account; put it into `headers`"
    return "" if fits and not re.search(r"\s", value) else wanted


def _url_or_nothing(value: str) -> str:
    return _url(value) if value else ""


def _networks(value: tuple[str, ...]) -> str:
    try:
        for each in value:
            ip_network(each)
    except ValueError:
        return "addresses such as 10.1.2.3 or networks such as 10.1.2.0/24"
    return ""


def _database(value: str) -> str:
    wanted = "sqlite:////file.db, postgresql://user:password@host/name or mysql://... alike"
    try:
        url = urlsplit(value)
        fits = url.scheme in ("sqlite", "postgresql", "mysql") and len(url.path) > 1
    except ValueError:
        return wanted
    return "" if fits or not value else wanted


def _query(value: str) -> str:
    fits = re.search(r"(?<![:\w]):(number|digits|national)\b", value)
    return "" if fits else "a SELECT with :number, :digits or :national in it"


def _statuses(value: tuple[int, ...]) -> str:
    return "" if all(200 <= each < 600 for each in value) else "HTTP status codes"


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
    timeout_s: float = setting(
        3.0,
        "A look-up is given up after this, seconds; what comes too late for the caller is kept.",
        least=0.1,
        most=30,
    )
    workers: int = setting(4, "Look-ups of it at one time.", least=1, most=64)


@dataclass(frozen=True, slots=True)
class Clients(_Asked):
    """The built-in client base."""

    kind: str = setting("clients", "clients: the client base of ccdialer itself.")


@dataclass(frozen=True, slots=True)
class Bitrix24(_Asked):
    """A Bitrix24 portal, by an incoming webhook."""

    kind: str = setting("bitrix24", "bitrix24: a portal, by an incoming webhook.")
    webhook: str = setting(
        "",
        "Address of the webhook: https://PORTAL/rest/USER/CODE/; it is a secret.",
        check=_url_or_nothing,
    )
    webhook_file: str = setting("", "File with the address instead; relative to this file.")
    per_s: float = setting(2.0, "Requests a second in the long run.", least=0.1, most=1000)
    burst: int = setting(50, "Requests at once before that counts.", least=1, most=10000)


@dataclass(frozen=True, slots=True)
class AmoCrm(_Asked):
    """An amoCRM or Kommo account."""

    kind: str = setting("amocrm", "amocrm: an account of amoCRM or Kommo.")
    url: str = setting("", "Its address: https://ACCOUNT.amocrm.ru.", check=_url)
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
        if self.token or self.token_file:
            return ""
        if self.client_id and self.redirect_uri and Path(self.tokens).is_absolute():
            return ""
        return "give `token` (or token_file), or client_id, redirect_uri and tokens of OAuth"


@dataclass(frozen=True, slots=True)
class Rest(_Asked):
    """Any system with an HTTP interface that answers JSON."""

    kind: str = setting("rest", "rest: any HTTP interface that answers JSON.")
    url: str = setting(
        "", "Asked for; {number} is +79161234567, {digits} 79161234567, {national} 9161234567."
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


@dataclass(frozen=True, slots=True)
class Sql(_Asked):
    """A table or view of another database."""

    kind: str = setting("sql", "sql: a query to another database.")
    database: str = setting(
        "",
        "sqlite:////file.db, postgresql://user:password@host/name or mysql://...; an account that "
        "may only read.",
        check=_database,
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


KINDS: dict[str, type[Any]] = {
    "clients": Clients,
    "bitrix24": Bitrix24,
    "amocrm": AmoCrm,
    "rest": Rest,
    "sql": Sql,
    "csv": CsvFile,
}
NEEDED = {"amocrm": "url", "rest": "url", "sql": "query", "csv": "path"}
SECRET_FILES = {
    "webhook_file": "webhook",
    "token_file": "token",
    "client_secret_file": "client_secret",
    "database_secret_file": "database",
}
ONE_OF_TWO = {"bitrix24": ("webhook", "webhook_file"), "sql": ("database", "database_secret_file")}

Connector = Clients | Bitrix24 | AmoCrm | Rest | Sql | CsvFile


@dataclass(frozen=True, slots=True)
class Crm:
    """Which CRMs are asked who a caller is."""

    budget_ms: int = setting(
        400, "A caller waits so long for all of them together, milliseconds.", least=10, most=10000
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
    connectors: tuple[Any, ...] = setting((), "The CRMs, the most trusted first.")


# --- reading ------------------------------------------------------------------------------------


def read_crm(node: Node, cls: type[Crm], source: Source, path: str, base: Crm) -> Crm | None:
    """The section; a connector is read by its `kind`. None if anything was wrong."""
    listed = _taken(node, "connectors")
    crm = read(node, cls, source, path, base)
    if listed is None or crm is None:
        return crm
    if not isinstance(listed, SequenceNode):
        source.fault(listed, f"{path}.connectors", "expected a list of connectors")
        return None
    found = list(_connectors(listed, source, f"{path}.connectors"))
    return replace(crm, connectors=tuple(found)) if len(found) == len(listed.value) else None


def _taken(node: Node, name: str) -> Node | None:
    """What stands under a key, which is then no more in the mapping."""
    if not isinstance(node, MappingNode):
        return None
    for pair in node.value:
        if isinstance(pair[0], ScalarNode) and pair[0].value == name:
            node.value = [each for each in node.value if each is not pair]
            return pair[1]  # type: ignore[no-any-return]
    return None


def _connectors(listed: SequenceNode, source: Source, path: str) -> Iterator[Connector]:
    lines: dict[str, int] = {}
    for count, node in enumerate(listed.value, 1):
        found = _connector(node, source, f"{path}[{count}]")
        if found is None:
            continue
        if found.name in lines:
            sentence = f"there are two of that name, the first in line {lines[found.name]}"
            source.fault(node, f"{path}[{count}].name", f"{found.name}: {sentence}; name one")
            continue
        lines[found.name] = line_of(node)
        yield found


def _connector(node: Node, source: Source, path: str) -> Connector | None:
    kind = (
        next((value.value for key, value in getattr(node, "value", ()) if key.value == "kind"), "")
        if isinstance(node, MappingNode)
        else ""
    )
    if kind not in KINDS:
        sentence = f'expected a connector with a kind, found "{kind}"; {nearest(str(kind), KINDS)}'
        source.fault(node, f"{path}.kind", sentence)
        return None
    found: Connector | None = read(node, KINDS[kind], source, path)
    if found is None or not _is_whole(found, node, source, path):
        return None
    found = replace(found, name=found.name or found.kind)
    if fault := _name(found.name):
        source.fault(node, f"{path}.name", f"expected {fault}")
        return None
    return found


def _is_whole(found: Connector, node: Node, source: Source, path: str) -> bool:
    """Whether it has what its kind cannot do without."""
    key = NEEDED.get(found.kind)
    if key and not getattr(found, key):
        source.fault(node, f"{path}.{key}", "missing")
        return False
    either = ONE_OF_TWO.get(found.kind, ())
    given = [key for key in either if getattr(found, key)]
    if either and len(given) != 1:
        source.fault(node, f"{path}.{either[0]}", f"give one of {' and '.join(either)}")
        return False
    return True


# --- secrets in files ---------------------------------------------------------------------------


def with_secrets(crm: Crm, folder: Path, source: Source) -> Crm:
    """The same with the secrets that are in files; paths are relative to the config's folder."""
    found = (_opened(each, folder, source) for each in crm.connectors)
    return replace(crm, connectors=tuple(found))


def _opened(connector: Connector, folder: Path, source: Source) -> Connector:
    changes: dict[str, str] = {}
    if isinstance(connector, CsvFile):
        changes["path"] = str(folder / connector.path)
    for each in fields(connector):
        name = getattr(connector, each.name) if each.name in SECRET_FILES else ""
        if not name:
            continue
        try:
            text = folder.joinpath(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            place = f"crm.connectors.{connector.name}.{each.name}"
            source.faults.append(f"{source.name}: {place}: {name}: {reason}")
            continue
        changes[SECRET_FILES[each.name]] = text
    return replace(connector, **changes)  # type: ignore[arg-type]
