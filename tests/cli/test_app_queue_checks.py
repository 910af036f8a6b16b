"""Queues that routes name are looked for in a real Asterisk, and those alone that are not there
are told."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from ccdialer.cli import app_queue_checks
from ccdialer.cli.app_queue_checks import queue_findings, queues_named
from ccdialer.cli.asterisk_cli import asterisk_says
from ccdialer.cli.finding import Level
from ccdialer.config import load
from ccdialer.core.routes import Did, Routes, Rule
from tests.cli.prompt import Prompt
from tests.lab.fixtures import Lab, lab, running_lab

__all__ = ["lab", "running_lab"]

RULES = (
    Rule("vip", to="group gold", queue="agency/sales"),
    Rule("anna", to="agent anna"),
    Rule("out", to="extension 200"),
    Rule("rest", to="queue sales"),
)
DIDS = {"401": Did("agency", queue="night", fallback="queue night shift")}
ROUTES = Routes(app_queue=True, scenarios={"a": RULES}, dids=DIDS)


def test_names_are_as_the_dialplan_gives_them_to_asterisk() -> None:
    assert queues_named(ROUTES) == {
        "sales": ["scenarios.a.vip", "scenarios.a.rest"],
        "night": ["scenarios.a.anna"],
        "nightshift": ["dids.401.fallback"],
    }


def test_where_asterisk_cannot_be_asked_it_is_said() -> None:
    (told,) = queue_findings(queues_named(ROUTES), None)
    assert told.level is Level.WARN
    assert told.seen == "whether Asterisk has sales, night, nightshift cannot be asked from here"
    assert not list(queue_findings({}, None))


def test_a_site_with_queues_of_ccdialer_is_not_asked(prompt: Prompt) -> None:
    config = load(prompt.config)
    assert not list(app_queue_checks.app_queue_checks(config))
    rules = "app_queue: true\nother_dids: {project: sales, fallback: queue a}\n"
    prompt.run("route", "apply", str(prompt.file("rules.yaml", rules)))
    assert [each.what for each in app_queue_checks.app_queue_checks(config)] == ["app_queue"]
    rules = rules.replace("app_queue: true\n", "").replace("queue a", "hangup")
    prompt.run("route", "apply", str(prompt.file("rules.yaml", rules)))
    assert not list(app_queue_checks.app_queue_checks(config))


@pytest.mark.lab
def test_a_real_asterisk_tells_which_it_has(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk = lab.asterisk
    conf = asterisk.folder / "etc" / "queues.conf"
    argv = [*asterisk.installation.argv, "-C", str(asterisk.folder / "etc" / "asterisk.conf")]
    (tmp_path / "asterisk").write_text(f'#!/bin/sh\nexec {shlex.join(argv)} "$@"\n')
    (tmp_path / "asterisk").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    before = conf.read_text() if conf.exists() else ""
    try:
        for text in ("", "[sales]\n", "[sales]\n[night]\n[nightshift]\n"):
            conf.write_text(f"[general]\n{text}")
            asterisk.command("queue reload all")
            told = list(queue_findings(queues_named(ROUTES), asterisk_says("queue show")))
            seen = [(each.level, each.seen.split('"')[1:2]) for each in told]
            missing = [each for each in ("sales", "night", "nightshift") if f"[{each}]" not in text]
            wanted = [(Level.FAIL, [each]) for each in missing]
            assert seen == (wanted or [(Level.OK, [])])
    finally:
        conf.write_text(before)
        asterisk.command("queue reload all")
