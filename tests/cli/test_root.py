"""Exit codes, help of every command, and no traceback for anybody."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

import ccdialer
from ccdialer.cli import config, main
from ccdialer.cli.root import DEFECT, EPILOG, INTERRUPTED
from tests.cli.prompt import LIMIT_S, Prompt


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


def command_at(path: tuple[str, ...]) -> click.Command:
    found: click.Command = main
    for name in path:
        assert isinstance(found, click.Group)
        found = found.commands[name]
    return found


ALL = list(commands(main))


@pytest.mark.parametrize("path", ALL, ids=lambda path: " ".join(path) or "ccdialer")
def test_every_command_has_help(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "-h"])
    assert result.exit_code == 0
    command = command_at(path)
    assert command.help, "a docstring"
    assert (command.help.strip().splitlines()[0].rstrip(".")) in " ".join(result.stdout.split())
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_every_command_that_users_rely_on_exists() -> None:
    wanted = {
        *("config check", "db migrate", "db status", "db backup", "campaign apply"),
        *("campaign export", "campaign list", "campaign show", "campaign start"),
        *("campaign pause", "campaign stop", "task import", "task list", "task show"),
        *("task cancel", "agent import", "agent list", "agent login", "agent logout"),
        *("agent pause", "status", "run", "report attempts", "report campaigns"),
        *("report agents", "why", "doctor", "sim list", "sim show", "sim check", "sim run"),
    }
    assert wanted <= {" ".join(path) for path in ALL}


def test_what_lists_has_formats() -> None:
    listing = ("list", "show", "attempts", "campaigns", "agents", "status", "why", "doctor")
    for path in set(ALL) - {("sim", "show")}:  # which prints a file as it is
        if path and path[-1] in listing and not isinstance(command_at(path), click.Group):
            formats = [p for p in command_at(path).params if "--format" in p.opts]
            choices = [list(option.type.choices) for option in formats]  # type: ignore[attr-defined]
            more = ["xlsx"] if path[0] == "report" else []
            assert choices == [["table", "json", "csv", *more]], path


def test_version() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.stdout == f"ccdialer {ccdialer.__version__}\n"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("campaign", "show", "demo"), 5, "run: ccdialer db migrate"),
        (("status",), 3, "the daemon is not running"),
        (("agent", "login", "anna"), 3, "start it: ccdialer run"),
        (("nonsense",), 2, "No such command"),
        (("task", "list", "--limit", "-1"), 2, "-1"),
        (("why", "12"), 2, "is not a phone number"),
        (("report", "agents", "--since", "soon"), 2, '"soon" is not a date'),
    ],
)
def test_exit_codes(bare: Prompt, words: tuple[str, ...], code: int, told: str) -> None:
    result = bare.run(*words, code=code)
    assert told in result.stderr
    assert result.stdout == ""


def test_no_config(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.delenv("CCDIALER_CONFIG", raising=False)
    result = CliRunner().invoke(main, ["db", "status"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("ccdialer: no config.yaml")


def test_every_fault_of_the_config_in_a_line_of_its_own(bare: Prompt) -> None:
    bare.config.write_text("nod: main\nari: {url: nothing}\n")
    lines = bare.run("db", "status", code=2).stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("ccdialer: config.yaml:") for line in lines)


def test_a_defect_is_one_line_and_debug_shows_it(
    bare: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("in the\nmiddle")

    monkeypatch.setattr(config.configuration, "load", broken)
    result = bare.run("config", "check", code=DEFECT)
    assert result.stderr == ("ccdialer: defect: ZeroDivisionError: in the (--debug shows where)\n")
    shown = CliRunner().invoke(main, ["--debug", "--config", str(bare.config), "config", "check"])
    assert isinstance(shown.exception, ZeroDivisionError)


def test_what_the_system_refuses_is_a_sentence(bare: Prompt) -> None:
    with open("/dev/full", "w") as full:
        for words in (("--version",), ("config", "check")):
            process = bare.process(*words, stdout=full)
            _, err = process.communicate(timeout=LIMIT_S)
            assert process.returncode == 1
            assert err == "ccdialer: No space left on device\n"


def test_help_tells_the_exit_codes() -> None:
    codes = {line.split()[0] for line in EPILOG.splitlines()[2:] if line.strip()}
    assert codes == {"0", "1", "2", "3", "4", "5", str(DEFECT), str(INTERRUPTED)}


def test_ctrl_c_is_quiet(prompt: Prompt) -> None:
    with prompt.daemon():
        watching = prompt.process("status", "--watch", "--interval", "0.1")
        assert watching.stdout is not None
        assert "calls none" in watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        _, err = watching.communicate(timeout=LIMIT_S)
        assert (watching.returncode, err) == (INTERRUPTED, "")


def test_a_reader_that_goes_away_is_no_error(prompt: Prompt) -> None:
    with prompt.daemon():
        watching = prompt.process("status", "--watch", "--interval", "0.1")
        assert watching.stdout is not None
        watching.stdout.readline()
        watching.stdout.close()
        watching.wait(LIMIT_S)
        assert watching.stderr is not None
        assert watching.stderr.read() == ""
        watching.stderr.close()
        assert os.path.exists(prompt.socket)
