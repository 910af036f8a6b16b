"""Opening: a campaign with a start date does nothing before that day begins."""

from __future__ import annotations

from ccdialer.core.board import Board, Run
from ccdialer.core.timers import Wake


def set_opening(board: Board, run: Run, opens_at: float | None, now: float) -> None:
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
