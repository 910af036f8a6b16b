"""Ways: by which trunk a number goes now, at what price, and why it goes by none of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field, replace

from ccdialer.core import trunk
from ccdialer.core.campaign import CampaignSettings, dial_string
from ccdialer.core.health import TrunkAtWork, allows, lines_at
from ccdialer.core.phone import mask
from ccdialer.core.task import Task, next_number
from ccdialer.core.trunk import CallerIds, NoRoute, Rate, Route

UNPRICED_WAIT_S = 900.0
"""A number that no trunk has a price for is looked at again after this: prices may have come."""
BUSY_WAIT_S = 60.0
NO_TRUNK = "the campaign has neither a dial string nor an enabled trunk"
TRIED = "tried already"
NO_TRIED: Set[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Fleet:
    """The trunks there are, whose calls they are to carry, and how many each carries now."""

    works: Iterable[TrunkAtWork]
    settings: CampaignSettings
    in_use: Counter[int] = field(default_factory=Counter)  # lines by trunk id


@dataclass(frozen=True, slots=True)
class Way:
    """A trunk that has a price for a number."""

    work: TrunkAtWork
    rate: Rate
    free: int  # lines
    trouble: str  # why no call goes that way now; empty: one may


def choose(fleet: Fleet, task: Task, now: float, tried: Set[int] = NO_TRIED) -> Route | NoRoute:
    """The campaign's own dial string; or the cheapest trunk that is allowed, healthy, has a free
    line and a price for the next number, and has not been tried."""
    settings, number = fleet.settings, next_number(task)
    if settings.dial:
        shown = trunk.shown_by(_caller_ids(settings), number, task.attempts)
        return Route(None, "", dial_string(settings, number), shown)
    found = ways(fleet, number, now, tried)
    if not found:
        return _unpriced(fleet, number)
    if found[0].trouble:
        told = (f"{way.work.trunk.name}: {way.trouble}" for way in found)
        return NoRoute("; ".join(told), BUSY_WAIT_S, is_passing=True)
    return _route(settings, found[0], task)


def ways(fleet: Fleet, number: str, now: float, tried: Set[int] = NO_TRIED) -> list[Way]:
    """The trunks that have a price for the number, as they are tried: those in trouble last."""
    found = []
    for work in allowed(fleet.works, fleet.settings):
        rate = trunk.rate_of(work.trunk, number)
        if rate is not None:
            free = lines_at(work, now) - fleet.in_use[work.trunk.id]
            is_tried = work.trunk.id in tried
            trouble = _trouble(work, rate, free, now) or (TRIED if is_tried else "")
            found.append(Way(work, rate, free, trouble))
    ranked = trunk.in_order((way.work.trunk, way.rate, way.free) for way in found)
    places = {each.id: place for place, (each, *_) in enumerate(ranked)}
    return sorted(found, key=lambda way: (bool(way.trouble), places[way.work.trunk.id]))


def priced(fleet: Fleet, task: Task) -> Task:
    """The task with the first of its numbers, in turn, that a trunk has a price for as its next."""
    settings, first = fleet.settings, next_number(task)
    if settings.dial or len(task.numbers) == 1:
        return task
    trunks = [work.trunk for work in allowed(fleet.works, settings)]
    place = task.numbers.index(first)
    in_turn = (*task.numbers[place:], *task.numbers[:place])
    found = (n for n in in_turn if any(trunk.rate_of(each, n) is not None for each in trunks))
    return replace(task, prefers=next(found, first))


def allowed(works: Iterable[TrunkAtWork], settings: CampaignSettings) -> Iterator[TrunkAtWork]:
    """The enabled trunks that the campaign names; if it names none, all of them."""
    for work in works:
        is_named = not settings.trunks or work.trunk.name in settings.trunks
        if is_named and work.trunk.enabled:
            yield work


def _trouble(work: TrunkAtWork, rate: Rate, free: int, now: float) -> str:
    """Why no call goes over the trunk at the rate's prefix now; empty: one may."""
    breaker = work.breaker(rate.prefix)
    if trouble := work.trouble(now):
        return trouble
    if not allows(breaker, now):
        return f"{breaker.failures} calls to {rate.prefix} failed in a row"
    return "" if free > 0 else f"all {lines_at(work, now)} lines in use"


def _unpriced(fleet: Fleet, number: str) -> NoRoute:
    has_trunk = any(True for _ in allowed(fleet.works, fleet.settings))
    reason = f"no trunk has a price for {mask(number)}" if has_trunk else NO_TRUNK
    return NoRoute(reason, UNPRICED_WAIT_S)


def _route(settings: CampaignSettings, way: Way, task: Task) -> Route:
    number, chosen, rate = next_number(task), way.work.trunk, way.rate
    ids = (_caller_ids(settings), chosen.settings.caller_ids)
    return Route(
        trunk_id=chosen.id,
        trunk=chosen.name,
        endpoint=trunk.dial_string(chosen.settings, number),
        caller_id=trunk.caller_id(*ids, number, task.attempts),
        rate=rate,
        most=trunk.most_of(rate, settings.max_call_s),
    )


def _caller_ids(settings: CampaignSettings) -> CallerIds:
    return CallerIds(
        settings.caller_id,
        settings.caller_id_by_prefix,
        settings.caller_id_pool,
        settings.caller_id_sticky,
    )
