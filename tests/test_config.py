"""config.yaml: the example is the schema, every mistake is named, and rubbish gets one sentence."""

from __future__ import annotations

import dataclasses
import os
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer.config import Config, Connect, example_text, find, load
from ccdialer.core.phone import NumberType
from ccdialer.errors import ConfigError
from ccdialer.schema import describe, specs_of

ROOT = Path(__file__).parent.parent

NOBODY = 65534


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(write(folder, text), {})
    return caught.value.faults


# --- the example --------------------------------------------------------------------------------


def test_the_example_says_what_the_code_says() -> None:
    """After a change: python -c 'from ccdialer.config import *; print(example_text(), end="")'."""
    assert (ROOT / "config.example.yaml").read_text(encoding="utf-8") == example_text()


def test_the_example_holds_every_key_with_its_default() -> None:
    assert load(ROOT / "config.example.yaml", {}) == Config()
    page = yaml.safe_load(example_text())
    for path, spec in describe(specs_of(Config)):
        value = page
        for key in path.split("."):
            value = value[key]
        assert spec.rules["doc"].endswith(".")
        assert dataclasses.is_dataclass(spec.type) or value is not None


# --- what is read -------------------------------------------------------------------------------


def test_reads_what_is_there_and_defaults_the_rest(tmp_path: Path) -> None:
    config = load(
        write(
            tmp_path,
            "node: east\nari: {connect: inbound, password: 12345}\nnumbers: {types: [mobile]}\n"
            "agents: {pause_reasons: {1: tea}, ring_timeout_s: 7}\n",
        )
    )
    assert (config.node, config.ari.connect, config.ari.password) == ("east", "inbound", "12345")
    assert config.ari.connect is Connect.INBOUND
    assert config.numbers.types == (NumberType.MOBILE,)
    assert config.agents.pause_reasons == {1: "tea"}
    assert config.agents.ring_timeout_s == 7.0
    assert config.log == Config().log


def test_values_come_from_the_environment(tmp_path: Path) -> None:
    path = write(tmp_path, 'ari: {password: "a${PW}$${X}"}\ndaemon: {drain_s: "${DRAIN}"}\n')
    config = load(path, {"PW": "s3cret", "DRAIN": "5"})
    assert config.ari.password == "as3cret${X}"
    assert config.daemon.drain_s == 5
    with pytest.raises(ConfigError, match="expected the environment variable PW to be set"):
        load(path, {"DRAIN": "5"})


def test_the_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    path = write(tmp_path, "ari: {password_file: secret}\n")
    assert load(path).ari.password == "s3cret"
    assert "keep one" in faults(tmp_path, "ari: {password: x, password_file: secret}\n")[0]
    assert "No such file" in faults(tmp_path, "ari: {password_file: gone}\n")[0]


def test_finds_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CCDIALER_CONFIG", "/elsewhere.yaml")
    assert find("mine.yaml") == Path("mine.yaml")
    assert find() == Path("/elsewhere.yaml")
    monkeypatch.delenv("CCDIALER_CONFIG")
    write(tmp_path, "")
    assert find() == Path("config.yaml")


# --- what is wrong ------------------------------------------------------------------------------


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    text = "nod: a\nari:\n  url: localhost\n  conect: outbound\nlog: {level: loud}\n"
    assert faults(tmp_path, text) == [
        "config.yaml:1: nod: unknown key; did you mean node?",
        "config.yaml:3: ari.url: expected a URL such as http://127.0.0.1:8088/ari,"
        ' found "localhost"',
        "config.yaml:4: ari.conect: unknown key; did you mean connect?",
        'config.yaml:5: log.level: expected one of debug, info, warning, error, found "loud"',
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("node: a b\n", "node: expected 1 to 64 letters"),
        ("node: {a: b}\n", "node: expected text, found keys and values"),
        ("node:\n", "node: expected text, found nothing"),
        ("node: a\nnode: b\n", "config.yaml:2: node: given twice, first in line 1"),
        ("database: mysql://x/y\n", "database: expected sqlite:////"),
        ("database: postgresql://host:99999999/x\n", "database: expected sqlite:////"),
        (f"socket: /{'s' * 200}\n", "socket: expected a path of at most 107 bytes"),
        ("ari: 5\n", "config.yaml:1: ari: expected keys and values"),
        ("ari: {url: 'http://h:99999/ari'}\n", "ari.url: expected a URL"),
        ("ari: {listen: 8765}\n", "ari.listen: expected host:port"),
        ("ari: {listen: 'a:70000'}\n", "ari.listen: expected host:port"),
        ("ari: {connect: both}\n", "ari.connect: expected one of outbound, inbound"),
        ("ari: {app: 'a b'}\n", "ari.app: expected letters"),
        ("numbers: {region: ru}\n", "numbers.region: expected a country by ISO 3166, two capitals, "
         'such as RU (did you mean RU?), found "ru"'),
        ("numbers: {types: [mobil]}\n", "(did you mean mobile?)"),
        ("numbers: {types: mobile}\n", "numbers.types: expected a list"),
        ("numbers: {types: []}\n", "one or more types, each once"),
        ("agents: {max_missed: 2.5}\n", "agents.max_missed: expected a whole number"),
        ("agents: {max_missed: 0}\n", "agents.max_missed: expected 1 to 100"),
        ("agents: {pause_reasons: {x: tea}}\n", "pause_reasons.x: unknown key; expected a whole"),
        ("agents: {pause_reasons: {10: tea}}\n", "expected reasons by the digit"),
        ("agents: {pause_reasons: {1: [a]}}\n", "pause_reasons.1: expected text, found a list"),
        ("daemon: {drain_s: .inf}\n", "daemon.drain_s: expected a number"),
        ("daemon: {drain_s: -1}\n", "daemon.drain_s: expected 0 to"),
        ("[a]: b\n", "expected a key, found a list"),
        ("a: 1\n---\nb: 1\n", "config.yaml:3: file: expected one YAML document"),
    ],
)  # fmt: skip
def test_says_what_was_expected(tmp_path: Path, text: str, fault: str) -> None:
    assert any(fault in found for found in faults(tmp_path, text)), faults(tmp_path, text)


def test_a_wrong_password_is_not_shown(tmp_path: Path) -> None:
    assert "s3cret" not in str(faults(tmp_path, "ari: {password: [s3cret]}\n"))


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "config.yaml: the file is empty"),
        ("# nothing\n", "config.yaml: the file is empty"),
        ("ari:\n\turl: x\n", "config.yaml:2: not YAML: a tab; YAML is indented with spaces"),
        ("ari: [1\n", "not YAML"),
        ("a: b: c\n", "config.yaml:1: not YAML"),
        ("- node\n", "config.yaml:1: file: expected keys and values, found a list"),
        ("just text\n", "config.yaml:1: file: expected keys and values"),
        ("ари: ё\n".encode("cp1251"), "config.yaml:1: not UTF-8; save the file as UTF-8"),
        (b"node: \x00\n", "config.yaml: not YAML"),
        (BOMB, "config.yaml:2: aliases are not read here; write the value of *a out"),
        ("a: " + "[" * 5000, "config.yaml:1: nested too deeply"),
        (b"x" * 2_000_000, "larger than"),
        ('a: "\\UFFFFFFFF"\n', "config.yaml: not YAML"),
    ],
)
def test_rubbish_gets_one_sentence(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    (found,) = faults(tmp_path, text)
    assert sentence in found


def test_what_is_no_file_gets_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.yaml"):
        with pytest.raises(ConfigError, match="cannot be read"):
            load(path)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(max_size=80), st.text("{}[]&*!|>'\"%@`#:- \n\tnode", max_size=60)))
def test_nothing_ends_in_a_traceback(tmp_path: Path, text: str | bytes) -> None:
    with suppress(ConfigError):
        load(write(tmp_path, text.encode() if isinstance(text, str) else text), {})


def test_a_folder_that_may_not_be_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `runuser -u ccdialer -- ccdialer db migrate`, typed in a folder of root's."""
    closed = tmp_path / "closed"
    closed.mkdir()
    monkeypatch.delenv("CCDIALER_CONFIG", raising=False)
    monkeypatch.setattr("ccdialer.config.SYSTEM_PATH", closed / "system.yaml")
    monkeypatch.chdir(closed)
    closed.chmod(0)
    user = os.geteuid()
    os.seteuid(user or NOBODY)
    try:
        with pytest.raises(ConfigError, match=r"no config\.yaml: looked at"):
            find()
    finally:
        os.seteuid(user)
        closed.chmod(0o700)
