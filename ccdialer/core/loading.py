"""Loading: campaigns as storage has them now; before its start date a campaign does nothing."""

from __future__ import annotations

from ccdialer.core import callers, contacts, events, pace
from ccdialer.core.board import Board, Run
from ccdialer.core.campaign import ABANDONED, TALKED, CampaignSettings, History
from ccdialer.core.disposition import Disposition
from ccdialer.core.timers import Wake

PACING_SETTINGS = (
    *(
        "mode",
        "lines_per_agent",
        "max_abandonment",
        "abandonment_window",
        "ring_timeout_s",
        "min_ring_s",
    ),
    *("connect_within_s", "wrap_up_s"),
)
"""A policy is made anew for other values of these; it goes on from what the old one learned."""


def campaign_loaded(board: Board, event: events.CampaignLoaded, now: float) -> None:
    """A campaign as it is now, with its live answers; what stands still gives back its tasks."""
    campaign = event.campaign
    run = board.runs.get(campaign.id)
    if run is None:
        policy = board.policies(campaign.settings, event.memory)
        run = board.runs[campaign.id] = Run(campaign, policy, memory=event.memory)
    elif _paces_otherwise(run.campaign.settings, campaign.settings):
        run.memory = run.learned()
        run.policy = board.policies(campaign.settings, run.memory)
    if run.campaign.settings.mode is not campaign.settings.mode:
        pace.empty_hopper(board, run)
        contacts.withdraw(board, run, now)
    run.campaign, run.closes_at = campaign, event.closes_at
    run.hours_open = event.hours_open
    _set_opening(board, run, event.opens_at, now)
    run.ladder_at = now  # waits may be shorter now
    _roll_window(run, event.history)
    if not run.is_active:
        pace.empty_hopper(board, run)
        contacts.withdraw(board, run, now)
    for call in list(run.calls.values()):
        callers.look_after(board, call, now)


def _paces_otherwise(before: CampaignSettings, after: CampaignSettings) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in PACING_SETTINGS)


def _roll_window(run: Run, history: History) -> None:
    """Storage counts what is closed; calls that live are added, as their fate is sealed."""
    run.history = history
    for call in run.calls.values():
        if call.joined_at is not None:
            run.count(TALKED)
        elif call.result is Disposition.ABANDONED:
            run.count(ABANDONED)


def _set_opening(board: Board, run: Run, opens_at: float | None, now: float) -> None:
    """Keep the campaign closed until `opens_at`, an instant of core time; None: it is open."""
    before = run.opens_at
    run.opens_at = opens_at if opens_at is not None and now < opens_at else None
    if run.opens_at is not None and run.opens_at != before:
        board.timers.set(run.opens_at, Wake.OPENS, str(run.campaign.id))


def opens(board: Board, subject: str, now: float) -> None:
    """The timer of a start date; that may have been moved meanwhile."""
    run = board.runs.get(int(subject))
    if run is not None and run.opens_at is not None and now >= run.opens_at:
        run.opens_at, run.is_moved = None, True
        board.timers.set(now, Wake.PACE)
