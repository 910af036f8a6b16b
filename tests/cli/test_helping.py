"""Help lists every command once, with a whole sentence."""

from __future__ import annotations

import click
from click.testing import CliRunner

from ccdialer.cli import main
from ccdialer.cli.helping import Noun
from ccdialer.cli.root import SECTIONS


def test_every_command_stands_in_one_section() -> None:
    named = [name for names in SECTIONS.values() for name in names]
    assert sorted(named) == sorted(main.commands)


def test_sentences_are_not_cut() -> None:
    told = CliRunner().invoke(main, ["--help"], terminal_width=200).stdout
    assert "..." not in told.split("COMMAND [ARGS]...", 1)[1]
    assert told.index("Every day:") < told.index("status") < told.index("The site:")


def test_what_no_section_names_stands_under_the_usual_heading() -> None:
    noun = Noun("noun", commands=[click.Command("deed", help="Do it. And more.")])
    told = CliRunner().invoke(noun, ["--help"]).stdout
    assert "Commands:\n  deed  Do it.\n" in told
