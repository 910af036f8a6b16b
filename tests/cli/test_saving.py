"""`--output` saves a report whole or not at all, in the format that its ending tells."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from ccdialer.core.disposition import Disposition
from tests.cli.prompt import Prompt
from tests.reports.scenes import scene_in


@pytest.fixture
def called(prompt: Prompt) -> Prompt:
    """One busy line."""
    with prompt.database() as database:
        scene = scene_in(database)
        scene.add("+79160000002")
        scene.call(Disposition.BUSY)
    return prompt


def save(prompt: Prompt, name: str, *words: str, code: int = 0) -> tuple[Path, str]:
    path = prompt.folder / name
    result = prompt.run("report", "attempts", "--output", str(path), *words, code=code)
    assert not list(prompt.folder.glob("*.part"))
    return path, result.stderr


def test_the_ending_tells_the_format(called: Prompt) -> None:
    path, told = save(called, "calls.xlsx")
    assert "1 rows saved in" in told
    assert openpyxl.load_workbook(path)["attempts"]["C2"].value == "+79160000002"
    assert json.loads(save(called, "calls.json")[0].read_text())[0]["disposition"] == "busy"
    assert save(called, "calls.csv")[0].read_text().startswith("opened_at,campaign,number")
    assert "+79160000002" in save(called, "calls.txt")[0].read_text()


def test_a_format_that_is_given_stands_over_the_ending(called: Prompt) -> None:
    path, _ = save(called, "calls.txt", "--format", "csv")
    assert path.read_text().startswith("opened_at,campaign,number")


def test_an_ending_that_tells_nothing(called: Prompt) -> None:
    path, told = save(called, "calls.pdf", code=2)
    assert "calls.pdf" in told
    assert ".xlsx" in told
    assert not path.exists()


def test_a_folder_that_is_not_there(called: Prompt) -> None:
    _, told = save(called, "nowhere/calls.csv", code=1)
    assert "calls.csv: cannot be written: No such file or directory" in told


def test_a_workbook_into_a_pipe(called: Prompt) -> None:
    result = called.run("report", "attempts", "--format", "xlsx")
    assert result.stdout_bytes.startswith(b"PK")
