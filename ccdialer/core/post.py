"""Post: whether a connector may be brought the next notice, and what a failure means."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ccdialer.core.backing_off import doubled, pause_s

IN_A_ROW = 3
"""If so many notices fail in a row, it is the connector that has a trouble, not they."""
FIRST_REST_S, MOST_REST_S = 2.0, 300.0
MOST_FAULTS = 12
"""A notice that fails so often, and nothing else does, is parked: after three hours or so."""


@dataclass(frozen=True, slots=True)
class Round:
    """How a connector has done lately. Instants are seconds of any steady clock."""

    failures: int = 0  # notices that failed in a row
    rests_until: float = 0.0
    failed_id: int | None = None  # the last of them

    @property
    def is_troubled(self) -> bool:
        """Whether what fails now is the connector's own fault."""
        return self.failures >= IN_A_ROW


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a connector did not take a notice."""

    rest_s: float = 0.0  # it asked to be left alone for so long
    is_away: bool = False  # it was not reached, or takes nothing from anybody
    is_final: bool = False  # it will never take this one


def took(state: Round) -> Round:
    """It has taken one."""
    return Round(0, state.rests_until)


def refused(state: Round, notice_id: int, why: Refusal, now: float) -> Round:
    """It has not; whoever refuses one notice for good has answered, and has no trouble."""
    if why.is_final:
        return took(state)
    if notice_id != state.failed_id or why.is_away:
        state = replace(state, failures=state.failures + 1, failed_id=notice_id)
    rest_s = why.rest_s
    if state.is_troubled or why.is_away:
        rest_s = max(rest_s, doubled(FIRST_REST_S, MOST_REST_S, state.failures))
    return replace(state, rests_until=max(state.rests_until, now + rest_s))


def counts(state: Round, why: Refusal) -> bool:
    """Whether the notice is to blame: not if the connector is away, busy or troubled."""
    return not (why.is_away or why.rest_s > 0 or state.is_troubled)


def wait_s(tries: int, why: Refusal, dice: float) -> float:
    """When the notice is tried again; `dice` is from 0 to 1."""
    return max(why.rest_s, pause_s(tries, dice))
