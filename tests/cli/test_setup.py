"""`ccdialer setup`: what Asterisk includes is of this site; no file of its own is touched."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ccdialer.agi_settings import Agi
from ccdialer.cli.setup import unreachable_scripts
from ccdialer.config import Ari, Config
from ccdialer.core.features import CODES
from tests.cli.prompt import Prompt

FILES = {
    "ccdialer_http.conf",
    "ccdialer_ari.conf",
    "ccdialer_websocket_client.conf",
    "ccdialer_extensions.conf",
    "ccdialer_inbound.conf",
    "ccdialer_amd.conf",
}


def configure(bare: Prompt, text: str) -> None:
    bare.config.write_text(f"database: {bare.url}\nari: {{{text}}}\n")


def test_files_of_this_site(bare: Prompt) -> None:
    configure(
        bare,
        "username: dial, password: s3cret, app: east, url: 'http://10.0.0.5:9088/ari',"
        " listen: '10.0.0.6:9765'",
    )
    out = bare.folder / "etc"
    told = bare.run("setup", "asterisk", "--output", str(out))
    assert {path.name for path in out.iterdir()} == FILES
    found = {name: (out / name).read_text() for name in FILES}
    assert "bindaddr = 10.0.0.5\nbindport = 9088\n" in found["ccdialer_http.conf"]
    assert "[dial]\ntype = user\npassword = s3cret\n" in found["ccdialer_ari.conf"]
    assert "[east-events]\ntype = outbound_websocket\n" in found["ccdialer_ari.conf"]
    assert "uri = ws://10.0.0.6:9765/ari\n" in found["ccdialer_websocket_client.conf"]
    assert "Stasis(east,feature," in found["ccdialer_extensions.conf"]
    for name in FILES:
        into = name.removeprefix("ccdialer_").replace("inbound", "extensions")
        line = f"in {into}:  #include {name}"
        assert line in told.stdout
        assert not (out / name).stat().st_mode & stat.S_IRWXO, "it holds a password"
    assert "include => ccdialer-features" in told.stderr
    assert "agi.listen is 127.0.0.1:4573, by which Asterisk at 10.0.0.5" in told.stderr


@pytest.mark.parametrize(
    ("url", "listen", "is_told"),
    [
        ("http://127.0.0.1:8088/ari", "127.0.0.1:4573", False),
        ("http://10.0.0.5:8088/ari", "", False),
        ("http://10.0.0.5:8088/ari", "10.0.0.6:4573", False),
        ("http://10.0.0.5:8088/ari", "[::]:4573", True),
    ],
)
def test_whether_asterisk_finds_the_scripts(url: str, listen: str, is_told: bool) -> None:
    config = Config(ari=Ari(url=url), agi=Agi(listen=listen))
    assert bool(unreachable_scripts(config)) is is_told


def test_the_codes_are_those_that_a_kept_up_phone_keys(bare: Prompt) -> None:
    configure(bare, "password: x")
    text = bare.run("setup", "asterisk").stdout
    for code, feature in CODES.items():
        assert f"exten => {code},1,Gosub(ccdialer-feature,s,1({feature},))" in text


def test_the_dialplan_asks_the_scripts_where_they_are(bare: Prompt) -> None:
    asks = "AGI(agi://127.0.0.1:4573/route_by_stage?did=${URIENCODE(${CCD_DID})})\n"
    configure(bare, "password: x")
    assert asks in bare.run("setup", "asterisk").stdout
    bare.config.write_text(
        f"database: {bare.url}\nari: {{password: x}}\n"
        "agi: {listen: '10.0.0.6:4999', allow_from: [10.0.0.5], secret: 'one+two~3456'}\n"
    )
    text = bare.run("setup", "asterisk").stdout
    assert "AGI(agi://10.0.0.6:4999/route_by_stage?did=" in text
    assert text.count("AGI(agi://") == text.count("secret=one%2Btwo~3456)") == 5


def test_without_output_they_are_printed(bare: Prompt) -> None:
    configure(bare, "password: s3cret, connect: inbound")
    text = bare.run("setup", "asterisk").stdout
    assert "; ===== ccdialer_ari.conf, for ari.conf: #include ccdialer_ari.conf\n" in text
    assert "outbound_websocket" not in text
    assert "websocket_client" not in text


def test_a_general_that_is_there_is_joined(bare: Prompt) -> None:
    """Asterisk reads the first [general] of a file only."""
    configure(bare, "password: x")
    out = bare.folder / "etc"
    out.mkdir()
    (out / "http.conf").write_text("; [general] in a comment\n[general]\nservername=mine\n")
    (out / "ari.conf").write_text("; [general]\n")
    bare.run("setup", "asterisk", "--output", str(out))
    assert "[general](+)\n" in (out / "ccdialer_http.conf").read_text()
    assert "[general]\n" in (out / "ccdialer_ari.conf").read_text()
    assert (out / "http.conf").read_text().endswith("servername=mine\n")


def test_twice(bare: Prompt) -> None:
    configure(bare, "password: one")
    out = bare.folder / "etc"
    bare.run("setup", "asterisk", "--output", str(out))
    again = bare.run("setup", "asterisk", "--output", str(out)).stdout
    assert again.count(": unchanged") == len(FILES)
    configure(bare, "password: two")
    told = bare.run("setup", "asterisk", "--output", str(out)).stdout
    assert "ccdialer_ari.conf: written, before it: ccdialer_ari.conf.old" in told
    assert "password = two" in (out / "ccdialer_ari.conf").read_text()
    assert "password = one" in (out / "ccdialer_ari.conf.old").read_text()


def test_a_sites_own_template(bare: Prompt, tmp_path: Path) -> None:
    configure(bare, "password: x")
    own = tmp_path / "own"
    own.mkdir()
    (own / "ccdialer_amd.conf.j2").write_text("; ours, of {{ app }}\n")
    text = bare.run("setup", "asterisk", "--templates", str(own)).stdout
    assert "; ours, of ccdialer\n" in text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("username: x", "ari.password is empty"),
        ("password: 'a;b'", "ari_password holds a semicolon"),
        (
            "password: x, url: 'http://pbx.example:8088/ari', listen: '0.0.0.0:8765'",
            "cannot connect to 0.0.0.0:8765",
        ),
    ],
)
def test_what_is_missing_or_would_break_a_file(bare: Prompt, given: str, sentence: str) -> None:
    configure(bare, given)
    out = bare.folder / "etc"
    assert sentence in bare.run("setup", "asterisk", "--output", str(out), code=2).stderr
    assert not out.exists()


def test_a_wildcard_is_reached_on_the_same_machine(bare: Prompt) -> None:
    configure(bare, "password: x, listen: '0.0.0.0:8765'")
    assert "uri = ws://127.0.0.1:8765/ari\n" in bare.run("setup", "asterisk").stdout


def test_a_folder_that_cannot_be_written(bare: Prompt) -> None:
    configure(bare, "password: x")
    place = bare.file("file", "")
    told = bare.run("setup", "asterisk", "--output", str(place / "etc"), code=2).stderr
    assert "cannot be written" in told


def test_with_tls_the_http_server_is_the_sites_own_affair(bare: Prompt) -> None:
    configure(bare, "password: x, url: 'https://pbx.example:8089/ari', listen: '10.0.0.6:1'")
    assert "http.conf" not in bare.run("setup", "asterisk").stdout
