"""A provider's connection: what is refused, and that no text of a file becomes configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.errors import ConfigError
from ccdialer.provider import (
    Account,
    CallerIdIn,
    Provider,
    Transport,
    pjsip_conf,
    trunk_name,
)
from ccdialer.schema import Source, composed, read
from tests.lab.asterisk import Asterisk, Plan
from tests.lab.sipp import wait_until

SERVER = Provider(server="sip.example.net")
Sections = dict[tuple[str, str], dict[str, list[str]]]


def parsed(text: str) -> Sections:
    """The file as Asterisk reads it (main/config.c): (section, type) -> option -> values."""
    found: Sections = {}
    options: dict[str, list[str]] = {}
    name = ""
    for raw in text.split("\n"):
        line = without_comment(raw).strip()
        if line.startswith("["):
            name, options = line[1 : line.index("]")], {}
        elif line:
            assert not line.startswith("#"), line
            key, sign, value = line.partition("=")
            assert sign, line
            assert not value.startswith(">"), line
            options.setdefault(key.strip(), []).append(value.strip())
            if key.strip() == "type":
                found[name, value.strip()] = options
    return found


def without_comment(line: str) -> str:
    at = line.find(";")
    while at > 0 and line[at - 1] == "\\":
        line = line[: at - 1] + line[at:]
        at = line.find(";", at)
    return line if at < 0 else line[:at]


def conf(provider: Provider, password: str = "") -> Sections:
    return parsed(pjsip_conf([Account("main", provider, password)]))


def test_a_trunk_by_registration_says_where_we_are_and_never_gives_up() -> None:
    found = conf(replace(SERVER, login="749512", port=5070), "secret")
    assert {kind for _, kind in found} == {"endpoint", "aor", "auth", "registration"}
    registration = found["main", "registration"]
    assert registration["server_uri"] == ["sip:sip.example.net:5070"]
    assert registration["client_uri"] == ["sip:749512@sip.example.net"]
    assert registration["auth_rejection_permanent"] == ["no"]
    assert int(registration["forbidden_retry_interval"][0]) > 0
    assert found["main", "auth"]["password"] == ["secret"]
    assert found["main", "endpoint"]["outbound_auth"] == ["main"]


def test_a_trunk_by_ip_is_known_by_its_addresses() -> None:
    found = conf(SERVER)
    assert {kind for _, kind in found} == {"endpoint", "aor", "identify"}
    assert found["main", "identify"]["match"] == ["sip.example.net"]
    networks = ("203.0.113.0/28", "198.51.100.7")
    found = conf(replace(SERVER, addresses=networks))
    assert found["main", "identify"]["match"] == list(networks)


def test_a_login_without_registration_answers_challenges_only() -> None:
    found = conf(replace(SERVER, login="749512", register=False))
    assert {kind for _, kind in found} == {"endpoint", "aor", "auth"}


def test_nobody_is_taken_for_a_provider_by_the_name_he_gives_himself() -> None:
    assert conf(SERVER)["main", "endpoint"]["identify_by"] == ["ip"]


def test_tls_a_proxy_and_the_callers_number_in_a_header() -> None:
    found = conf(
        replace(
            SERVER,
            transport=Transport.TLS,
            srtp=True,
            proxy="sbc.example.net:5061",
            caller_id_in=CallerIdIn.PAI,
            login="u",
        )
    )
    endpoint = found["main", "endpoint"]
    assert endpoint["outbound_proxy"] == ["sip:sbc.example.net:5061;transport=tls;lr"]
    assert endpoint["send_pai"] == endpoint["trust_id_outbound"] == ["yes"]
    assert endpoint["media_encryption"] == ["sdes"]
    assert found["main", "aor"]["contact"] == ["sip:sip.example.net;transport=tls"]


def test_ipv6_gets_its_brackets() -> None:
    found = conf(replace(SERVER, server="2001:db8::1", port=5070, proxy="[2001:db8::2]:5080"))
    assert found["main", "aor"]["contact"] == ["sip:[2001:db8::1]:5070"]
    assert found["main", "endpoint"]["outbound_proxy"] == ["sip:[2001:db8::2]:5080;lr"]
    assert found["main", "identify"]["match"] == ["2001:db8::1"]


def test_a_trunk_of_the_sites_own_pjsip_conf_is_left_alone() -> None:
    assert parsed(pjsip_conf([Account("own", Provider())])) == {}


# --- nothing becomes configuration --------------------------------------------------------------

TEXT_KEYS = (
    *("server", "login", "from_user", "from_domain", "proxy", "media_address", "context"),
    "asterisk_transport",
)
NASTY = st.text(st.sampled_from("a1.;[]#\n\r\\ =>\"'-/@:%\t\x00"), max_size=12) | st.text(
    max_size=8
)


@given(st.sampled_from(TEXT_KEYS), NASTY, NASTY)
def test_no_text_of_a_file_becomes_configuration(key: str, text: str, password: str) -> None:
    provider = replace(SERVER, **{"login": "u", key: text})
    try:
        found = conf(provider, password)
    except (ConfigError, ValueError):
        return
    shape = conf(replace(provider, **{key: getattr(SERVER, key) or "x"}), "y")
    if provider.server and provider.login:
        assert found["main", "auth"]["password"] == [password]
        assert set(found) == set(shape) or key in ("server", "login")
        assert found["main", "registration"]["line"] == ["yes"]


@given(st.sampled_from(TEXT_KEYS), NASTY)
def test_what_the_file_accepts_can_be_rendered(key: str, text: str) -> None:
    quoted = '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'
    source = Source("t.yaml")
    try:
        (node,) = composed("t.yaml", f"server: s.example\n{key}: {quoted}" if key != "server" else
                           f"server: {quoted}")  # fmt: skip
    except ConfigError:
        return
    provider = read(node, Provider, source)
    if provider is not None and not source.faults:
        pjsip_conf([Account("main", provider, "p")])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server", "sip example"),
        ("server", "-x.example"),
        ("addresses", "[0.0.0.0/0]"),
        ("addresses", "[example.net]"),
        ("codecs", "[]"),
        ("codecs", "[alaw, alaw]"),
        ("codecs", "[mp3]"),
        ("proxy", "sbc:99999"),
        ("transport", "sctp"),
        ("login", '"a b"'),
        ("context", "a]b"),
        ("srtp", "true"),
    ],
)
def test_what_makes_no_connection_is_refused(key: str, value: str) -> None:
    source = Source("t.yaml")
    (node,) = composed("t.yaml", f"{key}: {value}")
    read(node, Provider, source)
    assert len(source.faults) == 1
    assert source.faults[0].startswith("t.yaml:1: ")


def test_names_are_sections_of_the_file() -> None:
    assert not trunk_name("main-2")
    for name in ("", "Main", "a b", "a]", "-a", "x" * 41):
        assert trunk_name(name), name


# --- Asterisk itself ----------------------------------------------------------------------------


@pytest.mark.lab
def test_asterisk_reads_what_was_meant(tmp_path: Path) -> None:
    password = r"x;y]#\;z>= [a;--b"
    asterisk = Asterisk(tmp_path / "asterisk", Plan(agents=1, connect="inbound"))
    accounts = [
        Account("main", replace(SERVER, server="127.0.0.1", login="74;95@x", proxy="127.0.0.1:9")),
        Account("by-ip", replace(SERVER, server="127.0.0.2", addresses=("192.0.2.0/28",))),
    ]
    accounts[0] = replace(accounts[0], password=password)
    (asterisk.folder / "etc" / "ccdialer_pjsip_trunks.conf").write_text(pjsip_conf(accounts))
    asterisk.start()
    try:
        assert f": {password}\n" in asterisk.command("pjsip show auth main")
        wait_until(lambda: "sip:127.0.0.1" in asterisk.command("pjsip show registrations"))
        assert "192.0.2.0/28" in asterisk.command("pjsip show identifies")
        assert "by-ip" in asterisk.command("pjsip show endpoints")
        assert "ERROR" not in asterisk.log()
    finally:
        asterisk.remove()
