"""Learns the people of a campaign from its call log: who answers when, how long all lasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil, floor
from statistics import fmean, pstdev
from typing import Any

from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.disposition import Disposition
from ccdialer.sim.laws import Times, mean_of
from ccdialer.sim.result import percentile
from ccdialer.sim.scenario import Callees
from ccdialer.sim.shifts import wrap_ups
from ccdialer.storage.calllog import Log, LoggedCall

LEAST = 50
"""Fewer observations than that say less than what is assumed anyway."""

QUANTILES = 100  # of a time, so that a file stays readable
HOUR_WEIGHT = 50.0  # calls of the whole span that are mixed into each hour
JOIN_S = 0.1  # to put a client and an agent together

_D = Disposition
PERSON = frozenset({_D.TALKED, _D.ABANDONED, _D.LEFT})
KINDS: dict[str, frozenset[Disposition]] = {
    "machine": frozenset({_D.MACHINE}),
    "busy": frozenset({_D.BUSY}),
    "failed": frozenset({_D.UNALLOCATED}),
    "rejected": frozenset({_D.REJECTED}),
    "unreachable": frozenset({_D.UNREACHABLE}),
}
"""Shares of Callees, of the calls that no person answers."""

NOBODY = frozenset({_D.NO_ANSWER})
TELLING = PERSON.union(NOBODY, *KINDS.values())
"""Results that say something of the client. The others are ours, the trunk's, or not known."""

HourOf = Callable[[float], float]
"""Epoch seconds -> hour of the day on the site's clock, 0 to 24."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a quantity comes from; `seen` 0: it is assumed."""

    quantity: str
    value: str
    seen: int


@dataclass(frozen=True, slots=True)
class Learned:
    """People, what of them was learned, and the working day they were called in."""

    callees: Callees
    origins: tuple[Origin, ...]
    left_out: dict[str, int] = field(default_factory=dict)  # calls, by why they are left out
    begins: float = 9.0  # hour of the day
    hours: float = 8.0


def learned(
    log: Log, settings: CampaignSettings, hour_of: HourOf, prior: Callees | None = None
) -> Learned:
    """The people behind the calls; what too few calls tell is as in `prior`."""
    told = [call for call in log.calls if call.disposition in TELLING]
    assumed = prior or Callees()
    begins, hours = working_day(told, hour_of)
    found: dict[str, tuple[Any, int]] = {
        "answer_rate": _answer_rate(told, hour_of, begins),
        **_shares(told),
        **{name: (_law(seen), len(seen)) for name, seen in _times(log, told).items()},
        **(verdicts(told) if settings.amd else {}),
    }
    known = {name: value for name, (value, seen) in found.items() if seen >= LEAST}
    if "machine" in known:  # detection's mistakes are among the answers that were seen
        known |= {"machine_as_person": 0.0, "person_as_machine": 0.0}
    callees = replace(assumed, **known)
    origins = [
        Origin(name, shown(name, getattr(callees, name)), seen if name in known else 0)
        for name, (_, seen) in found.items()
    ]
    return Learned(callees, tuple(origins), _left_out(log), begins, hours)


def is_enough(log: Log) -> bool:
    """Whether people have answered often enough to learn from."""
    return sum(call.disposition in PERSON for call in log.calls) >= LEAST


def is_whole(call: LoggedCall) -> bool:
    """Whether a talk ended by itself: not cut short by a daemon that was stopped."""
    return call.disposition is _D.TALKED and call.joined_at is not None and call.cause != 0


def working_day(calls: Sequence[LoggedCall], hour_of: HourOf) -> tuple[float, float]:
    """The hour in which dialing begins, and for how many hours it goes on."""
    hours = [hour_of(call.dialed_at) for call in calls]
    if not hours:
        return 9.0, 8.0
    begins = floor(min(hours))
    return float(begins), float(ceil(max(hours) + 1e-6) - begins)


def shown(name: str, value: Any) -> str:
    """A quantity in a few words: `24.3%`, `93.0 s in the mean`."""
    if isinstance(value, Times):
        return f"{mean_of(value):.1f} s in the mean"
    if isinstance(value, dict):
        rates = sorted(value.values())
        low, high = f"{rates[0]:.1%}", f"{rates[-1]:.1%}"
        return low if low == high else f"{low} to {high} by hour"
    return f"{value:.1f} s" if name.endswith("_s") else f"{value:.1%}"


# --- shares -------------------------------------------------------------------------------------


def _answer_rate(
    told: Sequence[LoggedCall], hour_of: HourOf, begins: float
) -> tuple[dict[float, float], int]:
    """By hour from the beginning of the day, drawn to the mean where an hour has few calls; and
    how many live answers it is from."""
    calls, answers = Counter[int](), Counter[int]()
    for call in told:
        hour = floor(hour_of(call.dialed_at) - begins)
        calls[hour] += 1
        answers[hour] += call.disposition in PERSON
    mean = answers.total() / calls.total() if calls else 0.0
    rates = {
        float(hour): round((answers[hour] + HOUR_WEIGHT * mean) / (count + HOUR_WEIGHT), 4)
        for hour, count in sorted(calls.items())
    }
    return rates, answers.total()


def _shares(told: Sequence[LoggedCall]) -> dict[str, tuple[float, int]]:
    counts = Counter(call.disposition for call in told if call.disposition not in PERSON)
    total = counts.total()
    return {
        name: (round(sum(counts[each] for each in kind) / total, 4) if total else 0.0, total)
        for name, kind in KINDS.items()
    }


def _left_out(log: Log) -> dict[str, int]:
    """Calls that say nothing of their clients, and talks of which only a part is known."""
    found = Counter(str(c.disposition) for c in log.calls if c.disposition not in TELLING)
    cut = sum(call.disposition is _D.TALKED and not is_whole(call) for call in log.calls)
    return dict(found) | ({"talk cut short": cut} if cut else {})


# --- times --------------------------------------------------------------------------------------


def _times(log: Log, told: Sequence[LoggedCall]) -> dict[str, list[float]]:
    answered = [call for call in told if call.disposition in PERSON]
    machines = [call for call in told if call.disposition is _D.MACHINE]
    return {
        "delay": [c.ringing_at - c.dialed_at for c in told if c.ringing_at is not None],
        "ring": list(_rings(answered)),
        "machine_ring": list(_rings(machines)),
        "talk": [talk_s(call) for call in told if is_whole(call)],
        "wrap_up": [length for found in wrap_ups(log).values() for _, length in found],
    }


def talk_s(call: LoggedCall) -> float:
    """From the joining to the end."""
    return call.ended_at - (call.joined_at or call.ended_at)


def _rings(answered: Iterable[LoggedCall]) -> Iterable[float]:
    """From the first ring to the answer, where both are known."""
    for call in answered:
        if call.answered_at is not None and call.ringing_at is not None:
            yield max(0.0, call.answered_at - call.ringing_at)


def verdicts(told: Sequence[LoggedCall]) -> dict[str, tuple[float, int]]:
    """When detection spoke: of a machine the call ends then; of a person, whoever met an agent at
    once bounds it."""
    machines = [
        call.ended_at - call.answered_at
        for call in told
        if call.disposition is _D.MACHINE and call.answered_at is not None
    ]
    people = [
        call.joined_at - call.answered_at
        for call in told
        if call.joined_at is not None and call.answered_at is not None
    ]
    return {
        "judged_machine_s": (_verdict_s(percentile(machines, 0.5)), len(machines)),
        "judged_person_s": (_verdict_s(percentile(people, 0.1) - JOIN_S), len(people)),
    }


def _verdict_s(seen: float) -> float:
    return min(15.0, max(0.0, round(seen, 2)))


def _law(seen: Sequence[float]) -> Times:
    """The times as they were seen; of many, so many quantiles that the mean is kept."""
    ordered = sorted(seen)
    count = min(len(ordered), QUANTILES)
    edges = [n * len(ordered) // count for n in range(count + 1)] if count else [0]
    parts = [ordered[low:high] for low, high in pairwise(edges)]
    mean = fmean(ordered) if ordered else 0.0
    spread = round(pstdev(ordered) / mean, 3) if mean > 0.0 else 0.0
    samples = tuple(round(fmean(part), 2) for part in parts)
    return Times(round(mean, 2), min(10.0, spread), samples=samples)
