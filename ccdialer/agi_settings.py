"""The section `agi` of config.yaml: where the dialplan reaches the scripts, and who may connect."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from pathlib import Path

from ccdialer.schema import Source, setting

LOCAL = ("127.0.0.0/8", "::1/128")
"""Who may connect where nobody else is named."""


def _listen(value: str) -> str:
    fits = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(\d{1,5})", value)
    if not value or (fits and 0 < int(fits[2]) < 65536):
        return ""
    return "host:port such as 127.0.0.1:4573, or nothing: no scripts are served"


def _networks(value: tuple[str, ...]) -> str:
    wanted = "networks such as 192.0.2.10 or 10.0.0.0/24"
    for each in value:
        try:
            network = ip_network(each)
        except ValueError:
            return f"{wanted}; {each} is none"
        if network.prefixlen == 0:
            return f"{wanted}; {each} is everybody"
    return ""


def _folders(value: tuple[str, ...]) -> str:
    return "" if all(Path(each).is_absolute() for each in value) else "absolute paths"


def _secret(value: str) -> str:
    fits = re.fullmatch(r"[A-Za-z0-9_.~+-]{8,128}", value)
    return "" if not value or fits else "8 to 128 letters, digits and _.~+-"


@dataclass(frozen=True, slots=True)
class Agi:
    """How the dialplan reaches the scripts."""

    listen: str = setting(
        "127.0.0.1:4573",
        "Where AGI(agi://host:port/script) of the dialplan is served; empty: nowhere.",
        check=_listen,
    )
    allow_from: tuple[str, ...] = setting(
        (),
        "Networks of Asterisk's, if it is on another machine; none: this machine alone.",
        check=_networks,
    )
    secret: str = setting(
        "",
        "What every AGI() must bring as secret=...; empty: nothing is asked.",
        check=_secret,
    )
    secret_file: str = setting("", "A file with the secret, in place of `secret`.")
    folders: tuple[str, ...] = setting(
        (), "The site's own scripts, besides those shipped; the later folder wins.", check=_folders
    )
    max_sessions: int = setting(
        100, "More calls than this at once go on without a script.", least=1, most=10000
    )
    threads: int = setting(
        64, "So many scripts run at once; most of them wait for a CRM.", least=1, most=256
    )
    deadline_s: float = setting(
        5.0, "No script has longer, whatever it says of itself, seconds.", least=0.1, most=60
    )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def checked(agi: Agi, folder: Path, source: Source) -> Agi:
    """The same with its secret read, and with the faults that two keys make together told. Paths
    are relative to the config's folder."""
    if agi.listen and not agi.allow_from and not _is_local(agi.address[0]):
        source.faults.append(
            f"{source.name}: agi.listen: {agi.listen} can be reached from other machines, and AGI"
            " knows no passwords; name Asterisk's address in agi.allow_from"
        )
    if not agi.secret_file:
        return agi
    if agi.secret:
        source.faults.append(f"{source.name}: agi.secret_file: agi.secret is given too; keep one")
    try:
        secret = folder.joinpath(agi.secret_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        source.faults.append(f"{source.name}: agi.secret_file: {agi.secret_file}: {reason}")
        return agi
    if wrong := _secret(secret) or ("" if secret else "a secret, not an empty file"):
        source.faults.append(f"{source.name}: agi.secret_file: expected {wrong}")
    return replace(agi, secret=secret)


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False  # a name may be anything
