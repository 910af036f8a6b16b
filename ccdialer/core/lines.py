"""Lines: by which trunk a number is called now, and what each call tells of its trunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Set

from ccdialer.core import events, ways
from ccdialer.core.board import Board, Call, Run
from ccdialer.core.health import UNHEARD, Breaker, TrunkAtWork, failed, lines_at, taken
from ccdialer.core.task import Task
from ccdialer.core.trunk import NoRoute, Route

CAP_LOOK_S = 60.0
"""A cap that is reached for longer is asked about again after this."""
NO_TRIED: Set[int] = frozenset()
NO_LINES: Counter[int] = Counter()
CAP_OF_SITE, CAP_OF_PROJECT, CAP_OF_TRUNK = "cap_of_site", "cap_of_project", "cap_of_trunk"
CAPS = frozenset({CAP_OF_SITE, CAP_OF_PROJECT, CAP_OF_TRUNK})
"""Keys of the rules by which storage holds spending down."""


def choose(
    board: Board, run: Run, task: Task, now: float, tried: Set[int] = NO_TRIED
) -> Route | NoRoute:
    """The way the task's next call goes now, by none of the trunks that were tried."""
    settings = run.campaign.settings
    in_use = NO_LINES if settings.dial else lines_in_use(board)
    return ways.choose(ways.Fleet(board.trunks.values(), settings, in_use), task, now, tried)


def priced(board: Board, run: Run, task: Task) -> Task:
    """The task with the first of its numbers, in turn, that a trunk has a price for as its next."""
    return ways.priced(ways.Fleet(board.trunks.values(), run.campaign.settings), task)


def lines_in_use(board: Board) -> Counter[int]:
    """Clients' legs by trunk, counted anew each time."""
    return Counter(
        call.route.trunk_id
        for call in board.calls.values()
        if call.route is not None and call.route.trunk_id is not None
    )


def count_free(board: Board, runs: Iterable[Run], now: float) -> None:
    """Tell each campaign how many more calls its trunks can take, and what blocks it."""
    in_use = lines_in_use(board) if board.trunks else Counter()
    for run in runs:
        settings = run.campaign.settings
        run.lines.free, run.lines.blocked = (
            None,
            run.lines.cap if now < run.lines.capped_until else "",
        )
        if not settings.dial:
            works = list(ways.allowed(board.trunks.values(), settings))
            usable = [work for work in works if not work.trouble(now)]
            free = [max(0, lines_at(work, now) - in_use[work.trunk.id]) for work in usable]
            run.lines.free = sum(free)
            if not usable:
                run.lines.blocked = _troubles(works, now)


def _troubles(works: Iterable[TrunkAtWork], now: float) -> str:
    told = [f"trunk {work.trunk.name}: {work.trouble(now)}" for work in works]
    return "; ".join(told) or ways.NO_TRUNK


# --- what a call tells of its trunk -------------------------------------------------------------


def took(board: Board, call: Call, now: float) -> None:
    """The call goes that way."""
    _turn(board, call, lambda breaker: taken(breaker, now))


def _turn(board: Board, call: Call, how: Callable[[Breaker], Breaker]) -> None:
    """Change the breaker of the call's trunk and direction."""
    work = _work(board, call)
    if work is None or call.route is None or call.route.rate is None:
        return
    prefix = call.route.rate.prefix
    breaker = how(work.breaker(prefix))
    if breaker != Breaker():
        work.breakers[prefix] = breaker


def worked(board: Board, call: Call) -> None:
    """The network has carried the call to the client, whatever he made of it."""
    work = _work(board, call)
    if work is not None and call.route is not None and call.route.rate is not None:
        work.breakers.pop(call.route.rate.prefix, None)


def did_not_carry(board: Board, call: Call, now: float) -> None:
    """A route failure. While other calls live on the trunk it says that it has no more lines than
    those; if none does, that something is wrong with it."""
    work = _work(board, call)
    if work is None or not board.connected:
        return
    others = sum(1 for other in board.calls.values() if other is not call and _is_up(other, call))
    if others:
        work.congested_at, work.lines_found = now, others
    else:
        _turn(board, call, lambda breaker: failed(breaker, call.opened_at, now))


def _is_up(other: Call, call: Call) -> bool:
    assert call.route is not None
    is_same = other.route is not None and other.route.trunk_id == call.route.trunk_id
    return is_same and (other.ringing_at is not None or other.answered_at is not None)


def _work(board: Board, call: Call) -> TrunkAtWork | None:
    trunk_id = None if call.route is None else call.route.trunk_id
    return None if trunk_id is None else board.trunks.get(trunk_id)


def is_registered(board: Board, call: Call) -> bool:
    """Whether the trunk's provider knows us by registration."""
    work = _work(board, call)
    return work is not None and work.trunk.settings.registers


# --- what is told of trunks ---------------------------------------------------------------------


def trunks_loaded(board: Board, event: events.TrunksLoaded, now: float) -> None:
    """Trunks as edited; what is known of their health stays."""
    known = board.trunks
    board.trunks = {}
    for each in event.trunks:
        work = board.trunks[each.id] = known.get(each.id) or TrunkAtWork(each)
        if work.trunk.settings.endpoint != each.settings.endpoint:
            work.is_usable, work.why = False, UNHEARD
        work.trunk = each


def trunk_changed(board: Board, event: events.TrunkStateChanged, now: float) -> None:
    """Asterisk can or cannot send calls to an endpoint; one that comes back begins anew."""
    for work in board.trunks.values():
        if work.trunk.settings.endpoint == event.endpoint:
            if event.is_usable and not work.is_usable:
                work.breakers.clear()
            work.is_usable, work.why = event.is_usable, event.why


def switch_lost(board: Board) -> None:
    """What Asterisk said of endpoints holds no longer."""
    for work in board.trunks.values():
        work.is_usable, work.why = False, UNHEARD


Refusal = events.AttemptRefused | events.LegRefused


def capped(board: Board, call: Call, event: Refusal, now: float) -> None:
    """Storage refuses for a spending cap: nothing is tried that way until it may be otherwise, and
    soon again, as people may raise the cap."""
    until = now + min(event.wait_s, CAP_LOOK_S)
    work = _work(board, call)
    if event.rule == CAP_OF_TRUNK and work is not None:
        work.capped_until, work.cap = until, event.reason
    elif event.rule in (CAP_OF_PROJECT, CAP_OF_SITE):
        call.run.lines.capped_until, call.run.lines.cap = until, event.reason
