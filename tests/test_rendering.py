"""Templates: the project's, a site's, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.errors import ConfigError
from ccdialer.rendering import escaped, render, template_folder

HTTP = {"http_address": "127.0.0.1", "http_port": 8088}


def test_a_template_of_the_project_is_filled_in() -> None:
    assert "bindport = 8088\n" in render("ccdialer_http.conf.j2", HTTP)


def test_a_sites_template_of_the_same_name_wins(tmp_path: Path) -> None:
    (tmp_path / "ccdialer_http.conf.j2").write_text("port is {{ http_port }}\n")
    assert render("ccdialer_http.conf.j2", HTTP, tmp_path) == "port is 8088\n"
    assert "AMD" in render("ccdialer_amd.conf.j2", {}, tmp_path)


@pytest.mark.parametrize("sign", ["\n", "\r", ";", "]"])
def test_a_value_that_would_break_the_file_is_refused(sign: str) -> None:
    with pytest.raises(ConfigError, match=r"http_address .*break the Asterisk file"):
        render("ccdialer_http.conf.j2", {**HTTP, "http_address": f"127.0.0.1{sign}x"})


def test_a_breaking_value_is_found_in_lists_and_mappings(tmp_path: Path) -> None:
    (tmp_path / "a.conf.j2").write_text("{{ a }}")
    for value in (["ok", "a;b"], {"k": "a]b"}, {"a\nb": 1}):
        with pytest.raises(ConfigError):
            render("a.conf.j2", {"a": value}, tmp_path)


def test_an_escaped_value_may_hold_semicolons_and_brackets(tmp_path: Path) -> None:
    (tmp_path / "a.conf.j2").write_text("a = {{ a }}")
    assert render("a.conf.j2", {"a": escaped("x;y]")}, tmp_path) == r"a = x\;y]"
    for text in ("a\nb", " a", "a\x00"):
        with pytest.raises(ValueError, match="cannot hold"):
            escaped(text)


def test_other_files_may_hold_any_value(tmp_path: Path) -> None:
    (tmp_path / "page.xml.j2").write_text("{{ text }}")
    assert render("page.xml.j2", {"text": "a;b]\n"}, tmp_path) == "a;b]\n"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(ConfigError, match="http_port"):
        render("ccdialer_http.conf.j2", {"http_address": "127.0.0.1"})


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.conf\.j2 is not in"):
        render("nothing.conf.j2", {}, tmp_path)


def test_a_fault_in_a_template_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.conf.j2").write_text("fine\n{% if %}\n")
    with pytest.raises(ConfigError, match="line 2"):
        render("bad.conf.j2", {}, tmp_path)


def test_every_shipped_template_is_found() -> None:
    names = {path.name for path in template_folder().glob("*.j2")}
    assert {"ccdialer_ari.conf.j2", "ccdialer_extensions.conf.j2"} <= names


def test_in_pages_text_is_escaped_and_in_other_files_it_is_not(tmp_path: Path) -> None:
    for name in ("a.html.j2", "a.txt.j2"):
        (tmp_path / name).write_text("{{ text }}")
    assert render("a.html.j2", {"text": "<b>"}, tmp_path) == "&lt;b&gt;"
    assert render("a.txt.j2", {"text": "<b>"}, tmp_path) == "<b>"
