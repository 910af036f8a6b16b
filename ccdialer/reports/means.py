"""Means: by whom a task that may be called will be, and what the daemon says it waits for."""

from __future__ import annotations

from collections.abc import Iterator

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Mode
from ccdialer.core.stickiness import begun, ends_at, may_take
from ccdialer.core.task import Step, Task, TaskState
from ccdialer.reports import words
from ccdialer.reports.inquiry import Inquiry
from ccdialer.reports.verdicts import Verdict
from ccdialer.storage import list_agents
from ccdialer.storage.sticky import with_ladders
from ccdialer.storage.waiting import count_ahead

MANY_AHEAD = 1000
FREE = "available"


def means(case: Inquiry) -> list[Verdict]:
    """Owner, agents, lines, queue and pace; nothing of what only a running daemon knows, if none
    runs."""
    ladder = _ladder(case) if case.campaign.settings.mode is Mode.CALLBACK else None
    found = [*_daemon(case), *_owner(case, ladder), *_agents(case, ladder), *_lines(case)]
    return [*found, *_queue(case), *_pace(case)]


def _daemon(case: Inquiry) -> Iterator[Verdict]:
    trouble = case.floor.trouble
    yield Verdict("daemon", not trouble, trouble or "the daemon runs and can dial")


# --- by whom ------------------------------------------------------------------------------------


def _ladder(case: Inquiry) -> Task:
    """The callback as it stands, its ladder begun."""
    bare = Task(case.task["id"], case.campaign.id, (case.number,))
    (found,) = with_ladders(case.database, [bare], lambda instant: round(instant * 1000))
    return begun(found, case.campaign.settings)


def _owner(case: Inquiry, ladder: Task | None) -> Iterator[Verdict]:
    if ladder is None:
        return
    ends = ends_at(ladder, case.campaign.settings)
    until = None if ends is None else round(ends * 1000)
    whom = {
        Step.OWNER: f"its owner {case.task['owner']}",
        Step.GROUP: f"group {', '.join(sorted(ladder.groups))}",
        Step.ANYONE: "anyone",
    }
    told = f"for {whom[ladder.step]}"
    if until is not None:
        told += f" until {words.at(until, case.now)}"
    leave = ladder.owner_leave_until
    if ladder.step is Step.OWNER and leave is not None and leave * 1000 > case.now:
        told += f", who is on leave until {words.at(round(leave * 1000), case.now)}"
    yield Verdict("owner", None, told)


def _agents(case: Inquiry, ladder: Task | None) -> Iterator[Verdict]:
    states = case.floor.agents
    if states is None:
        return
    able = [a.login for a in list_agents(case.database) if _may_serve(case, ladder, a)]
    on_duty = [login for login in able if login in states]
    free = [login for login in on_duty if states[login] == FREE]
    if free:
        yield Verdict(
            "agents", True, f"{len(free)} of {len(on_duty)} agents are free: {_some(free)}"
        )
    elif on_duty:
        told = _some([f"{login} {states[login]}" for login in on_duty])
        yield Verdict("agents", False, f"no agent who may serve it is free: {told}")
    elif able:
        yield Verdict("agents", False, f"nobody who may serve it is signed in: {_some(able)}")
    else:
        yield Verdict("agents", False, "there is no agent who may serve it")


def _may_serve(case: Inquiry, ladder: Task | None, agent: Agent) -> bool:
    named = case.campaign.settings.agents
    is_ours = case.campaign.project_id in agent.projects and (not named or agent.login in named)
    return is_ours and (ladder is None or may_take(ladder, agent))


def _some(names: list[str]) -> str:
    """Not more than people read."""
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


# --- by what, and when --------------------------------------------------------------------------


def _lines(case: Inquiry) -> Iterator[Verdict]:
    row = case.floor.campaigns.get(case.campaign.name, {})
    if row.get("blocked"):
        yield Verdict("lines", False, row["blocked"])
    elif "in_flight" in row:
        used = row["in_flight"] + row["waiting"] + row["talking"]
        most = case.campaign.settings.max_lines
        yield Verdict("lines", used < most, f"{used} of {most} lines of the campaign in use")


def _queue(case: Inquiry) -> Iterator[Verdict]:
    task = case.task
    if task["state"] != TaskState.WAITING or task["due_at"] > case.now:
        return
    place = (task["priority"], task["due_at"])
    ahead = count_ahead(case.database, case.campaign.id, place, case.now, MANY_AHEAD)
    more = " or more" if ahead >= MANY_AHEAD else ""
    told = f"{ahead}{more} due tasks go before it" if ahead else "no due task goes before it"
    yield Verdict("queue", None, told)


def _pace(case: Inquiry) -> Iterator[Verdict]:
    if case.campaign.settings.mode is Mode.PREVIEW:
        told = "it is called when an agent asks for it: ccdialer agent next LOGIN"
        yield Verdict("pacing", None, told)
        return
    pacing = case.floor.campaigns.get(case.campaign.name, {}).get("pacing", "")
    if pacing:
        yield Verdict("pacing", None, f"pacing: {pacing}")
