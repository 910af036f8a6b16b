"""Who a callback is for: its owner, then his group, then anyone, each waited for (SPEC E4).

The waits are counted from the due time. Each end of a wait is a `Miss`, which is written down with
the step that follows, so that a restart goes on where the ladder stood and tells no miss twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings, OwnerAway
from ccdialer.core.task import Step, Task

IN_VAIN = "not free in time"
ON_LEAVE = "on leave"
SIGNED_OUT = "signed out"
PAUSED = "paused for too long"
SKIPPED = {
    OwnerAway.WAIT: frozenset[str](),
    OwnerAway.LEAVE: frozenset({ON_LEAVE}),
    OwnerAway.SKIP: frozenset({ON_LEAVE, SIGNED_OUT, PAUSED}),
}
"""Absences for which a campaign does not wait."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Where the owner of a callback is. Instants of core time."""

    is_signed_in: bool
    paused_since: float | None = None
    leave_until: float | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """The end of a wait: nobody for whom it was had the time."""

    step: Step
    at: float
    reason: str


def begun(task: Task, settings: CampaignSettings) -> Task:
    """The callback as it stands, its ladder begun if it was not. A step without a wait is none,
    and no miss."""
    if task.step_at is not None:
        return task
    steps = _steps(task, settings)
    return replace(task, step=steps[0], step_at=task.due_at)


def _steps(task: Task, settings: CampaignSettings) -> list[Step]:
    has_owner = task.owner_id is not None and settings.owner_wait_s > 0
    has_group = bool(task.groups) and settings.group_wait_s > 0
    return [Step.OWNER] * has_owner + [Step.GROUP] * has_group + [Step.ANYONE]


def ends_at(task: Task, settings: CampaignSettings) -> float | None:
    """When the present wait is over; None: it is for anyone, who is waited for without end."""
    waits = {Step.OWNER: settings.owner_wait_s, Step.GROUP: settings.group_wait_s}
    wait_s = waits.get(task.step)
    return None if wait_s is None or task.step_at is None else task.step_at + wait_s


def missed(task: Task, settings: CampaignSettings, presence: Presence, now: float) -> Miss | None:
    """The end of the present wait, if it has come: its time is over, or the owner is away and the
    campaign does not wait for such."""
    over = ends_at(task, settings)
    reason = why_away(presence, settings, now) if task.step is Step.OWNER else ""
    if over is not None and now >= over:
        return Miss(task.step, over, reason or IN_VAIN)
    if reason in SKIPPED[settings.owner_away]:
        return Miss(task.step, now, reason)
    return None


def why_away(presence: Presence, settings: CampaignSettings, now: float) -> str:
    """One clause; empty: he is there, if perhaps busy."""
    if presence.leave_until is not None and now < presence.leave_until:
        return ON_LEAVE
    if not presence.is_signed_in:
        return SIGNED_OUT
    paused = presence.paused_since
    is_long = paused is not None and now - paused >= settings.owner_pause_limit_s
    return PAUSED if is_long else ""


def after(task: Task, miss: Miss, settings: CampaignSettings) -> Task:
    """The callback at the step that follows the miss, from that instant on."""
    steps = _steps(task, settings)
    left = [step for step in steps if STEPS.index(step) > STEPS.index(miss.step)]
    return replace(task, step=left[0], step_at=miss.at)


STEPS = tuple(Step)


def may_take(task: Task, agent: Agent) -> bool:
    """Whether the callback is for this agent at its step; its owner may always have it."""
    if agent.id == task.owner_id or task.step is Step.ANYONE:
        return True
    return task.step is Step.GROUP and bool(task.groups & agent.groups)
