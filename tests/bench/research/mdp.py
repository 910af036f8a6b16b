"""The true optimum of a small team, by dynamic programming, against the rule and progressive.

A world in which everything is exponential (ringing: two exponential stages), so that the state is
a handful of small numbers. The optimum under the 3 % cap is the least, over the price of an
abandonment, of the best average reward at that price. `python -m tests.bench.research.mdp 1 2 3`
"""

from __future__ import annotations

import sys
from math import exp, log

import numpy as np
from numba import njit

CAP = 0.03
TALK_S, WRAP_UP_S, RING_S, GRACE_S = 120.0, 20.0, 11.5, 2.0
WAITERS = 3  # clients who wait at most; one more is abandoned at once
INSTANTS_S = np.arange(1.0, 40.0, 2.0)
MOST_RINGING = {0.2: (10, 14, 18, 21, 24), 0.35: (7, 10, 12, 14, 16), 0.6: (5, 7, 9, 10, 11)}
TOLERANCE = 2e-5  # of the average reward: utilisation within 0.01 points or so
PROGRESSIVE, RULE, BEST = 0, 1, 2


def teams(agents: int) -> tuple[np.ndarray, np.ndarray]:
    """All (talking, wrapping) of a team, and the index of each pair."""
    pairs = [(t, w) for t in range(agents + 1) for w in range(agents + 1 - t)]
    index = np.full((agents + 2, agents + 2), -1, dtype=np.int64)
    for number, (t, w) in enumerate(pairs):
        index[t, w] = number
    return np.array(pairs), index


@njit(cache=True)
def sweep(value, new, team, price, mode, target):  # noqa: C901
    """One step of relative value iteration; `team` = (pairs, index, agents, p, calls at most)."""
    pairs, index, agents, p, most = team
    talk, wrap, ring, grace = 1 / TALK_S, 1 / WRAP_UP_S, 2 / RING_S, 1 / GRACE_S
    clock = agents * wrap + most * ring + WAITERS * grace
    low, high = 1e18, -1e18
    for a in range(pairs.shape[0]):
        t, w = pairs[a]
        idle = agents - t - w
        for q in range(WAITERS + 1 if idle == 0 else 1):
            for r2 in range(most + 1):
                for r1 in range(most - r2, -1, -1):
                    here = value[a, q, r1, r2]
                    gain, out = t / agents, 0.0
                    if t > 0:
                        gain += t * talk * value[index[t - 1, w + 1], q, r1, r2]
                        out += t * talk
                    if w > 0:
                        then = index[t + 1, w - 1] if q > 0 else index[t, w - 1]
                        gain += w * wrap * value[then, max(0, q - 1), r1, r2]
                        out += w * wrap
                    if r1 > 0:
                        gain += r1 * ring * value[a, q, r1 - 1, r2 + 1]
                        out += r1 * ring
                    if r2 > 0:
                        answered = value[a, q, r1, r2 - 1] - price
                        if idle > 0:
                            answered = value[index[t + 1, w], 0, r1, r2 - 1]
                        elif q < WAITERS:
                            answered = value[a, q + 1, r1, r2 - 1]
                        missed = value[a, q, r1, r2 - 1]
                        gain += r2 * ring * (p * (answered + CAP * price) + (1 - p) * missed)
                        out += r2 * ring
                    if q > 0:
                        gain += q * grace * (value[a, q - 1, r1, r2] - price)
                        out += q * grace
                    best = (gain + (clock - out) * here) / clock
                    if r1 + r2 < most:
                        more = new[a, q, r1 + 1, r2]
                        if (mode == BEST and more > best) or (
                            mode != BEST and r1 + r2 < target[a, q, r2]
                        ):
                            best = more
                    new[a, q, r1, r2] = best
                    change = best - here
                    low, high = min(low, change), max(high, change)
    return low * clock, high * clock


@njit(cache=True)
def solve(value, team, price, mode, target, steps):
    """Average reward; `value` is improved in place and serves as the start of the next call."""
    new = value.copy()
    low, high = 0.0, 1.0
    for _ in range(steps):
        low, high = sweep(value, new, team, price, mode, target)
        base = new[0, 0, 0, 0]
        for x in range(value.size):
            value.flat[x] = new.flat[x] - base
        if high - low < TOLERANCE:
            break
    return (low + high) / 2


def taken(count: int, chance: float) -> np.ndarray:
    """Law of the number of `count` events that happen."""
    law = np.array([1.0])
    for _ in range(count):
        law = np.convolve(law, [1.0 - chance, chance])
    return law


def still_busy(state: str, s: float) -> float:
    if state == "wraps":
        return exp(-s / WRAP_UP_S)
    a, b = 1 / TALK_S, 1 / WRAP_UP_S
    return (b * exp(-a * s) - a * exp(-b * s)) / (b - a)


def risks(agents: int, p: float, most: int, benefit: float = 0.0) -> np.ndarray:
    """P(one more call would be abandoned) in every state: the rule of PACING §4 with true laws.

    `benefit` > 0 divides by the expected worth of meeting m free agents, m ** benefit.
    """
    pairs, _ = teams(agents)
    cdf = [1 - exp(-2 * s / RING_S) * (1 + 2 * s / RING_S) for s in (0.0, *(INSTANTS_S + 1))]
    weights = np.diff(cdf) / cdf[-1]
    out = np.ones((len(pairs), WAITERS + 1, most + 1, most + 1))
    for s, weight in zip(INSTANTS_S, weights, strict=True):
        first = p * (1 - exp(-2 * s / RING_S) * (1 + 2 * s / RING_S))
        second = p * (1 - exp(-2 * s / RING_S))
        rings1 = [taken(r, first) for r in range(most + 1)]
        rings2 = [taken(r, second) for r in range(most + 1)]
        for a, (t, w) in enumerate(pairs):
            busy = np.convolve(
                taken(t, still_busy("talks", s + GRACE_S)),
                taken(w, still_busy("wraps", s + GRACE_S)),
            )
            for r1 in range(most + 1):
                one = np.convolve(busy, rings1[r1])
                for r2 in range(most + 1 - r1):
                    law = np.convolve(one, rings2[r2])
                    for q in range(WAITERS + 1 if t + w == agents else 1):
                        met = law[: max(0, agents - q)]
                        if benefit > 0.0:
                            free = (agents - q - np.arange(len(met))) ** benefit
                            out[a, q, r1, r2] -= weight * (met * free).sum()
                        else:
                            out[a, q, r1, r2] -= weight * met.sum()
    return out


def targets(agents: int, p: float, most: int, allowed: float, risk: np.ndarray) -> np.ndarray:
    """Calls to have in flight, by (team, waiting, calls in the second stage)."""
    pairs, _ = teams(agents)
    out = np.zeros((len(pairs), WAITERS + 1, most + 1), dtype=np.int64)
    for a, (t, w) in enumerate(pairs):
        idle = agents - t - w
        for q in range(WAITERS + 1 if idle == 0 else 1):
            for r2 in range(most + 1):
                r1 = 0
                while r1 + r2 < most and (r1 + r2 < idle - q or risk[a, q, r1, r2] <= allowed):
                    r1 += 1
                out[a, q, r2] = r1 + r2
    return out


class Small:
    """One team and answer rate; averages of policies, each from the value of the last one."""

    def __init__(self, agents: int, p: float) -> None:
        self.agents, self.p = agents, p
        self.most = MOST_RINGING[p][agents - 1]
        pairs, index = teams(agents)
        self.team = (pairs, index, agents, p, self.most)
        self.shape = (len(pairs), WAITERS + 1, self.most + 1, self.most + 1)
        self.values: dict[str, np.ndarray] = {}

    def average(self, key: str, price: float, mode: int, target: np.ndarray | None = None) -> float:
        value = self.values.setdefault(key, np.zeros(self.shape))
        if target is None:
            target = np.zeros((*self.shape[:2], self.most + 1), dtype=np.int64)
        return float(solve(value, self.team, price, mode, target, 60_000))

    def of_targets(self, target: np.ndarray) -> tuple[float, float]:
        """Utilisation, and abandoned calls above the cap per agent-free unit of time."""
        free = self.average("free", 0.0, RULE, target)
        return free, free - self.average("priced", 1.0, RULE, target)

    def optimum(self) -> tuple[float, float]:
        """(utilisation under the cap, price of an abandonment there): golden section."""
        low, high = log(0.5), log(400.0)
        seen: dict[float, float] = {}

        def at(x: float) -> float:
            if x not in seen:
                seen[x] = self.average("best", exp(x), BEST)
            return seen[x]

        ratio = 0.618034
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        while high - low > 0.25:
            if at(a) < at(b):
                high, b = b, a
                a = high - ratio * (high - low)
            else:
                low, a = a, b
                b = low + ratio * (high - low)
        best = min(seen, key=seen.get)
        return seen[best], exp(best)

    def rule(self, risk: np.ndarray, top: float = 1.0) -> tuple[float, float]:
        """(utilisation of the threshold rule at 3.0 %, its threshold), mixing two thresholds."""
        low, high = 0.0, top
        points = {}
        for _ in range(9):
            allowed = 0.04 if not points else (low + high) / 2
            use, excess = self.of_targets(targets(self.agents, self.p, self.most, allowed, risk))
            points[allowed] = (use, excess)
            low, high = (low, allowed) if excess > 0 else (allowed, high)
            if high - low < 0.002:
                break
        under = [(u, e) for u, e in points.values() if e <= 0]
        over = [(u, e) for u, e in points.values() if e > 0]
        (u0, e0), (u1, e1) = max(under, key=lambda x: x[1]), min(over, key=lambda x: x[1])
        return u0 + (u1 - u0) * -e0 / (e1 - e0), low


def main(names: list[str]) -> None:
    print("agents  p     progressive  rule   optimum  left   rule/optimum  price s/abandon")
    for p in MOST_RINGING:
        for agents in map(int, names or "12345"):
            small = Small(agents, p)
            risk = risks(agents, p, small.most)
            first = targets(agents, p, small.most, -1.0, risk)
            progressive = small.of_targets(first)[0]
            rule, allowed = small.rule(risk)
            best, price = small.optimum()
            print(
                f"{agents:6d}  {p:.2f}  {progressive:10.2%} {rule:8.2%} {best:8.2%} "
                f"{best - rule:7.2%} {rule / best:9.4f} {price * agents:14.0f}"
                f"   theta {allowed:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
