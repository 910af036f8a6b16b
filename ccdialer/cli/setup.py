"""`ccdialer setup`: the files that a site's own Asterisk includes, filled in from config.yaml."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import click

from ccdialer.agi_settings import Agi
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import hint, say
from ccdialer.cli.site import Site, pass_site
from ccdialer.config import Config, Connect
from ccdialer.errors import ConfigError, UnreadableFile
from ccdialer.rendering import render

ASTERISK_ETC = Path("/etc/asterisk")
MODE = 0o640  # the account's password is in them

FEATURES = {
    "code_login": "*41",
    "code_logout": "*42",
    "code_pause": "*43",
    "code_ready": "*44",
    "code_hangup": "*45",
    "code_next": "*56",
    "code_call": "*57",
    "code_result": "*58",
    "code_skip": "*59",
    "feature_limit_s": 20,
    "away_sound": "please-try-call-later",
}
"""What is dialed, how long a feature call waits for the daemon, and what it hears in vain."""

INBOUND: dict[str, object] = {
    "route_limit_s": 3,
    "queue_limit_s": 600,
    "call_limit_s": 4 * 3600,
    "most_hops": 5,
    "kept_limit_s": 50,
    "thanks_sound": "auth-thankyou",
    "extensions_context": "from-internal",
}
"""Of calls that come in: how long Asterisk waits for a route, how long a call lasts at most (also
one whose daemon has died), how often queues pass a caller on, how long it tells of calls that it
has kept, and where extensions are."""

ROUTE_VARIABLES = (
    *("CCD_STATUS", "CCD_REASON", "CCD_CALL", "CCD_TARGET_KIND", "CCD_TARGET", "CCD_QUEUE"),
    *("CCD_PROJECT", "CCD_CHANNEL", "CCD_CARD", "CCD_STAGE", "CCD_PIPELINE", "CCD_CLIENT"),
    *("CCD_OWNER", "CCD_OWNER_PHONE", "CCD_OWNER_WAIT"),
)
"""What the script route_by_stage sets; emptied before, so that none of an earlier call is its."""

ANYWHERE = ("0.0.0.0", "::")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of ours and the file of Asterisk's that includes it."""

    name: str
    into: str
    remark: str = ""


HTTP = Part("ccdialer_http.conf", "http.conf", "unless ARI answers there already")
ARI = Part("ccdialer_ari.conf", "ari.conf")
SOCKET = Part("ccdialer_websocket_client.conf", "websocket_client.conf")
EXTENSIONS = Part("ccdialer_extensions.conf", "extensions.conf")
CALLS_IN = Part("ccdialer_inbound.conf", "extensions.conf", "only if calls that come in are routed")
AMD = Part("ccdialer_amd.conf", "amd.conf", "only if campaigns say amd: true")

AND_THEN = (
    "in extensions.conf, in the context of the agents' phones:  include => ccdialer-features",
    "in the context where calls of the trunks arrive, to route them:  include => ccdialer-inbound",
    "at the end of pjsip.conf, for trunks:  #tryinclude ccdialer_pjsip_trunks.conf",
    "then restart Asterisk (core restart when convenient), and ask: ccdialer doctor",
)


@click.group(cls=Noun)
def setup() -> None:
    """Write what other programs need to know of this site."""


@setup.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the files into this folder, such as /etc/asterisk; else they are printed.",
)
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder whose *.conf.j2 go before the shipped ones of the same name.",
)
@pass_site
def asterisk(site: Site, output: Path | None, templates: Path | None) -> None:
    """Make the files that Asterisk includes, and say which line includes each.

    Addresses, account and application are those of config.yaml. No file of Asterisk's own is
    changed; a file that was written before and differs is kept as FILE.old.
    """
    given = values(site.config)
    etc = output or ASTERISK_ETC
    for part in parts(site.config):
        text = render(
            f"{part.name}.j2", given | {"joins_general": _has_general(etc, part)}, templates
        )
        if output is None:
            click.echo(f"; ===== {part.name}, for {part.into}: {_line(part)}\n{text}")
        else:
            say(f"{_written(output / part.name, text)}; in {part.into}:  {_line(part)}")
    for line in AND_THEN:
        hint(line)
    if told := unreachable_scripts(site.config):
        hint(told)


def parts(config: Config) -> Iterator[Part]:
    """The files that this configuration asks for."""
    if urlsplit(config.ari.url).scheme == "http":
        yield HTTP
    yield ARI
    if config.ari.connect is Connect.OUTBOUND:
        yield SOCKET
    yield from (EXTENSIONS, CALLS_IN, AMD)


def values(config: Config) -> dict[str, object]:
    """What enters the templates. Raises ConfigError if config.yaml does not say enough."""
    ari = config.ari
    url = urlsplit(ari.url)
    faults = [] if ari.password else [NO_PASSWORD]
    host, _, port = ari.listen.rpartition(":")
    host = _reached_at(host, url.hostname or "")
    if not host and ari.connect is Connect.OUTBOUND:
        faults.append(NO_ADDRESS.format(ari.listen))
    if faults:
        raise ConfigError(faults)
    return {
        **FEATURES,
        **INBOUND,
        **_scripts(config.agi, url.hostname or ""),
        "app": ari.app,
        "connect": str(ari.connect),
        "ari_user": ari.username,
        "ari_password": ari.password,
        "daemon_uri": f"ws://{host}:{port}/ari",
        "http_address": _bound(url.hostname or ""),
        "http_port": url.port or 80,
    }


def _scripts(agi: Agi, asterisk_host: str) -> dict[str, object]:
    """How the dialplan asks the daemon where a call goes; by its own fallback if it may not ask."""
    host, port = agi.address if agi.listen else ("127.0.0.1", 4573)
    reached = _reached_at(host, asterisk_host) or host
    return {
        "agi_url": f"agi://{reached}:{port}",
        "agi_secret": quote(agi.secret, safe=""),
        "route_variables": ROUTE_VARIABLES,
    }


def unreachable_scripts(config: Config) -> str:
    """What is wrong with `agi.listen` for an Asterisk on another machine; empty: nothing is."""
    asterisk_host = urlsplit(config.ari.url).hostname or ""
    if asterisk_host in LOOPBACK or not config.agi.listen:
        return ""
    is_named = config.agi.address[0].strip("[]") not in (*ANYWHERE, *LOOPBACK)
    return "" if is_named else NO_SCRIPTS.format(config.agi.listen, asterisk_host)


NO_SCRIPTS = (
    "to route calls that come in: agi.listen is {0}, by which Asterisk at {1} does not find the "
    "scripts; write the address of this machine there and Asterisk's into agi.allow_from, then set "
    "up again"
)
NO_PASSWORD = (
    "config.yaml: ari.password is empty; choose one, for example with `openssl rand -hex 16`, and "
    "write it there or into the file that ari.password_file names"
)
NO_ADDRESS = (
    "config.yaml: ari.listen: Asterisk on another machine cannot connect to {0}; write the address "
    "of this machine there"
)


def _reached_at(listen: str, asterisk_host: str) -> str:
    """The host by which Asterisk finds the daemon; empty: nobody can tell."""
    if listen.strip("[]") not in ANYWHERE:
        return listen
    return "127.0.0.1" if asterisk_host in LOOPBACK else ""


def _bound(host: str) -> str:
    """The address on which Asterisk's HTTP server is to listen."""
    return "127.0.0.1" if host in LOOPBACK else host


def _line(part: Part) -> str:
    line = f"#include {part.name}"
    return f"{line}   ; {part.remark}" if part.remark else line


def _has_general(etc: Path, part: Part) -> bool:
    """Whether Asterisk's own file has a [general]: only the first is read, so ours joins it."""
    try:
        text = (etc / part.into).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"^\s*\[general\]", text, re.MULTILINE) is not None


def _written(path: Path, text: str) -> str:
    """Write the file, readable for whom the folder belongs to; what was done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else None
        if before == text:
            return f"{path}: unchanged"
        if before is not None:
            path.rename(path.with_name(f"{path.name}.old"))
        _create(path, text)
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be written: {error.strerror}") from None
    return f"{path}: written" if before is None else f"{path}: written, before it: {path.name}.old"


def _create(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "w") as file:
        file.write(text)
    folder = path.parent.stat()
    with suppress(PermissionError):  # written by root, read by Asterisk's account
        os.chown(path, folder.st_uid, folder.st_gid)
