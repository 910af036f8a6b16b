"""By whom a task will be called: owner, agents, lines, queue, pace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ccdialer import storage
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Mode
from ccdialer.reports import words
from ccdialer.reports.inquiry import Floor, inquire
from ccdialer.reports.means import means
from ccdialer.reports.verdicts import Verdict
from tests.reports.scenes import NOW, Scene

NUMBER = "+79160000001"
ROW = {"in_flight": 1, "waiting": 0, "talking": 2, "blocked": "", "pacing": "no idle agent"}


def ask(scene: Scene, agents: dict[str, str] | None = None, **row: Any) -> dict[str, Verdict]:
    (task,) = storage.history_of_number(scene.db, NUMBER)
    floor = Floor(campaigns={"demo": ROW | row}, agents=agents)
    return {each.rule: each for each in means(inquire(scene.db, task, floor, scene.now))}


def add_agent(scene: Scene, login: str, *groups: str, project: str = "sales") -> None:
    agent = Agent(0, login, login, f"PJSIP/{login}", True, frozenset(), frozenset(groups))
    storage.upsert_agent(scene.db, agent, [project], NOW)


def callback(scene: Scene, **pin: Any) -> None:
    settings = replace(scene.campaign.settings, mode=Mode.CALLBACK)
    storage.upsert_campaign(scene.db, "sales", "demo", settings, NOW)
    scene.add(NUMBER, **pin)


def test_agents_who_may_serve_it(scene: Scene) -> None:
    scene.add(NUMBER)
    add_agent(scene, "zoe", project="care")
    assert "agents" not in ask(scene)
    nobody = ask(scene, {"zoe": "available"})["agents"]
    assert (nobody.passes, nobody.words) == (
        False,
        "nobody who may serve it is signed in: anna",
    )
    busy = ask(scene, {"anna": "talking"})["agents"]
    assert (busy.passes, busy.words) == (False, "no agent who may serve it is free: anna talking")
    free = ask(scene, {"anna": "available"})["agents"]
    assert (free.passes, free.words) == (True, "1 of 1 agents are free: anna")


def test_an_owner_has_his_time(scene: Scene) -> None:
    add_agent(scene, "boris")
    callback(scene, owner_id=scene.agent_id)
    found = ask(scene, {"anna": "talking", "boris": "available"})
    assert found["owner"].words == f"for its owner anna until {words.at(NOW + 900_000, NOW)}"
    assert found["agents"].passes is False
    storage.set_leave(scene.db, scene.agent_id, NOW + 3_600_000)
    assert "who is on leave until" in ask(scene)["owner"].words


def test_a_group_has_its_time(scene: Scene) -> None:
    add_agent(scene, "boris", "vip")
    callback(scene, owner_group="vip")
    found = ask(scene, {"anna": "available", "boris": "paused"})
    assert found["owner"].words.startswith("for group vip until ")
    assert found["agents"].words == "no agent who may serve it is free: boris paused"


def test_a_callback_of_nobody_is_for_anyone(scene: Scene) -> None:
    callback(scene)
    assert ask(scene)["owner"].words == "for anyone"


def test_lines_queue_and_pace(scene: Scene) -> None:
    scene.add("+79160000002", priority=9)
    scene.add(NUMBER)
    found = ask(scene)
    assert (found["lines"].passes, found["lines"].words) == (
        True,
        "3 of 30 lines of the campaign in use",
    )
    assert found["queue"].words == "1 due tasks go before it"
    assert found["pacing"].words == "pacing: no idle agent"
    assert ask(scene, talking=29)["lines"].passes is False
    assert ask(scene, blocked="trunk main: lost")["lines"].words == "trunk main: lost"


def test_an_assignment_waits_for_an_agent_who_asks(scene: Scene) -> None:
    scene.add(NUMBER)
    settings = replace(scene.campaign.settings, mode=Mode.PREVIEW)
    storage.upsert_campaign(scene.db, "sales", "demo", settings, NOW)
    assert "ccdialer agent next LOGIN" in ask(scene)["pacing"].words


def test_no_daemon_says_nothing_of_agents_and_lines(scene: Scene) -> None:
    scene.add(NUMBER)
    (task,) = storage.history_of_number(scene.db, NUMBER)
    floor = Floor(trouble="the daemon is not running")
    found = means(inquire(scene.db, task, floor, scene.now))
    assert [(each.rule, each.passes) for each in found] == [("daemon", False), ("queue", None)]
