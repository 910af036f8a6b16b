"""The life-cycle tables of task, call and agent: everything ends, and the end is the end."""

from __future__ import annotations

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core import agent, attempt, task
from ccdialer.core.agent import AgentMove, AgentState
from ccdialer.core.attempt import CallMove, CallState
from ccdialer.core.task import TaskMove, TaskState

Table = dict[tuple[StrEnum, StrEnum], StrEnum]
CYCLES = {
    "task": (task.MOVES, TaskState.WAITING, set(TaskState) - task.OPEN_STATES),
    "call": (attempt.MOVES, CallState.OPENING, {CallState.CLOSED}),
    "agent": (agent.MOVES, AgentState.OFFLINE, {AgentState.OFFLINE}),
}
every_cycle = pytest.mark.parametrize("name", CYCLES)


def reachable(moves: Table, start: StrEnum) -> set[StrEnum]:
    """All states there is a way to, the start included."""
    seen, fresh = {start}, {start}
    while fresh:
        fresh = {to for (state, _), to in moves.items() if state in fresh} - seen
        seen |= fresh
    return seen


@every_cycle
def test_every_state_can_be_reached(name: str) -> None:
    moves, start, _ = CYCLES[name]
    assert reachable(moves, start) == set(type(start))


@every_cycle
def test_every_state_has_a_way_to_the_end(name: str) -> None:
    moves, start, final = CYCLES[name]
    for state in type(start):
        assert reachable(moves, state) & final, state


@pytest.mark.parametrize("name", ["task", "call"])
def test_nothing_moves_what_is_over(name: str) -> None:
    moves, _, final = CYCLES[name]
    assert not [state for state, _ in moves if state in final]


@every_cycle
@given(data=st.data())
def test_wherever_one_strays_the_end_can_be_reached(name: str, data: st.DataObject) -> None:
    moves, state, final = CYCLES[name]
    for _ in range(data.draw(st.integers(0, 20))):
        ways = [to for (at, _), to in moves.items() if at is state]
        if not ways:
            break
        state = data.draw(st.sampled_from(ways))
    assert reachable(moves, state) & final


def test_a_call_can_be_closed_from_everywhere() -> None:
    alive = set(CallState) - {CallState.CLOSED}
    assert {state for state, move in attempt.MOVES if move is CallMove.CLOSE} == alive


def test_what_was_dialed_can_be_ended() -> None:
    undialed = {CallState.OPENING, CallState.SUMMONING}
    dialed = set(CallState) - undialed - {CallState.ENDING, CallState.CLOSED}
    assert {state for state, move in attempt.MOVES if move is CallMove.END} == dialed


def test_who_is_on_duty_can_sign_out() -> None:
    on_duty = set(AgentState) - {AgentState.OFFLINE}
    assert {state for state, move in agent.MOVES if move is AgentMove.SIGN_OUT} == on_duty


def test_an_active_task_takes_every_outcome() -> None:
    outcomes = {move for state, move in task.MOVES if state is TaskState.ACTIVE}
    wanted = {TaskMove.RELEASE, TaskMove.RETRY, TaskMove.FINISH, TaskMove.GIVE_UP}
    assert outcomes == wanted | {TaskMove.CANCEL}
