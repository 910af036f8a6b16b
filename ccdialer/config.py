"""Reads config.yaml into frozen dataclasses and names every mistake at once."""

# ruff: noqa: RUF009 - setting() makes the field itself, as dataclasses.field() does

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ccdialer.agi_settings import Agi, checked
from ccdialer.core.phone import REGIONS, NumberType
from ccdialer.crm_reading import read_crm, with_secrets
from ccdialer.crm_settings import Crm
from ccdialer.errors import ConfigError
from ccdialer.schema import Source, documents, example, read, setting

SYSTEM_PATH = Path("/etc/ccdialer/config.yaml")
VARIABLE = "CCDIALER_CONFIG"
LONGEST_SOCKET_PATH = 107  # sun_path of unix(7), less the closing zero


class Connect(StrEnum):
    """Who opens the ARI websocket."""

    OUTBOUND = "outbound"  # Asterisk 22.5+ connects to the daemon and keeps calls while it is away
    INBOUND = "inbound"  # the daemon connects to Asterisk


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a line of the log looks."""

    TEXT = "text"
    JSON = "json"


class RecordingFormat(StrEnum):
    """What Asterisk calls the formats in which a talk can be written."""

    WAV = "wav"  # 16 bits, 8 kHz: 58 MB an hour
    WAV16 = "wav16"  # the same at 16 kHz
    WAV49 = "wav49"  # GSM in a WAV file: 6 MB an hour
    GSM = "gsm"
    ULAW = "ulaw"
    ALAW = "alaw"


# --- checks: what was expected, or an empty string ----------------------------------------------


def _node(value: str) -> str:
    fits = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", value)
    return "" if fits else "1 to 64 letters, digits, dots, dashes or underscores"


def _database(value: str) -> str:
    wanted = "sqlite:////path/to/file.db or postgresql://user:password@host/name"
    try:
        url = urlsplit(value)
        fits = url.scheme in ("sqlite", "postgresql", "postgres") and len(url.path) > 1
        fits = fits and (url.port is None or url.port > 0)
    except ValueError:
        return wanted
    return "" if fits else wanted


def _socket(value: str) -> str:
    fits = 0 < len(value.encode()) <= LONGEST_SOCKET_PATH
    return "" if fits else f"a path of at most {LONGEST_SOCKET_PATH} bytes"


def _url(value: str) -> str:
    wanted = "a URL such as http://127.0.0.1:8088/ari"
    try:
        url = urlsplit(value)
        fits = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        return wanted
    return "" if fits and not re.search(r"\s", value) else wanted


def _listen(value: str) -> str:
    fits = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(\d{1,5})", value)
    return "" if fits and 0 < int(fits[2]) < 65536 else "host:port such as 127.0.0.1:8765"


def _word(value: str) -> str:
    return "" if re.fullmatch(r"[A-Za-z0-9_-]+", value) else "letters, digits, dashes, underscores"


def _folder(value: str) -> str:
    return "" if Path(value).is_absolute() else "an absolute path"


def _filled(value: str) -> str:
    return "" if value.strip() else "a name"


def _region(value: str) -> str:
    if value in REGIONS:
        return ""
    close = f" (did you mean {value.upper()}?)" if value.upper() in REGIONS else ""
    return f"a country by ISO 3166, two capitals, such as RU{close}"


def _types(value: tuple[NumberType, ...]) -> str:
    return "" if value and len(set(value)) == len(value) else "one or more types, each once"


def _speaking(value: tuple[str, ...]) -> str:
    fits = not value or all(any(sign in word for word in value) for sign in ("{text}", "{file}"))
    return "" if fits else "a list of words with {text} and {file} among them"


def _path(value: str) -> str:
    fits = value.startswith("/") and not re.search(r"[\s,&]", value)
    return "" if fits else "an absolute path without spaces, commas and ampersands"


def _reasons(value: Mapping[int, str]) -> str:
    fits = all(key in range(1, 10) and str(name).strip() for key, name in value.items())
    return "" if fits else "reasons by the digit that is dialed for them, 1 to 9"


# --- the sections -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ari:
    """How Asterisk is reached."""

    url: str = setting(
        "http://127.0.0.1:8088/ari", "Where Asterisk's REST interface is.", check=_url
    )
    username: str = setting("ccdialer", "User of ari.conf; he needs read and write.", check=_filled)
    password: str = setting("", "His password; a file or ${ENV_NAME} keeps it out of here.")
    password_file: str = setting("", "File with the password instead; relative to this file.")
    app: str = setting("ccdialer", "Name of the Stasis application in the dialplan.", check=_word)
    connect: Connect = setting(
        Connect.OUTBOUND, "Who opens the websocket: outbound = Asterisk (22.5+), inbound = we."
    )
    listen: str = setting(
        "127.0.0.1:8765", "Where Asterisk connects to, with connect: outbound.", check=_listen
    )


@dataclass(frozen=True, slots=True)
class Numbers:
    """How phone numbers are read."""

    region: str = setting(
        "RU", "Country of numbers without a country code, ISO 3166.", check=_region
    )
    types: tuple[NumberType, ...] = setting(
        (NumberType.MOBILE, NumberType.FIXED_LINE),
        "Kinds of numbers that may be imported: " + ", ".join(NumberType) + ".",
        check=_types,
    )


@dataclass(frozen=True, slots=True)
class Agents:
    """What holds for the agents of every campaign."""

    ring_timeout_s: float = setting(
        10.0,
        "How long an agent's phone rings before the next agent gets the call, seconds.",
        least=1,
        most=120,
    )
    max_missed: int = setting(
        3, "After so many missed calls in a row an agent is paused.", least=1, most=100
    )
    pause_reasons: dict[int, str] = setting(
        {1: "break", 2: "lunch", 3: "training"},
        "Reasons of pauses, by the digit dialed after the feature code.",
        check=_reasons,
    )
    max_session_s: float = setting(
        43200.0,
        "A kept-up agent's leg is hung up after this, whatever happens, seconds.",
        least=60,
        most=604800,
    )


@dataclass(frozen=True, slots=True)
class Trunks:
    """How Asterisk is told of the providers' trunks."""

    conf: str = setting(
        "/etc/asterisk/ccdialer_pjsip_trunks.conf",
        "The file that `ccdialer trunk apply` writes and pjsip.conf includes.",
        check=_filled,
    )


@dataclass(frozen=True, slots=True)
class Daemon:
    """How the daemon itself behaves."""

    drain_s: float = setting(
        60.0,
        "At a stop, live calls have so long to end before they are hung up, seconds.",
        least=0,
        most=86400,
    )
    reload_every_s: float = setting(
        30.0,
        "How often changes of campaigns and agents are looked for in the database, seconds.",
        least=1,
        most=3600,
    )


@dataclass(frozen=True, slots=True)
class Recordings:
    """Where recorded talks are, and how long they are kept."""

    folder: str = setting(
        "/var/spool/asterisk/recording",
        "Asterisk's folder of recordings (astspooldir/recording), as this machine sees it.",
        check=_folder,
    )
    format: RecordingFormat = setting(
        RecordingFormat.WAV, "How talks are written: " + ", ".join(RecordingFormat) + "."
    )
    keep_days: int = setting(
        0, "Recordings are deleted after so many days; 0: they are not.", least=0, most=36500
    )
    keep_gb: float = setting(
        10.0, "The oldest go when all together are larger; 0: there is no limit.", least=0, most=1e6
    )
    min_free_gb: float = setting(
        1.0, "They go, and none is begun, while less is free on their disk.", least=0, most=1e6
    )


@dataclass(frozen=True, slots=True)
class Log:
    """What is logged, to standard error; systemd takes it to the journal."""

    level: LogLevel = setting(
        LogLevel.INFO, "The least that is logged: " + ", ".join(LogLevel) + "."
    )
    format: LogFormat = setting(LogFormat.TEXT, "text for people, json for machines.")


@dataclass(frozen=True, slots=True)
class Speech:
    """How texts are spoken to agents."""

    command: tuple[str, ...] = setting(
        (),
        "Command that speaks {text} into the wav {file}: 8000 Hz, 16 bit, mono; run without a "
        "shell.",
        check=_speaking,
    )
    folder: str = setting(
        "/var/lib/ccdialer/sounds", "Where the files are kept; Asterisk must read it.", check=_path
    )
    timeout_s: float = setting(20.0, "The command is ended after this, seconds.", least=1, most=300)


def _section(cls: type, doc: str, **rules: Any) -> Any:
    return field(default_factory=cls, metadata={"doc": doc, **rules})


@dataclass(frozen=True, slots=True)
class Config:
    """config.yaml as a whole."""

    node: str = setting(
        "main", "Name of this daemon; one name per daemon that shares a database.", check=_node
    )
    database: str = setting(
        "sqlite:////var/lib/ccdialer/ccdialer.db",
        "The database; the other kind is postgresql://user:${DB_PASSWORD}@host/name.",
        check=_database,
    )
    socket: str = setting(
        "/run/ccdialer/ccdialer.sock",
        "Local socket on which commands reach the daemon.",
        check=_socket,
    )
    ari: Ari = _section(Ari, "How Asterisk is reached.")
    numbers: Numbers = _section(Numbers, "How phone numbers are read.")
    agents: Agents = _section(Agents, "What holds for the agents of every campaign.")
    speech: Speech = _section(Speech, "How texts are spoken to agents.")
    trunks: Trunks = _section(Trunks, "How Asterisk is told of the providers' trunks.")
    daemon: Daemon = _section(Daemon, "How the daemon itself behaves.")
    recordings: Recordings = _section(
        Recordings, "Where recorded talks are, and how long they are kept."
    )
    crm: Crm = _section(Crm, "Which CRMs are asked who a caller is.", reader=read_crm)
    agi: Agi = _section(Agi, "How the dialplan reaches the scripts.")
    log: Log = _section(Log, "What is logged, to standard error; systemd takes it to the journal.")


# --- the file -----------------------------------------------------------------------------------


def find(path: Path | str | None = None) -> Path:
    """The config file: the one asked for, else $CCDIALER_CONFIG, ./config.yaml, the system's."""
    asked = path or os.environ.get(VARIABLE)
    if asked:
        return Path(asked)
    for candidate in (Path("config.yaml"), SYSTEM_PATH):
        if os.path.isfile(candidate):  # False too where a folder of root's may not be looked into
            return candidate
    raise ConfigError(
        [f"no config.yaml: looked at --config, ${VARIABLE}, ./config.yaml and {SYSTEM_PATH}"]
    )


def load(path: Path | str, environment: Mapping[str, str] | None = None) -> Config:
    """The configuration in a file; raises ConfigError with every fault that is in it.

    `environment` is what `${NAME}` is taken from; the process's own where not given.
    """
    path = Path(path)
    source = Source(path.name, os.environ if environment is None else environment)
    found = documents(path)
    config = read(found[0], Config, source)
    if len(found) > 1:
        source.fault(found[1], "file", "expected one YAML document, found another")
    if config is not None:
        config = _with_secrets(config, path, source)
    if config is None or source.faults:
        raise ConfigError(source.faults)
    return config


def _with_secrets(config: Config, path: Path, source: Source) -> Config:
    """The secrets read from their files, where they are in some."""
    config = replace(config, crm=with_secrets(config.crm, path.parent, source))
    config = replace(config, agi=checked(config.agi, path.parent, source))
    ari = config.ari
    if not ari.password_file:
        return config
    if ari.password:
        source.faults.append(f"{path.name}: ari.password_file: ari.password is given too; keep one")
    try:
        secret = path.parent.joinpath(ari.password_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        source.faults.append(f"{path.name}: ari.password_file: {ari.password_file}: {reason}")
        return config
    return replace(config, ari=replace(ari, password=secret))


def example_text() -> str:
    """The text of config.example.yaml: every key, its default and a sentence."""
    head = (
        "# The configuration of a ccdialer daemon; every key is here with its default, and may be\n"
        "# left out. `ccdialer config check` names every mistake. Values may hold ${ENV_NAME}.\n"
    )
    return f"{head}\n{example(Config)}"
