"""`ccdialer doctor` as a whole, with nothing listening."""

from __future__ import annotations

from tests.cli.prompt import Prompt


def test_with_nothing_listening(prompt: Prompt) -> None:
    result = prompt.run("doctor", code=1)
    lines = result.stdout.splitlines()
    assert lines[0].startswith("OK    config    ")
    assert any(line.startswith("FAIL  ARI       Asterisk does not answer") for line in lines)
    assert any(line.startswith("WARN  daemon    the daemon is not running") for line in lines)
    assert any(line.strip().startswith("-> ") for line in lines)


def test_formats(prompt: Prompt) -> None:
    for found in (
        prompt.run("doctor", "--format", "csv", code=1).stdout,
        prompt.run("doctor", "--format", "json", code=1).stdout,
    ):
        assert "FAIL" in found
        assert "remedy" in found


def test_a_config_of_rubbish_ends_it(bare: Prompt) -> None:
    bare.config.write_text("nod: 1\nlog: {level: loud}\n")
    lines = bare.run("doctor", code=1).stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["FAIL", "FAIL"]
