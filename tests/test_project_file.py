"""Project files: every mistake named at its line, an export applied again exactly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ccdialer.core.project import Distribution, ProjectSettings
from ccdialer.errors import ConfigError
from ccdialer.project_file import ProjectEntry, changed, projects_text, read_projects, specs

CALLS, TALK = Distribution.FEWEST_CALLS, Distribution.LEAST_TALK


def write(folder: Path, text: str) -> Path:
    path = folder / "projects.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "name: sales\ndistribution: fewest_calls\n---\nname: care\n",
        "projects:\n- {name: sales, distribution: fewest_calls}\n- name: care\n",
    ],
)
def test_several_projects_in_a_file(tmp_path: Path, text: str) -> None:
    entries = [
        ProjectEntry("sales", ProjectSettings(CALLS)),
        ProjectEntry("care", ProjectSettings()),
    ]
    assert read_projects(write(tmp_path, text)) == entries
    assert read_projects(write(tmp_path, projects_text(entries))) == entries


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("distribution: fewest_calls\n", "projects.yaml:1: name: missing: Its name"),
        (
            "name: a\ndistribution: fewest\n",
            "projects.yaml:2: distribution: expected one of longest",
        ),
        (
            "name: a\ncolour: red\n",
            "projects.yaml:2: colour: unknown key; known: name, distribution",
        ),
        ("name: ' a'\n", "name: expected a name of 1 to 100 printable characters"),
        (
            "name: a\n---\nname: a\n",
            "projects.yaml:3: a: the project is here twice, first in line 1",
        ),
        ("projects: []\n", "projects.yaml: there is no project in it"),
        ("- name: a\n", "expected keys and values, found a list"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_projects(write(tmp_path, text))
    assert fault in str(raised.value)


def test_settings_are_changed_by_words() -> None:
    before = ProjectSettings(CALLS)
    assert changed(before, ["distribution=least_talk"]) == ProjectSettings(TALK)
    assert changed(before, []) == before
    for words, sentence in (
        (["distribution=x"], "--set distribution: expected one of longest_idle"),
        (["colour=red"], "--set colour: unknown key"),
        (["distribution"], '--set distribution: expected KEY=VALUE, as in "distribution=f'),
    ):
        with pytest.raises(ConfigError, match=re.escape(sentence)):
            changed(before, words)


def test_every_setting_has_its_sentence() -> None:
    assert all(spec.rules["doc"].endswith(".") for spec in specs().values())
