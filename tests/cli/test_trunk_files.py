"""Trunks applied, rendered and exported: all or nothing, and no password where it must not be."""

from __future__ import annotations

import re

from ccdialer import storage
from ccdialer.trunk_file import read_trunks
from tests.cli.prompt import Prompt
from tests.cli.trunks import TRUNKS, apply, with_conf


def test_apply_stores_writes_and_says_so(prompt: Prompt) -> None:
    told = apply(prompt)
    assert 'trunk "main": created; lines: 10, prices: 2' in told
    assert f"{with_conf(prompt)}: written" in told
    assert "Asterisk has not read it" in told  # nothing answers there
    conf = with_conf(prompt)
    assert "password = secret-word\n" in conf.read_text()
    assert conf.stat().st_mode & 0o777 == 0o640
    with prompt.database() as database:
        assert [trunk.name for trunk in storage.list_trunks(database)] == ["main", "spare"]
        assert storage.find_trunk(database, "main").rates["7495"].first_s == 60
    again = apply(prompt)
    assert 'trunk "main": unchanged' in again
    assert f"{conf}: unchanged" in again


def test_no_password_is_in_the_database_or_printed(prompt: Prompt) -> None:
    told = apply(prompt)
    with prompt.database() as database:
        kept = storage.trunk_connections(database)
    told += prompt.run("trunk", "export").output + prompt.run("trunk", "show", "main").output
    assert "secret-word" not in told + repr(kept)
    assert "${TRUNK_MAIN_PASSWORD}" in told


def test_a_file_with_a_fault_changes_nothing(prompt: Prompt) -> None:
    apply(prompt)
    before = with_conf(prompt).read_text()
    bad = prompt.file("bad.yaml", TRUNKS.replace("1.2", "cheap").replace("lines: 10", "lines: 0"))
    told = prompt.run("trunk", "apply", str(bad), code=2).output
    assert "bad.yaml:5: trunks[1].lines" in told
    assert "bad.yaml:12: trunks[2].prices.7.price" in told
    assert with_conf(prompt).read_text() == before
    assert prompt.run("trunk", "list").output.count("enabled") == 2


def test_a_file_that_cannot_be_written_leaves_the_database_as_it_was(prompt: Prompt) -> None:
    conf = with_conf(prompt)
    conf.mkdir()
    path = prompt.file("trunks.yaml", TRUNKS)
    told = prompt.run("trunk", "apply", str(path), code=2).output
    assert f"{conf}: cannot be written" in told
    with prompt.database() as database:
        assert storage.list_trunks(database) == []


def test_a_dry_run_changes_nothing(prompt: Prompt) -> None:
    conf = with_conf(prompt)
    path = prompt.file("trunks.yaml", TRUNKS)
    told = prompt.run("trunk", "apply", str(path), "--dry-run").output
    assert 'trunk "main": created' in told
    assert not conf.exists()
    with prompt.database() as database:
        assert storage.list_trunks(database) == []


def test_export_is_read_back_to_the_same(prompt: Prompt) -> None:
    apply(prompt)
    path = prompt.file("again.yaml", prompt.run("trunk", "export").stdout)
    found = read_trunks(path, {"TRUNK_MAIN_PASSWORD": "other"})
    assert [each.entry.name for each in found] == ["main", "spare"]
    prompt.file("trunks.yaml", TRUNKS)
    again = prompt.file("third.yaml", path.read_text().replace("${TRUNK_MAIN_PASSWORD}", "x"))
    told = prompt.run("trunk", "apply", str(again)).output
    assert told.count("unchanged") == 2  # of both trunks; the file has another password
    assert "written" in told


def test_many_prices_stay_in_a_csv(prompt: Prompt) -> None:
    rows = "".join(f"7{n},1.25,0.1,60/1\n" for n in range(1000, 1500))
    prompt.file("main.csv", f"prefix,price,fee,increments\n{rows}")
    text = TRUNKS.replace("    lines: 10\n", "    price_file: main.csv\n")
    assert "prices: 502" in apply(prompt, text)
    result = prompt.run("trunk", "export")
    assert "ccdialer trunk prices main > main.csv" in result.stderr
    prompt.file("main.csv", prompt.run("trunk", "prices", "main").stdout)
    copy = re.sub(r"\$\{\w+\}", "secret-word", result.stdout)
    assert 'main": unchanged' in apply(prompt, copy)


def test_a_fault_in_a_price_list_changes_nothing(prompt: Prompt) -> None:
    with_conf(prompt)
    prompt.file("main.csv", "prefix,price\n7,free\n")
    path = prompt.file("trunks.yaml", TRUNKS.replace("lines: 10", "price_file: main.csv"))
    assert "main.csv:2: price" in prompt.run("trunk", "apply", str(path), code=2).output
    assert prompt.json("trunk", "list") == []


def test_render_prints_what_would_be_written(prompt: Prompt) -> None:
    apply(prompt)
    path = prompt.file("trunks.yaml", TRUNKS)
    assert prompt.run("trunk", "render", str(path)).stdout == with_conf(prompt).read_text()
