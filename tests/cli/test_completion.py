"""Shells complete commands, campaigns and agents."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from ccdialer.cli import main
from tests.cli.prompt import Prompt


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell: str) -> None:
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    assert "_CCDIALER_COMPLETE" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_an_unknown_shell() -> None:
    assert CliRunner().invoke(main, ["completion", "csh"]).exit_code == 2


def completions(prompt: Prompt, *words: str, begun: str = "") -> list[str]:
    complete = BashComplete(main, {}, "ccdialer", "_CCDIALER_COMPLETE")
    found = complete.get_completions(["--config", str(prompt.config), *words], begun)
    return [item.value for item in found]


def test_names(prompt: Prompt) -> None:
    prompt.import_agents()
    assert completions(prompt, "campaign", begun="st") == ["start", "stop"]
    assert completions(prompt, "campaign", "start") == ["demo"]
    assert completions(prompt, "campaign", "start", begun="x") == []
    assert completions(prompt, "project", "set") == ["sales"]
    assert completions(prompt, "task", "list", "--campaign") == ["demo"]
    assert completions(prompt, "agent", "login", begun="a") == ["anna"]


def test_scenarios(bare: Prompt) -> None:
    assert completions(bare, "sim", "show", begun="team") == ["team-of-five", "team-of-three"]
    assert completions(bare, "sim", "run", begun="mine.ya") == ["mine.ya"]  # a file: the shell's


def test_without_a_database_nothing_is_offered(bare: Prompt) -> None:
    assert completions(bare, "campaign", "start") == []
    bare.config.write_text("[")
    assert completions(bare, "agent", "login") == []
