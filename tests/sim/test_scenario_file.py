"""Scenario files: shorthands, every mistake at its line, and the shipped scenarios."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.core.disposition import Disposition
from ccdialer.errors import ConfigError, NotFound
from ccdialer.sim.laws import Shape, Times
from ccdialer.sim.people import workers
from ccdialer.sim.scenario import RING, Away, Scenario, Trunk
from ccdialer.sim.scenario_file import changed, path_of, read_scenario, shipped
from ccdialer.sim.world import run

FULL = """\
name: both
hours: 6
trunks: [{name: city, lines: 12, congestion: 0.01}]
campaigns:
  - name: one
    settings: {mode: progressive, dial: "PJSIP/{digits}@city", retry_after_s: {busy: 60}}
    callees: {answer_rate: 0.2, talk: 90, ring: {mean_s: 6}, machine_ring: 8}
  - name: two
    callees: {answer_rate: {0: 0.2, 3: 0.6}}
teams:
  - {agents: 4, campaigns: [one], away: [{at: 2, for_s: 600}]}
"""


def read(folder: Path, text: str) -> Scenario:
    path = folder / "mine.yaml"
    path.write_text(text)
    return read_scenario(path)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read(folder, text)
    return raised.value.faults


def test_a_file_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, FULL)
    assert (found.name, found.hours) == ("both", 6.0)
    assert found.trunks == (Trunk("city", 12, 0.01),)
    assert found.teams[0].away == (Away(2.0, 600.0),)
    settings = found.campaigns[0].settings
    assert (settings.mode, settings.amd, settings.wrap_up_s) == (Mode.PROGRESSIVE, True, 300.0)
    assert settings.retry_after_s[Disposition.BUSY] == 60.0
    assert settings.retry_after_s[Disposition.NO_ANSWER] == 3600.0


def test_a_value_alone_and_what_is_not_said(tmp_path: Path) -> None:
    callees = read(tmp_path, FULL).campaigns[0].callees
    assert callees.answer_rate == {0.0: 0.2}
    assert callees.talk == Times(90.0, 0.9)
    assert callees.ring == replace(RING, mean_s=6.0)
    assert callees.machine_ring == Times(8.0)  # nothing is kept of the shipped mixture


def test_a_mixture_is_read(tmp_path: Path) -> None:
    talk = "{mixture: [{mean_s: 20, weight: 2}, {mean_s: 300, shape: gamma}]}"
    found = read(tmp_path, f"campaigns: [{{callees: {{talk: {talk}}}}}]\n")
    wanted = (Times(20.0, weight=2.0), Times(300.0, shape=Shape.GAMMA))
    assert found.campaigns[0].callees.talk.mixture == wanted


def test_a_file_that_names_nothing_is_called_like_itself(tmp_path: Path) -> None:
    assert read(tmp_path, "hours: 2\n").name == "mine"


def test_the_scenarios_on_the_page_are_some(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
    whole, blended = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert [team.agents for team in read(tmp_path, whole).teams] == [20, 8]
    assert read(tmp_path, blended).campaigns[1].settings.mode is Mode.INBOUND


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("hourz: 8", "mine.yaml:1: hourz: unknown key; did you mean hours?"),
        ("hours: 0", 'mine.yaml:1: hours: expected 0.01 to 24, found "0"'),
        (
            "campaigns:\n- callees:\n    answer_rate: 1.5",
            'mine.yaml:3: campaigns[1].callees.answer_rate: expected 0 to 1, found "1.5"',
        ),
        (
            "campaigns: [{callees: {answer_rate: {0: 0.3, 4: 1.2}}}]",
            'mine.yaml:1: campaigns[1].callees.answer_rate: expected 0 to 1, found "1.2"',
        ),
        (
            "campaigns: [{callees: {answer_rate: {25: 0.5}}}]",
            "mine.yaml:1: campaigns[1].callees.answer_rate: expected a value, or values by hour, "
            "from 0 to 24, found keys and values",
        ),
        (
            "campaigns:\n- settings: {mode: preview}",
            "mine.yaml:2: campaigns[1].settings.mode: preview dials when agents ask, and nobody "
            "asks here; use another mode",
        ),
        (
            "campaigns:\n- settings: {mode: predictiv}",
            "mine.yaml:2: campaigns[1].settings.mode: expected one of predictive, progressive, "
            'power, callback, preview, inbound (did you mean predictive?), found "predictiv"',
        ),
        (
            "campaigns:\n- settings:\n    ring_timeout_s: 10",
            "mine.yaml:3: campaigns[1].settings.ring_timeout_s: 10 is less than min_ring_s, "
            "which is 15",
        ),
        (
            "campaigns: [{callees: {machine: 0.9, busy: 0.2}}]",
            "mine.yaml:1: campaigns[1].callees: machine, busy, failed, rejected and unreachable "
            "are 1.17 together, above 1",
        ),
        (
            "campaigns: [{callees: {talk: {least_s: 9, most_s: 4}}}]",
            "mine.yaml:1: campaigns[1].callees.talk: least_s is 9, above most_s, which is 4",
        ),
        (
            "campaigns: [{callees: {talk: {mixture: [{mean_s: 3, weight: 0}]}}}]",
            "mine.yaml:1: campaigns[1].callees.talk: no law of the mixture has a weight above 0",
        ),
        (
            "campaigns: [{callees: {talk: {samples: [3, -1]}}}]",
            'mine.yaml:1: campaigns[1].callees.talk.samples: expected 0 to 86400, found "-1"',
        ),
        (
            "campaigns: [{name: sales}]\nteams:\n- agents: 3\n  campaigns: [sale]",
            'mine.yaml:4: teams[1].campaigns: there is no campaign "sale"; did you mean sales?',
        ),
        (
            "campaigns: [{name: a}, {name: a}]",
            'mine.yaml:1: campaigns[2].name: "a" is taken; give each of the campaigns its own name',
        ),
        (
            "teams:\n- agents: 3\n- agents: 4",
            'mine.yaml:3: teams[2].name: "agent" is taken; give each of the teams its own name',
        ),
        ("teams: []", "mine.yaml:1: teams: expected at least one"),
        ("teams: [4]", 'mine.yaml:1: teams[1]: expected keys and values, found "4"'),
        (
            "hours: 4\nteams: [{starts: 5}]",
            "mine.yaml:2: teams[1].starts: 5 is not before the end of the day, 4 h",
        ),
        (
            "teams: [{starts: 2, ends: 1}]",
            "mine.yaml:1: teams[1]: ends is 1, not after starts, which is 2",
        ),
        (
            "trunks: [{name: city}]\ncampaigns:\n- settings:\n    dial: 'PJSIP/{digits}@cty'",
            'mine.yaml:4: campaigns[1].settings.dial: there is no trunk "cty"; did you mean city?',
        ),
        (
            "hours: 2\n---\nhours: 3",
            "mine.yaml:3: file: a second YAML document; a file holds one scenario",
        ),
    ],
)
def test_every_mistake_has_its_line(tmp_path: Path, text: str, fault: str) -> None:
    assert faults(tmp_path, text + "\n") == [fault]


def test_mistakes_are_named_together(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "hours: x\ndays: 0\nteams: [{agents: -1}]\n")) == 3


# --- shipped --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_says_what_it_shows_and_runs(name: str) -> None:
    found = read_scenario(path_of(name))
    assert found.name == name
    assert found.about.endswith(".")
    quick = replace(found, hours=max(0.3, max(team.starts for team in found.teams) + 0.2))
    few = tuple(replace(team, agents=min(6, team.agents), ends=None) for team in quick.teams)
    (day,) = run(replace(quick, teams=few), 1)
    assert day.whole.talked > 0


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="did you mean ordinary-day"):
        path_of("ordinary-dya")
    with pytest.raises(NotFound, match=r"there is no file .*nothing\.yaml"):
        path_of(str(tmp_path / "nothing.yaml"))


# --- changing -------------------------------------------------------------------------------------


def test_one_value_is_changed_wherever_it_stands(tmp_path: Path) -> None:
    found = read(tmp_path, FULL)
    slower = changed(found, "max_abandonment", "0.01")
    assert {plan.settings.max_abandonment for plan in slower.campaigns} == {0.01}
    assert slower.campaigns[0].settings.mode is Mode.PROGRESSIVE
    assert len(workers(changed(found, "agents", "9"), 1)) == 9
    assert changed(found, "answer_rate", "{0: 0.1, 2: 0.4}").campaigns[1].callees.answer_rate == {
        0.0: 0.1,
        2.0: 0.4,
    }
    assert changed(found, "talk", "60").campaigns[1].callees.talk == Times(60.0, 0.9)
    assert changed(found, "tasks", "7").campaigns[0].tasks == 7
    assert changed(found, "days", "3").days == 3


@pytest.mark.parametrize(
    ("key", "text", "fault"),
    [
        ("agentz", "3", "agentz: unknown key; did you mean agents?"),
        ("agents", "-3", 'agents: expected 0 to 2000, found "-3"'),
        ("ring_timeout_s", "10", "ring_timeout_s: 10 is less than min_ring_s, which is 15"),
        ("starts", "7", "teams[1].starts: 7 is not before the end of the day, 6 h"),
        ("mode", "[", "mode:1: not YAML: expected the node content, but found '<stream end>'"),
    ],
)
def test_a_change_that_cannot_be(tmp_path: Path, key: str, text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        changed(read(tmp_path, FULL), key, text)
    assert raised.value.faults == [fault]


def test_too_many_callbacks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="callbacks a day; at most 100000"):
        read(tmp_path, "campaigns: [{settings: {mode: callback}}]\n")


QUEUE = """
campaigns:
  - {name: list}
  - {name: sales, settings: {mode: inbound}, callers: {per_hour: {0: 30, 4: 60}, owned: 0.2}}
"""


def test_a_queue_is_a_campaign_that_is_called(tmp_path: Path) -> None:
    found = read(tmp_path, QUEUE)
    assert found.campaigns[1].callers.per_hour == {0.0: 30.0, 4.0: 60.0}


def test_only_a_queue_has_callers(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"campaigns\[1\].callers: only a queue has callers"):
        read(tmp_path, "campaigns: [{callers: {per_hour: 30}}]")


def test_a_queue_stays_one_whatever_mode_is_tried(tmp_path: Path) -> None:
    scenario = changed(read(tmp_path, QUEUE), "mode", "progressive")
    modes = [plan.settings.mode for plan in scenario.campaigns]
    assert modes == [Mode.PROGRESSIVE, Mode.INBOUND]


def test_only_callers_come_more_often(tmp_path: Path) -> None:
    scenario = changed(read(tmp_path, QUEUE), "per_hour", "90")
    assert scenario.campaigns[1].callers.per_hour == {0.0: 90.0}
    assert scenario.campaigns[0].callers.per_hour == {0.0: 0.0}
