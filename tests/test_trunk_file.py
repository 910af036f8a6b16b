"""trunks.yaml: read with every fault and its line, written back, and passwords kept out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.errors import ConfigError
from ccdialer.provider import pjsip_conf
from ccdialer.rendering import template_folder
from ccdialer.trunk_entry import trunk_of
from ccdialer.trunk_file import read_trunks, trunks_text, with_prices, without_password

TEXT = """\
trunks:
  - name: main
    provider: {server: sip.example.net, login: "749512", password: "${MAIN_PASSWORD}"}
    caller_ids: "74951234567"
    prices:
      7: 1.50
      7495: {price: 0.9, fee: 0.2, increments: 60/1, destination: Moscow}
  - name: spare
    provider: {server: 192.0.2.1}
    numbers: "{e164}"
    symbolic: true
    prices: {7: 2}
"""
KNOWN = {"MAIN_PASSWORD": "s;cret"}


def written(folder: Path, text: str) -> Path:
    path = folder / "trunks.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read_trunks(written(folder, text), KNOWN)
    return raised.value.faults


def test_a_file_is_read_and_its_references_looked_up(tmp_path: Path) -> None:
    main, spare = read_trunks(written(tmp_path, TEXT), KNOWN)
    assert (main.entry.name, main.password, spare.password) == ("main", "s;cret", "")
    assert trunk_of(main.entry).rates["7"].price == 1_500_000
    assert trunk_of(main.entry).rates["7495"].fee == 200_000


def test_a_file_survives_writing_without_its_passwords(tmp_path: Path) -> None:
    literal = TEXT.replace("${MAIN_PASSWORD}", "literal-secret")
    found = read_trunks(written(tmp_path, literal), {})
    trunks = [trunk_of(each.entry) for each in found]
    kept = [without_password(each.entry) for each in found]
    assert "literal-secret" not in repr(kept)
    pairs = zip(kept, trunks, strict=True)
    text = trunks_text([with_prices(entry, trunk.rates.values()) for entry, trunk in pairs])
    assert "literal-secret" not in text
    again = read_trunks(written(tmp_path, text), {"TRUNK_MAIN_PASSWORD": "other"})
    assert [trunk_of(each.entry) for each in again] == trunks
    assert again[0].password == "other"


def test_all_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    text = TEXT.replace("1.50", "cheap").replace("192.0.2.1", "no host").replace("symbolic", "symb")
    text = text.replace("MAIN_PASSWORD", "GONE")
    lines = [fault.split(": ")[0] for fault in faults_of(tmp_path, text)]
    assert lines == ["trunks.yaml:6", "trunks.yaml:9", "trunks.yaml:11", "trunks.yaml:3"]


def test_a_password_that_cannot_be_had_is_told_and_never_shown(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, TEXT.replace("MAIN_PASSWORD", "GONE"))
    assert told == ("trunks.yaml:3: trunks[1].provider.password: set the environment variable GONE")
    (told,) = faults_of(tmp_path, TEXT.replace(', password: "${MAIN_PASSWORD}"', ""))
    assert "password or password_file is missing" in told
    (told,) = faults_of(tmp_path, TEXT.replace('"${MAIN_PASSWORD}"', '"bad\\nsecret"'))
    assert "bad" not in told
    (told,) = faults_of(tmp_path, TEXT.replace("192.0.2.1", "192.0.2.1, password: x"))
    assert "there is no login for it" in told


def test_a_password_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "main.secret").write_text("from file\n")
    text = TEXT.replace('password: "${MAIN_PASSWORD}"', "password_file: main.secret")
    assert read_trunks(written(tmp_path, text), {})[0].password == "from file"
    (told,) = faults_of(tmp_path, text.replace("main.secret", "none.secret"))
    assert "none.secret: No such file" in told
    (tmp_path / "main.secret").write_text("\n")
    (told,) = faults_of(tmp_path, text)
    assert "it is empty" in told


def test_names_are_there_once_and_a_file_is_not_empty(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, TEXT.replace("spare", "main"))
    assert '"main" is taken' in told
    for text in ("trunks: []\n", "{}\n", "trunks: x\n"):
        assert len(faults_of(tmp_path, text)) == 1
    (told,) = faults_of(tmp_path, TEXT + "---\ntrunks: []\n")
    assert "a second YAML document" in told


def test_the_shipped_example_is_read_and_rendered() -> None:
    known = {"TRUNK_MAIN_PASSWORD": "a", "TRUNK_FLAT_PASSWORD": "b"}
    found = read_trunks(template_folder() / "trunks.example.yaml", known)
    assert [each.entry.name for each in found] == ["main", "spare", "flat", "pbx"]
    assert all(trunk_of(each.entry).rates for each in found)
    conf = pjsip_conf(each.account for each in found)
    assert conf.count("type = endpoint") == 3  # the last is the site's own
