"""A fast lean world (PACING §5) with the rule and the world's true laws, to compare variants of it.

Time runs in quarter seconds, the rule decides twice a second; the same people meet every variant.
Variants are compared at equal abandonment: the allowed risk of each is bisected until the pooled
days abandon 3.0 %.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from math import log, sqrt

import numpy as np
from numba import njit

CAP = 0.03
STEP_S = 0.25
INSTANTS_S = np.arange(2.0, 28.0, 3.0)
CHANCES = np.arange(0.02, 0.98, 0.02)  # answer rates for which tables are made
TALK_BIN_S, TALK_BINS, WRAP_UP_BINS = 5.0, 240, 240
LATE_S = 20.0  # answers of older calls can still be prevented: no competitors (PACING §4.2 c)
HANG_UP_AFTER_S = 15.0
KIND, SINCE, UNTIL, AFTER = range(4)  # of an agent; AFTER: seconds of wrap-up to come
IDLE, TALKS, WRAPS_UP = range(3)
BEGUN, END, LIVE, LEAD = range(4)  # of a call
FLYING, WAITING = range(2)  # counts


@dataclass(frozen=True)
class Knobs:
    """One variant of the rule."""

    allowed: float = 0.04
    patience_s: float = 2.0
    let_go: float = 0.0  # hang up a call rung 15 s if P(no agent, answered now) is above; 2: never
    worth: float = 1.0  # meeting m free agents is worth min(m, worth) / worth
    per_idle: float = 0.0  # the allowed risk grows by this share per idle agent
    belief: int = 0  # 0: the mean answer rate; 1: that of the moment; 2: tracked
    memory: float = 100.0  # calls that tracking remembers
    mixture: float = 0.0  # relative deviation of the answer rate that the tail allows for
    lines: float = 12.0  # per agent, talking included
    stock: float = 0.0  # > 0: no rule, this many calls in flight per idle agent (1: progressive)

    def numbers(self) -> tuple[float, ...]:
        return tuple(float(getattr(self, name)) for name in self.__dataclass_fields__)


@dataclass(frozen=True)
class Setting:
    """Who works and who is called."""

    agents: int
    p: float
    hours: float = 8.0
    talk_s: float = 120.0
    talk_spread: float = 0.9
    run_leads: int = 0  # > 0: the answer rate changes by runs of about so many leads
    run_spread: float = 0.0  # relative deviation between runs
    hourly_spread: float = 0.0  # relative deviation of a slow noise (half life 5 min)


def lognormal(dice: np.random.Generator, mean: float, spread: float, count: int) -> np.ndarray:
    variance = log(1 + spread**2)
    return dice.lognormal(log(mean) - variance / 2, sqrt(variance), count)


def chances(setting: Setting, dice: np.random.Generator, leads: int) -> np.ndarray:
    """The answer rate of each lead of the list."""
    if setting.run_leads == 0:
        return np.full(leads, setting.p)
    lengths = 1 + dice.geometric(1 / setting.run_leads, leads)
    starts = np.repeat(np.arange(leads), lengths)[:leads]
    factors = np.clip(1 + setting.run_spread * dice.standard_normal(leads), 0.1, 1.9)
    return np.clip(setting.p * factors[starts], 0.02, 0.95)


def rings(dice: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Seconds from the dial to the end: of calls that people answer, and of all others."""
    delay = lognormal(dice, 2.5, 0.45, count)
    answer = delay + np.minimum(dice.gamma(2.5, 9 / 2.5, count), np.maximum(22 - delay, 0.5))
    machine = np.where(dice.random(count) < 0.2, delay, 18.5 + 2 * dice.standard_normal(count))
    kind = dice.random(count)
    other = np.where(kind < 0.15, delay, 22.0)
    other = np.where(kind > 0.70, np.clip(machine, delay, 22.0) + 3.0, other)
    return answer, other


def people(setting: Setting, seed: int) -> tuple[np.ndarray, ...]:
    """(answers?, seconds until answer, until other end, talk, wrap-up, answer rate) by lead."""
    dice = np.random.default_rng(seed)
    leads = int(setting.agents * setting.hours * 3600 / 60 / setting.p * 1.3) + 2000
    answer, other = rings(dice, leads)
    talk = lognormal(dice, setting.talk_s, setting.talk_spread, leads)
    wrap = lognormal(dice, 20.0, 0.6, leads)
    luck, chance = dice.random(leads), chances(setting, dice, leads)
    noise = slow_noise(setting, np.random.default_rng(seed + 10**6))
    return luck, answer, other, talk, wrap, chance, noise


def slow_noise(setting: Setting, dice: np.random.Generator) -> np.ndarray:
    """A factor of the answer rate per second of the day."""
    seconds = int(setting.hours * 3600) + 1
    if setting.hourly_spread == 0.0:
        return np.ones(seconds)
    keep = 0.5 ** (1 / 300)
    steps = dice.standard_normal(seconds) * sqrt(1 - keep**2)
    level = np.empty(seconds)
    x = dice.standard_normal()
    for i in range(seconds):
        x = keep * x + steps[i]
        level[i] = x
    return np.clip(1 + setting.hourly_spread * level, 0.2, 2.0)


@cache
def laws(talk_s: float, talk_spread: float, patience_s: float) -> tuple[np.ndarray, ...]:
    """True tables: still busy by (elapsed, instant), answered by (answer rate, age, instant)."""
    dice = np.random.default_rng(7)
    answer, other = (np.sort(x) for x in rings(dice, 200_000))

    def by(ends: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.searchsorted(ends, t) / len(ends)

    ages = np.arange(0, 46.0)
    horizon = ages[:, None] + INSTANTS_S[None, :]
    answered = np.empty((len(CHANCES), len(ages), len(INSTANTS_S)))
    first, second = by(answer, ages), by(other, ages)
    late = np.minimum(by(answer, horizon), by(answer, np.array([LATE_S])))
    for n, p in enumerate(CHANCES):
        alive = p * (1 - first) + (1 - p) * (1 - second)
        come = p * np.maximum(
            0.0, late - np.minimum(first, by(answer, np.array([LATE_S])))[:, None]
        )
        answered[n] = come / np.maximum(alive, 1e-9)[:, None]
    weights = by(answer, INSTANTS_S + 1.5) - by(answer, INSTANTS_S - 1.5)
    talks, wraps = free_tables(talk_s, talk_spread, patience_s)
    return answered, weights / weights.sum(), talks, wraps


def free_tables(talk_s: float, talk_spread: float, patience_s: float) -> tuple[np.ndarray, ...]:
    """P(still busy) of who talks (bins of 5 s) and who wraps up (1 s), last column: at once."""
    dice = np.random.default_rng(8)
    talk = lognormal(dice, talk_s, talk_spread, 400_000)
    wrap = lognormal(dice, 20.0, 0.6, 400_000)
    horizons = np.append(INSTANTS_S, 0.0) + patience_s
    talks = np.ones((TALK_BINS, len(horizons)))
    for b in range(TALK_BINS):
        at = (b + 0.5) * TALK_BIN_S
        who = talk > at
        if who.sum() > 50:
            left = talk[who] - at + wrap[who]
            talks[b] = [(left > h).mean() for h in horizons]
        else:
            talks[b] = talks[b - 1]
    wraps = np.ones((WRAP_UP_BINS, len(horizons)))
    for b in range(WRAP_UP_BINS):
        who = wrap > b + 0.5
        wraps[b] = [(wrap[who] > b + 0.5 + h).mean() for h in horizons] if who.sum() > 9 else 0.0
    return talks, wraps


@njit(cache=True)
def add(law, size, chance):
    """One more event; `law[:size]` are the probabilities of 0 .. size-1 events."""
    for k in range(size - 1, 0, -1):
        law[k] += (law[k - 1] - law[k]) * chance
    law[0] *= 1.0 - chance


@njit(cache=True)
def risk_of(law, places, worth):
    """P(no agent), over the worth of meeting some: places - taken = m free agents."""
    met = 0.0
    value = 0.0
    for k in range(places):
        met += law[k]
        value += law[k] * min(places - k, worth)
    return (1.0 - met) / max(value / worth, 1e-12) * met if worth > 1.0 else 1.0 - met


@njit(cache=True)
def all_taken(law, scene, curves, more):
    """Fill `law[g]` with the law of the places taken at each instant, `more` new calls included."""
    staff, calls, flying, now = scene
    answered, talks, wraps = curves
    for g in range(law.shape[0]):
        row = law[g]
        row[0] = 1.0
        for j in range(len(staff)):
            elapsed = now - staff[j, SINCE]
            if staff[j, KIND] == TALKS:
                add(row, len(row), talks[min(int(elapsed / TALK_BIN_S), TALK_BINS - 1), g])
            elif staff[j, KIND] == WRAPS_UP:
                add(row, len(row), wraps[min(int(elapsed), WRAP_UP_BINS - 1), g])
        for c in range(flying):
            add(row, len(row), answered[min(int(now - calls[c, BEGUN] + 0.5), 45), g])
        for _ in range(more):
            add(row, len(row), answered[0, g])


@njit(cache=True)
def mean_risk(laws_of, shares, weights, worth):
    total = 0.0
    for x in range(len(shares)):
        for g in range(len(weights)):
            total += shares[x] * weights[g] * risk_of(laws_of[x, g], laws_of.shape[2], worth)
    return total


@njit(cache=True)
def wanted(scene, waiting, tables, belief, bounds):
    """How many calls to place: the rule of PACING §4.3; `belief` = (answer rate, mixture)."""
    answered, weights, talks, wraps = tables
    chance, mixture = belief
    least, most, allowed, worth = bounds
    places = len(scene[0]) - waiting
    if places <= 0 or most <= 0:
        return max(0, min(least, most))
    shares = np.array([1 / 6, 2 / 3, 1 / 6]) if mixture > 0 else np.ones(1)
    rates = np.zeros(len(shares), np.int64)
    law = np.zeros((len(shares), len(weights), places))
    for x in range(len(shares)):
        factor = 1.0 + (x - 1) * 1.732 * mixture if mixture > 0 else 1.0
        rates[x] = min(max(round(chance * factor / 0.02) - 1, 0), answered.shape[0] - 1)
        all_taken(law[x], scene, (answered[rates[x]], talks, wraps), max(0, least))
    place = max(0, least)
    while place < most and mean_risk(law, shares, weights, worth) <= allowed:
        place += 1
        for x in range(len(shares)):
            for g in range(len(weights)):
                add(law[x, g], places, answered[rates[x], 0, g])
    return place


@njit(cache=True)
def free_agents(staff, now):
    for j in range(len(staff)):
        if staff[j, KIND] != IDLE and staff[j, UNTIL] <= now:
            staff[j, KIND] = WRAPS_UP if staff[j, KIND] == TALKS else IDLE
            staff[j, SINCE], staff[j, UNTIL] = now, now + staff[j, AFTER]


@njit(cache=True)
def end_calls(calls, queue, n, now, patience):
    """Calls whose ringing is over leave the flight; answers queue. Returns (ended, answered)."""
    ended = answered = 0
    c = 0
    while c < n[FLYING]:
        if calls[c, END] > now:
            c += 1
            continue
        ended += 1
        if calls[c, LIVE] > 0:
            answered += 1
            queue[n[WAITING], 0], queue[n[WAITING], 1] = now + patience, calls[c, LEAD]
            n[WAITING] += 1
        n[FLYING] -= 1
        calls[c] = calls[n[FLYING]]
    return ended, answered


@njit(cache=True)
def leave_queue(queue, n):
    """The one who waits longest."""
    who = int(queue[0, 1])
    n[WAITING] -= 1
    for q in range(n[WAITING]):
        queue[q] = queue[q + 1]
    return who


@njit(cache=True)
def join(staff, queue, n, now, durations):
    """Idle agents take who waits. Returns (idle agents left, talk s begun that fits the day)."""
    talk, wrap, seconds = durations
    idle, begun = 0, 0.0
    for j in range(len(staff)):
        if staff[j, KIND] == IDLE and n[WAITING] > 0:
            who = leave_queue(queue, n)
            staff[j, KIND], staff[j, SINCE] = TALKS, now
            staff[j, UNTIL], staff[j, AFTER] = now + talk[who], wrap[who]
            begun += min(talk[who], seconds - now)
        idle += staff[j, KIND] == IDLE
    return idle, begun


@njit(cache=True)
def nobody_in_time(staff, now, talks, wraps):
    """P(no agent becomes free for a client who answers now)."""
    chance = 1.0
    for j in range(len(staff)):
        elapsed = now - staff[j, SINCE]
        if staff[j, KIND] == TALKS:
            chance *= talks[min(int(elapsed / TALK_BIN_S), TALK_BINS - 1), -1]
        else:
            chance *= wraps[min(int(elapsed), WRAP_UP_BINS - 1), -1]
    return chance


@njit(cache=True)
def hang_up(calls, n, now):
    """All calls that have rung long enough; returns how many."""
    gone = c = 0
    while c < n[FLYING]:
        if now - calls[c, BEGUN] < HANG_UP_AFTER_S:
            c += 1
            continue
        gone += 1
        n[FLYING] -= 1
        calls[c] = calls[n[FLYING]]
    return gone


@njit(cache=True)
def dial(calls, n, now, lead, fate):
    luck, chance, answer, other = fate
    is_live = luck < chance
    row = calls[n[FLYING]]
    row[BEGUN], row[LEAD], row[LIVE] = now, lead, 1.0 if is_live else 0.0
    row[END] = now + (answer if is_live else other)
    n[FLYING] += 1


@njit(cache=True)
def day(agents, seconds, mean_chance, leads, tables, knobs):
    """(talk s, answered, abandoned, dialed, line s, peak lines, let go) of one day."""
    luck, answer, other, talk, wrap, chance, noise = leads
    allowed, patience, let_go, worth, per_idle, belief, memory, mixture, lines, stock = knobs
    most_lines = int(lines * agents)
    staff, calls = np.zeros((agents, 4)), np.zeros((most_lines + 1, 4))
    queue, n = np.zeros((most_lines + 1, 2)), np.zeros(2, np.int64)
    hits, tries, lead = mean_chance * memory, memory, 0
    out = np.zeros(7)
    for step in range(int(seconds / STEP_S)):
        now = step * STEP_S
        free_agents(staff, now)
        ended, answered = end_calls(calls, queue, n, now, patience)
        keep = (1 - 1 / memory) ** ended
        hits, tries = hits * keep + answered, tries * keep + ended
        out[1] += answered
        idle, begun = join(staff, queue, n, now, (talk, wrap, seconds))
        out[0] += begun
        out[4] += begun
        while n[WAITING] > 0 and queue[0, 0] <= now:
            leave_queue(queue, n)
            out[2] += 1
        if idle == 0 and let_go < 1.5:
            alone = let_go > 0.0 and n[WAITING] == 0
            if not alone or nobody_in_time(staff, now, tables[2], tables[3]) > let_go:
                out[6] += hang_up(calls, n, now)
        if step % 2 == 0:
            busy = int((staff[:, KIND] == TALKS).sum())
            most = most_lines - n[FLYING] - busy - n[WAITING]
            if stock > 0.0:
                place = min(most, round(stock * idle) - n[WAITING] - n[FLYING])
            else:
                p = mean_chance if belief == 0 else hits / tries
                if belief == 1:
                    p = chance[lead] * noise[int(now)]
                bounds = (
                    idle - n[WAITING] - n[FLYING],
                    most,
                    allowed * (1 + per_idle * idle),
                    worth,
                )
                scene = (staff, calls, n[FLYING], now)
                place = wanted(scene, n[WAITING], tables, (p, mixture), bounds)
            for _ in range(place):
                fate = (luck[lead], chance[lead] * noise[int(now)], answer[lead], other[lead])
                dial(calls, n, now, lead, fate)
                lead = (lead + 1) % len(luck)
                out[3] += 1
            out[5] = max(out[5], n[FLYING] + busy + n[WAITING])
        out[4] += n[FLYING] * STEP_S
    return out


@cache
def crowd(setting: Setting, seed: int) -> tuple[np.ndarray, ...]:
    return people(setting, seed)


@dataclass(frozen=True)
class Days:
    """Some days of one variant."""

    utilisation: np.ndarray  # per day
    abandonment: float  # pooled
    figures: np.ndarray  # sums: talk s, answered, abandoned, dialed, line s, -, let go
    peak_lines: float
    allowed: float
    by_day: np.ndarray  # abandonment of each day


def run(setting: Setting, knobs: Knobs, seeds: range) -> Days:
    tables = laws(setting.talk_s, setting.talk_spread, knobs.patience_s)
    seconds = setting.hours * 3600
    rows = np.array(
        [
            day(setting.agents, seconds, setting.p, crowd(setting, s), tables, knobs.numbers())
            for s in seeds
        ]
    )
    total = rows.sum(axis=0)
    return Days(
        rows[:, 0] / (setting.agents * seconds),
        total[2] / total[1],
        total,
        rows[:, 5].max(),
        knobs.allowed,
        rows[:, 2] / rows[:, 1],
    )


def at_cap(setting: Setting, knobs: Knobs, seeds: range, cap: float = CAP) -> Days:
    """The variant at about the allowed risk with which the pooled days abandon `cap`."""
    found: list[Days] = []
    allowed = cap
    for _ in range(5):
        found.append(run(setting, replace(knobs, allowed=allowed), seeds))
        step = cap / max(found[-1].abandonment, cap / 8)
        if abs(step - 1.0) < 0.01:
            break
        allowed = min(0.95, allowed * step)
    return min(found, key=lambda days: abs(days.abandonment - cap))


def price(setting: Setting, knobs: Knobs, seeds: range) -> float:
    """Utilisation per abandonment (both as shares) around the cap."""
    low, high = (at_cap(setting, knobs, seeds, CAP * x) for x in (0.75, 1.25))
    gap = high.utilisation.mean() - low.utilisation.mean()
    return float(gap / (high.abandonment - low.abandonment))


def worth_of(days: Days, slope: float) -> np.ndarray:
    """Utilisation of each day, less the worth of what it abandoned above 3.0 %."""
    return days.utilisation - slope * (days.by_day - CAP)


def against(one: Days, other: Days, slope: float) -> str:
    """Difference of the utilisations in points, at equal abandonment, with its standard error."""
    gap = 100 * (worth_of(one, slope) - worth_of(other, slope))
    return f"{gap.mean():+6.2f} ± {gap.std(ddof=1) / sqrt(len(gap)):.2f}"
