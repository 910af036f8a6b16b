"""Recalled people: each simulated call is given the fate of a real one of the same hour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import TypeVar

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.disposition import Disposition
from ccdialer.sim.laws import drawing
from ccdialer.sim.learning import JOIN_S, PERSON, is_whole, talk_s, verdicts
from ccdialer.sim.people import ATTEMPTS, HOUR_S, LEADS, Fate, Outcome
from ccdialer.sim.scenario import MACHINE_TALK
from ccdialer.sim.shifts import wrap_up_after, wrap_ups
from ccdialer.storage.calllog import Log, LoggedCall

LEAST_OF_AN_HOUR = 30
"""An hour with fewer calls borrows from its neighbours."""

NEVER_S = 1e9
T = TypeVar("T")
_D = Disposition
OUTCOMES: dict[Disposition, Outcome] = {
    **dict.fromkeys(PERSON, Outcome.PERSON),
    _D.MACHINE: Outcome.MACHINE,
    _D.BUSY: Outcome.BUSY,
    _D.NO_ANSWER: Outcome.NOBODY,
    _D.REJECTED: Outcome.REJECTED,
    _D.UNREACHABLE: Outcome.UNREACHABLE,
    _D.UNALLOCATED: Outcome.FAILED,
    _D.CONGESTION: Outcome.REFUSED,
}
"""What a call came to; of the results that are not here nobody knows what it would have come to."""

UNKNOWN = 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """A day's fates by hour since its beginning, and pairs of talk and wrap-up, seconds."""

    fates: tuple[tuple[Fate, ...], ...]
    talks: tuple[tuple[tuple[float, float], ...], ...]
    judged_person_s: float  # detection, if it is on, tells a person after this


class Recalled:
    """The people of a list, as a past day knew them."""

    def __init__(self, past: Past, seed: int) -> None:
        self._past, self._seed, self._dice = past, seed, Random()
        self._machine_talk = drawing(MACHINE_TALK)

    def fate(self, lead: int, attempt: int, now_s: float) -> Fate:
        """That of some call of this hour; if it met an agent, for as long as some talk took."""
        dice = self._dice
        dice.seed((self._seed * LEADS + lead) * ATTEMPTS + attempt % ATTEMPTS)
        hour = min(int(now_s / HOUR_S), len(self._past.fates) - 1)
        fate = _one(self._past.fates[hour], dice.random())
        talk_s, wrap_up_s = _one(self._past.talks[hour], dice.random())
        if fate.outcome is Outcome.MACHINE:
            talk_s = self._machine_talk(dice)
        judged_s = fate.judged_s or self._past.judged_person_s
        return replace(fate, talk_s=talk_s, wrap_up_s=wrap_up_s, judged_s=judged_s)


def _one(found: Sequence[T], share: float) -> T:
    return found[int(share * len(found))]


def past_of(log: Log, settings: CampaignSettings, begins: float, hours: int) -> Past:
    """The day that began at that instant (epoch seconds)."""
    told = [call for call in log.calls if call.disposition in OUTCOMES]
    fates = [(call.dialed_at, _fate(call, settings.connect_within_s)) for call in told]
    talks = [(call.dialed_at, pair) for call, pair in _talks(log)]
    judged_s, _ = verdicts(log.calls)["judged_person_s"]
    return Past(_by_hour(fates, begins, hours), _by_hour(talks, begins, hours), judged_s)


def _by_hour(
    found: Sequence[tuple[float, T]], begins: float, hours: int
) -> tuple[tuple[T, ...], ...]:
    def near(hour: int, reach: int) -> tuple[T, ...]:
        low, high = begins + (hour - reach) * HOUR_S, begins + (hour + 1 + reach) * HOUR_S
        return tuple(each for at, each in found if low <= at < high)

    return tuple(_enough(partial(near, hour), hours) for hour in range(hours))


def _enough(near: Callable[[int], tuple[T, ...]], hours: int) -> tuple[T, ...]:
    for reach in range(hours):
        if len(near(reach)) >= LEAST_OF_AN_HOUR:
            return near(reach)
    return near(hours)


def _fate(call: LoggedCall, connect_within_s: float) -> Fate:
    outcome = OUTCOMES[call.disposition]
    # Where the network does not tell of ringing, all of the time before the answer is taken for it.
    rings_at = call.dialed_at if call.ringing_at is None else call.ringing_at
    rang_s = NEVER_S if call.answered_at is None else max(0.0, call.answered_at - rings_at)
    first_s = call.ended_at if outcome in REFUSED else rings_at
    return Fate(
        outcome=outcome,
        delay_s=max(0.0, first_s - call.dialed_at),
        ring_s=rang_s,
        taken_for_person=outcome is not Outcome.MACHINE,
        judged_s=_judged_s(call, connect_within_s),
        talk_s=UNKNOWN,
        wrap_up_s=UNKNOWN,
    )


def _judged_s(call: LoggedCall, connect_within_s: float) -> float:
    """When detection spoke, where the log tells: of a machine at the end; of a person, if he met
    his agent later than he would have waited for one."""
    if call.answered_at is None:
        return 0.0
    if call.disposition is _D.MACHINE:
        return call.ended_at - call.answered_at
    waited_s = (call.joined_at or call.answered_at) - call.answered_at - JOIN_S
    return waited_s if waited_s > connect_within_s else 0.0


REFUSED = frozenset(
    {Outcome.BUSY, Outcome.REJECTED, Outcome.UNREACHABLE, Outcome.FAILED, Outcome.REFUSED}
)


def _talks(log: Log) -> list[tuple[LoggedCall, tuple[float, float]]]:
    """Every whole talk with the wrap-up behind it; where that is not known, with the mean one."""
    written = wrap_ups(log)
    lengths = [length for found in written.values() for _, length in found]
    mean_s = sum(lengths) / len(lengths) if lengths else 0.0
    pairs = []
    for call in log.calls:
        if is_whole(call) and call.agent_id is not None:
            length = wrap_up_after(written.get(call.agent_id, []), call.ended_at)
            pairs.append((call, (talk_s(call), mean_s if length is None else length)))
    return pairs
