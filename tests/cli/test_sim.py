"""`ccdialer sim`: shipped scenarios and files are listed, shown, checked and lived."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import yaml

from ccdialer.sim.scenario_file import shipped
from tests.cli.prompt import LIMIT_S, Prompt
from tests.lab.sipp import wait_until

QUICK = "hours: 0.2\ncampaigns: [{name: sales}]\nteams: [{agents: 4, sign_in_over_s: 5}]\n"


@pytest.fixture
def quick(bare: Prompt) -> Path:
    return bare.file("quick.yaml", QUICK)


def lived(prompt: Prompt, *words: str) -> Any:
    return json.loads(prompt.run("sim", "run", *words, "--format", "json").stdout)


def test_shipped_scenarios_are_listed(bare: Prompt) -> None:
    rows = bare.json("sim", "list")
    assert [row["name"] for row in rows] == list(shipped())
    assert all(row["about"] and row["agents"] > 0 for row in rows)


def test_a_shown_scenario_is_one_to_start_from(bare: Prompt) -> None:
    text = bare.run("sim", "show", "three-campaigns").stdout
    assert len(yaml.safe_load(text)["campaigns"]) == 3
    copy = bare.file("copy.yaml", text)
    assert (
        "no faults; 3 campaigns, 40 agents, 8 h, 1 day"
        in bare.run("sim", "check", str(copy)).stdout
    )
    assert "three-campaigns: no faults" in bare.run("sim", "check", "three-campaigns").stdout


def test_mistakes_are_told_at_their_lines(bare: Prompt) -> None:
    path = bare.file("mine.yaml", "hourz: 8\nteams:\n- agents: -1\n")
    said = bare.run("sim", "check", str(path), code=2).stderr
    assert "ccdialer: mine.yaml:1: hourz: unknown key; did you mean hours?" in said
    assert "mine.yaml:3: teams[1].agents: expected 0 to 2000" in said


def test_the_same_seed_gives_the_same_bytes_however_many_processes(
    bare: Prompt, quick: Path
) -> None:
    words = ("sim", "run", str(quick), "--seeds", "2", "--format", "json", "--jobs")
    alone = bare.run(*words, "1").stdout
    assert bare.run(*words, "1").stdout == alone
    assert bare.run(*words, "2").stdout == alone
    assert len(json.loads(alone)["variants"][0]["days"]) == 2


def test_seeds_days_and_settings(bare: Prompt, quick: Path) -> None:
    found = lived(
        bare, str(quick), "--seeds", "2", "--seed", "7", "--days", "2", "--set", "agents=2"
    )
    days = found["variants"][0]["days"]
    assert [(day["seed"], day["day"]) for day in days] == [(7, 0), (7, 1), (8, 0), (8, 1)]
    assert {len(day["agents"]) for day in days} == {2}


def test_values_are_compared_on_the_same_people(bare: Prompt, quick: Path) -> None:
    words = ("--seeds", "1", "--compare", "mode=predictive,progressive,predictive ")
    found = lived(bare, str(quick), *words)
    assert [each["name"] for each in found["variants"]] == ["mode=predictive", "mode=progressive"]
    first, second = (each["days"] for each in found["variants"])
    assert first != second
    table = bare.run("sim", "run", str(quick), *words).stdout
    assert table.split()[:4] == ["of", "figure", "mode=predictive", "mode=progressive"]
    rows = bare.csv("sim", "run", str(quick), *words)
    assert {row["variant"] for row in rows} == {"mode=predictive", "mode=progressive"}
    assert {"utilisation", "abandonment_bound", "lines_peak"} <= {row["figure"] for row in rows}


def test_a_page_is_written(bare: Prompt, quick: Path) -> None:
    page = bare.folder / "page.html"
    done = bare.run("sim", "run", str(quick), "--seeds", "1", "--html", str(page))
    assert f"{page} written" in done.stderr
    assert page.read_text(encoding="utf-8").count("<svg") == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("ordinary-dya",), 1, "did you mean ordinary-day"),
        (("no.yaml",), 1, "there is no file no.yaml"),
        (("team-of-five", "--set", "agents"), 2, '--set "agents": expected KEY=VALUE'),
        (
            ("team-of-five", "--set", "agentz=4"),
            2,
            "--set agentz: unknown key; did you mean agents?",
        ),
        (("team-of-five", "--compare", "mode="), 2, '--compare "mode=": expected KEY=VALUE'),
        (
            ("team-of-five", "--compare", "mode=a,power"),
            2,
            "--compare mode: expected one of predictive",
        ),
        (("team-of-five", "--html", "no/such/page.html"), 2, "there is no folder no/such"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    bare: Prompt, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in bare.run("sim", "run", *words, code=code).stderr


def busy_children(pid: int) -> int:
    """Processes of this one that have computed for more than 0.3 s (in ticks of 10 ms)."""
    pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    spent = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[11] for each in pids]
    return sum(int(ticks) > 30 for ticks in spent)


def test_ctrl_c_ends_it_without_a_word_too_many(bare: Prompt) -> None:
    process = bare.process("sim", "run", "ordinary-day", "--seeds", "4", "--jobs", "2")
    wait_until(lambda: busy_children(process.pid) >= 2, LIMIT_S)  # both are past their beginning
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130, said
    assert said == ("", "")
