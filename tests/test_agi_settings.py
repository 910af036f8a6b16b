"""The section `agi`: who may reach the scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.config import Config, load
from ccdialer.errors import ConfigError


def read(folder: Path, agi: str) -> Config:
    path = folder / "config.yaml"
    path.write_text(f"agi: {{{agi}}}\n")
    return load(path)


@pytest.mark.parametrize(
    "agi",
    [
        "",
        "listen: ''",
        "listen: '127.0.0.1:4573'",
        "listen: 'localhost:1'",
        "listen: '[::1]:4573'",
        "listen: '0.0.0.0:4573', allow_from: [192.0.2.10]",
        "listen: '192.0.2.1:4573', allow_from: [192.0.2.0/24, '2001:db8::/64']",
        "secret: 'abcd-EFG.123'",
        "folders: [/etc/ccdialer/agi]",
    ],
)
def test_what_is_fine(tmp_path: Path, agi: str) -> None:
    read(tmp_path, agi)


@pytest.mark.parametrize(
    ("agi", "sentence"),
    [
        ("listen: '0.0.0.0:4573'", "name Asterisk's address in agi.allow_from"),
        ("listen: '[::]:4573'", "name Asterisk's address in agi.allow_from"),
        ("listen: 'pbx.example:4573'", "name Asterisk's address in agi.allow_from"),
        ("listen: '4573'", "host:port such as 127.0.0.1:4573"),
        ("listen: '127.0.0.1:70000'", "host:port such as 127.0.0.1:4573"),
        ("allow_from: [everybody]", "networks such as 192.0.2.10"),
        ("allow_from: [192.0.2.1, 10.0.0.300/8]", "10.0.0.300/8 is none"),
        ("allow_from: [0.0.0.0/0]", "0.0.0.0/0 is everybody"),
        ("secret: short", "8 to 128 letters"),
        ("secret: 'with,comma99'", "8 to 128 letters"),
        ("folders: [agi]", "absolute paths"),
        ("secret: longenough, secret_file: secret", "agi.secret is given too"),
        ("secret_file: none", "agi.secret_file: none: No such file"),
        ("secret_file: empty", "not an empty file"),
        ("secret_file: bad", "8 to 128 letters"),
    ],
)
def test_what_is_not(tmp_path: Path, agi: str, sentence: str) -> None:
    (tmp_path / "secret").write_text("fromfile99\n")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "bad").write_text("a b\n")
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, agi)
    assert sentence in str(caught.value)
    assert "fromfile99" not in str(caught.value)


def test_the_secret_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("fromfile99\n")
    assert read(tmp_path, "secret_file: secret").agi.secret == "fromfile99"


def test_the_address(tmp_path: Path) -> None:
    assert read(tmp_path, "listen: '[::1]:4573'").agi.address == ("::1", 4573)
