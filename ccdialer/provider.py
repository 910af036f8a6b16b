"""How Asterisk reaches a provider: the keys of a trunk's connection, and its pjsip.conf."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ccdialer.rendering import Escaped, escaped, render
from ccdialer.schema import setting

TEMPLATE = "pjsip_trunks.conf.j2"
CODECS = ("alaw", "ulaw", "g722", "g729", "opus", "gsm", "ilbc", "slin16", "g726")
LONGEST_NAME = 40


class Transport(StrEnum):
    """What SIP messages travel by."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class Dtmf(StrEnum):
    """How digits are sent, in Asterisk's words."""

    RFC4733 = "rfc4733"
    INBAND = "inband"
    INFO = "info"
    AUTO = "auto"


class CallerIdIn(StrEnum):
    """Where a provider looks for the number that clients are shown."""

    FROM = "from"
    PAI = "pai"  # P-Asserted-Identity, RFC 3325
    RPID = "rpid"  # Remote-Party-ID, the older draft


# --- checks: what was expected, or an empty string ----------------------------------------------


def trunk_name(value: str) -> str:
    """It names a section of pjsip.conf and stands in dial strings."""
    fits = re.fullmatch(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST_NAME - 1}}}", value)
    return "" if fits else f"1 to {LONGEST_NAME} small letters, digits, dashes or underscores"


def _host(value: str) -> str:
    label = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
    if re.fullmatch(rf"(?=.{{1,253}}\Z){label}(\.{label})*", value) or _is_ip(value):
        return ""
    return "a host such as sip.example.net, or an IP address"


def _host_or_nothing(value: str) -> str:
    return _host(value) if value else ""


def _is_ip(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def _host_port(value: str) -> str:
    host, port = _split(value)
    fits = not value or (not _host(host) and (not port or 0 < int(port) < 65536))
    return "" if fits else "host or host:port, such as sbc.example.net:5060, or nothing"


def _split(value: str) -> tuple[str, str]:
    """Host and port; the port may be missing, and an IPv6 address with one has brackets."""
    found = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::(\d{1,5}))?|([^:]*)(?::(\d{1,5}))?", value)
    if found is None:
        return value, ""
    return found[1] or found[3], found[2] or found[4] or ""


def _networks(value: tuple[str, ...]) -> str:
    wanted = "addresses such as 203.0.113.5 or networks such as 203.0.113.0/28"
    for each in value:
        try:
            network = ip_network(each)
        except ValueError:
            return wanted
        if not network.prefixlen:
            return "addresses of the provider; the whole internet is not one"
    return ""


def secret(value: str) -> str:
    """Of a password; the text itself is never told."""
    try:
        escaped(value)
    except ValueError:
        return "printable characters without blanks at the ends"
    return "" if len(value) <= 200 else "at most 200 characters"


def _user(value: str) -> str:
    fits = re.fullmatch(r"[A-Za-z0-9+._~!*'()&=$,;?/@%#-]{0,100}", value)
    return "" if fits else "letters, digits and signs without blanks, quotes or brackets"


def _plain_user(value: str) -> str:
    return "" if re.fullmatch(r"[A-Za-z0-9+._-]{0,64}", value) else "letters, digits, + . _ -"


def _codecs(value: tuple[str, ...]) -> str:
    fits = value and len(set(value)) == len(value) and set(value) <= set(CODECS)
    return "" if fits else f"one or more of {', '.join(CODECS)}, each once, the best first"


def _address(value: str) -> str:
    return "" if not value or _is_ip(value) else "an IP address, or nothing"


def _word(value: str) -> str:
    fits = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,78}", value)
    return "" if fits else "letters, digits, dashes, underscores"


def _word_or_nothing(value: str) -> str:
    return _word(value) if value else ""


# --- the keys -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Provider:
    """The connection of one trunk, as its file says it: the password may be a reference."""

    server: str = setting("", "The provider's host or address.", check=_host_or_nothing)
    port: int = setting(
        0, "Its port; 0: as DNS says, else 5060, with tls 5061.", least=0, most=65535
    )
    transport: Transport = setting(
        Transport.UDP,
        "udp, tcp or tls; pjsip.conf of the site must have a transport of that kind.",
    )
    login: str = setting(
        "", "The account; empty: the provider knows us by our IP address.", check=_user
    )
    password: str = setting(
        "", "Its password; ${NAME}, from the environment, keeps it out of the file.", check=secret
    )
    password_file: str = setting("", "File with the password instead; relative to this file.")
    register: bool = setting(True, "With a login: say to the provider where we are.")
    expires_s: int = setting(
        300, "A registration is renewed before this is over.", least=30, most=86400
    )
    retry_s: int = setting(
        30, "A registration that was refused is tried again after this.", least=1, most=3600
    )
    from_user: str = setting(
        "", "User in From, if the provider wants his own there.", check=_plain_user
    )
    from_domain: str = setting(
        "", "Host in From, if the provider wants his own there.", check=_host_or_nothing
    )
    proxy: str = setting("", "Outbound proxy, host or host:port.", check=_host_port)
    addresses: tuple[str, ...] = setting(
        (),
        "Where the provider's own calls come from; empty: without a login, from `server`.",
        check=_networks,
    )
    caller_id_in: CallerIdIn = setting(
        CallerIdIn.FROM,
        "Where the provider looks for the caller's number: from, pai (P-Asserted-Identity), rpid.",
    )
    codecs: tuple[str, ...] = setting(
        ("alaw", "ulaw"), "Codecs, the best first: " + ", ".join(CODECS) + ".", check=_codecs
    )
    dtmf: Dtmf = setting(Dtmf.RFC4733, "How digits are sent: " + ", ".join(Dtmf) + ".")
    srtp: bool = setting(False, "Encrypt the voice (SDES); only with transport tls.")
    qualify_s: int = setting(
        30, "The provider is asked this often whether he is there; 0: never.", least=0, most=3600
    )
    media_address: str = setting(
        "", "The address at which this Asterisk is sent the voice; see the page.", check=_address
    )
    context: str = setting(
        "from-trunk", "Dialplan context of the calls that come in through it.", check=_word
    )
    asterisk_transport: str = setting(
        "", "Name of the transport in pjsip.conf, where several fit.", check=_word_or_nothing
    )

    def mistake(self) -> str:
        """What does not go together, or an empty string."""
        if self.srtp and self.transport is not Transport.TLS:
            return "srtp sends its keys in the clear without transport: tls; set it, or leave srtp"
        return ""


@dataclass(frozen=True, slots=True)
class Account:
    """A trunk for Asterisk: its name, its connection, and the password itself."""

    name: str
    provider: Provider
    password: str = ""


# --- pjsip.conf ---------------------------------------------------------------------------------


def pjsip_conf(accounts: Iterable[Account], overrides: Path | None = None) -> str:
    """The text of the file that pjsip.conf includes. Raises ConfigError if a value, whatever its
    origin, could be anything but a value there."""
    trunks = [_values(account) for account in accounts if account.provider.server]
    return render(TEMPLATE, {"trunks": trunks}, overrides)


def _values(account: Account) -> Mapping[str, Any]:
    """What enters the template. Strings of one's own making are escaped, as a URI's parameters are
    divided by semicolons; what the file says stays as it is and is refused if it has one."""
    provider = account.provider
    host = _bracketed(provider.server)
    place = f"{host}:{provider.port}" if provider.port else host
    kind = "" if provider.transport is Transport.UDP else f";transport={provider.transport}"
    user = quote(provider.login, safe="+-_.!~*'()&=$,")
    known = [*provider.addresses] or ([] if provider.login else [provider.server])
    return {
        "name": account.name,
        "server": provider.server,
        "uri": escaped(f"sip:{place}{kind}"),
        "client_uri": escaped(f"sip:{user}@{_bracketed(provider.from_domain) or host}"),
        "proxy": _proxy(provider),
        "login": escaped(provider.login),
        "contact_user": escaped(user),
        "password": escaped(account.password),
        "registers": bool(provider.login and provider.register),
        "known": known,
        **{key: getattr(provider, key) for key in _AS_THEY_ARE},
        "caller_id_in": str(provider.caller_id_in),
        "dtmf": str(provider.dtmf),
        "codecs": ",".join(provider.codecs),
    }


_AS_THEY_ARE = (
    *("expires_s", "retry_s", "from_user", "from_domain", "srtp", "qualify_s", "media_address"),
    *("context", "asterisk_transport"),
)


def _proxy(provider: Provider) -> Escaped:
    """`lr`: the proxy is a loose router (RFC 3261 §16.12), as all are by now."""
    if not provider.proxy:
        return escaped("")
    host, port = _split(provider.proxy)
    place = f"{_bracketed(host)}:{port}" if port else _bracketed(host)
    kind = "" if provider.transport is Transport.UDP else f";transport={provider.transport}"
    return escaped(f"sip:{place}{kind};lr")


def _bracketed(host: str) -> str:
    """An IPv6 address as URIs have it."""
    return f"[{host}]" if ":" in host else host
