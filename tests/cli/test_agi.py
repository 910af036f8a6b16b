"""`ccdialer agi`: scripts listed, and tried with no PBX; nothing is written unless it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.prompt import Prompt
from tests.runtime.conftest import fresh_logs

__all__ = ["fresh_logs"]
pytestmark = pytest.mark.usefixtures("fresh_logs")
CALLER = "+79161234567"
SCRIPT = '''
from ccdialer.fastagi import NOTFOUND, script

@script(arguments={{"who": "Who."}}, outputs={{"CCD_X": "X."}}, limit_s=0.2)
def {name}(agi, desk):
    """Says."""
    {does}
'''


def write(folder: Path, name: str, does: str) -> Path:
    path = folder / f"{name}.py"
    path.write_text(SCRIPT.format(name=name, does=does))
    return path


def test_list(prompt: Prompt, tmp_path: Path) -> None:
    scripts = {row["script"]: row for row in prompt.json("agi", "list")}
    assert scripts["talked"]["arguments"] == "agent seconds? queue? call? channel? ago? lasted?"
    assert "CCD_TARGET" in scripts["route_by_stage"]["variables"].split()
    write(tmp_path, "mine", "pass")
    (tmp_path / "bad.py").write_text("1 / 0")
    with prompt.config.open("a") as config:
        config.write(f"agi: {{folders: [{tmp_path}]}}\n")
    result = prompt.run("agi", "list", code=1)
    assert "mine" in result.stdout
    assert "broken: bad.py:1: ZeroDivisionError: division by zero" in result.stderr


def test_a_wish_is_written_only_if_it_is_said(prompt: Prompt) -> None:
    words = ("agi", "test", "do_not_call", "--caller", "8 916 123-45-67")
    result = prompt.run(*words)
    assert "OK dry_run; took" in result.stdout
    assert "not written (--really writes it): do_not_call" in result.stderr
    assert prompt.json("dnc", "list") == []
    assert "OK new; took" in prompt.run(*words, "--really").stdout
    assert [row["phone"] for row in prompt.json("dnc", "list")] == [CALLER]


def test_the_transcript(prompt: Prompt) -> None:
    result = prompt.run(
        *("agi", "test", "route_by_stage", "--caller", CALLER, "--did", "84951112233"), code=1
    )
    assert "< agi_callerid: +79161234567" in result.stdout
    assert '> SET VARIABLE CCD_REASON "unknown_did"' in result.stdout
    assert "not written (--really writes it): the route of the call" in result.stderr
    with prompt.database() as database:
        assert database.rows("SELECT 1 FROM inbound_call") == []


def test_a_route_that_is_written(prompt: Prompt) -> None:
    words = ("agi", "test", "route_by_stage", "--caller", CALLER, "--really", "--format", "json")
    told = json.loads(prompt.run(*words, code=1).stdout)
    with prompt.database() as database:
        assert database.rows("SELECT id FROM inbound_call") == [(told["variables"]["CCD_CALL"],)]


def test_a_file_of_ones_own(prompt: Prompt, tmp_path: Path) -> None:
    path = write(
        tmp_path, "mine", "agi.set_variable('CCD_X', agi.get_variable('A') + agi.args['who'])"
    )
    words = ("agi", "test", str(path), "--arg", "who=me", "--var", "A=b", "--format", "json")
    told = json.loads(prompt.run(*words).stdout)
    assert told["variables"] == {"CCD_STATUS": "OK", "CCD_REASON": "", "CCD_X": "bme"}


@pytest.mark.parametrize(
    ("does", "sentence", "trouble"),
    [
        ("return NOTFOUND, 'nobody'", "NOTFOUND nobody; took", ""),
        ("1 / 0", "ERROR script_failed; took", "mine.py:7: ZeroDivisionError"),
        (
            *("return 'DONE', 'x'", "ERROR script_failed; took"),
            "mine.py:4: it returned the status 'DONE'; allowed are OK, NOTFOUND, TIMEOUT,",
        ),
        ("import time; time.sleep(1)", "TIMEOUT script_late; took", ""),
    ],
)
def test_what_does_not_go_well(
    prompt: Prompt, tmp_path: Path, does: str, sentence: str, trouble: str
) -> None:
    result = prompt.run("agi", "test", str(write(tmp_path, "mine", does)), code=1)
    assert sentence in result.stdout
    assert trouble in result.stderr
    assert ("mine.py" in result.stderr) == bool(trouble)
    assert '> SET VARIABLE CCD_X ""' in result.stdout


def test_what_is_not_there_gets_one_sentence(prompt: Prompt, tmp_path: Path) -> None:
    assert 'there is no script "none"' in prompt.run("agi", "test", "none", code=1).stderr
    (tmp_path / "bad.py").write_text("1 / 0")
    told = prompt.run("agi", "test", str(tmp_path / "bad.py"), code=1).stderr
    assert "bad.py:1: ZeroDivisionError" in told
    told = prompt.run("agi", "test", "do_not_call", "--arg", "x", code=2).stderr
    assert '"x" is no NAME=VALUE' in told
    told = prompt.run("agi", "test", "do_not_call", "--arg", "raeson=tired", code=1).stderr
    assert 'do_not_call takes no argument "raeson"; it takes: caller, did, secret' in told
