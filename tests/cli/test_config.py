"""`ccdialer config`: faults at once, and no secret shown."""

from __future__ import annotations

import pytest

from ccdialer.cli.config import HIDDEN, without_password
from tests.cli.prompt import Prompt


def test_check(bare: Prompt) -> None:
    assert bare.run("config", "check").stdout == f"{bare.config}: no faults\n"
    other = bare.file("other.yaml", "node: '!'\nlog: {level: loud}\nunknown: 1\n")
    faults = bare.run("config", "check", str(other), code=2).stderr.splitlines()
    assert [line.split(":")[1:4] for line in faults] == [
        [" other.yaml", "1", " node"],
        [" other.yaml", "2", " log.level"],
        [" other.yaml", "3", " unknown"],
    ]


@pytest.mark.parametrize("rubbish", ["\x00\x01", "[", "- a\n- b\n", "", "a: &x\nb: *y"])
def test_rubbish(bare: Prompt, rubbish: str) -> None:
    bare.config.write_text(rubbish)
    result = bare.run("config", "check", code=2)
    assert "config.yaml" in result.output


def test_show_hides_secrets(bare: Prompt) -> None:
    bare.config.write_text(
        "database: postgresql://ccd:top@db/site\nari: {password: hunter2}\nnode: east\n"
    )
    shown = {row["key"]: row["value"] for row in bare.json("config", "show")}
    assert shown["node"] == "east"
    assert shown["ari.password"] == HIDDEN
    assert shown["database"] == f"postgresql://ccd:{HIDDEN}@db/site"
    assert shown["numbers.region"] == "RU"
    for shape in ("table", "csv"):
        text = bare.run("config", "show", "--format", shape).stdout
        assert "hunter2" not in text
        assert ":top@" not in text


def test_an_address_without_password_stays() -> None:
    assert without_password("sqlite:////a/b.db") == "sqlite:////a/b.db"
    assert without_password("postgresql://u@h/d") == "postgresql://u@h/d"
