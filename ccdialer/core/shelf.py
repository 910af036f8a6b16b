"""The shelf: all callbacks that are due and ours, found at once by who may have them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from heapq import merge

from ccdialer.core.agent import Agent
from ccdialer.core.task import Step, Task

Rank = tuple[int, float, int]
_Pile = tuple[Step, int | frozenset[str] | None]


def rank(task: Task) -> Rank:
    """Higher priority first, then the longest due."""
    return (-task.priority, task.due_at or 0.0, task.id)


def _pile_of(task: Task) -> _Pile:
    of = {Step.OWNER: task.owner_id, Step.GROUP: task.groups, Step.ANYONE: None}
    return (task.step, of[task.step])


class Shelf:
    """Due callbacks in piles, by step and by whom they are for, each in the order of `rank`."""

    def __init__(self) -> None:
        self._tasks: dict[int, Task] = {}
        self._piles: dict[_Pile, list[Task]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(list(self._tasks.values()))

    def put(self, task: Task) -> None:
        """Take it in, in place of what was known of it."""
        self.take(task.id)
        self._tasks[task.id] = task
        insort(self._piles.setdefault(_pile_of(task), []), task, key=rank)

    def take(self, task_id: int) -> Task | None:
        """Take it off, if it is there."""
        task = self._tasks.pop(task_id, None)
        if task is not None:
            key = _pile_of(task)
            pile = self._piles[key]
            del pile[bisect_left(pile, rank(task), key=rank)]
            if not pile:
                del self._piles[key]
        return task

    def clear(self) -> None:
        self._tasks.clear()
        self._piles.clear()

    def of_owner(self, agent_id: int) -> Task | None:
        """The first of those that wait for this agent."""
        pile = self._piles.get((Step.OWNER, agent_id))
        return pile[0] if pile else None

    def first_of_owners(self) -> list[Task]:
        """For each agent who is waited for, the first of those that wait for him."""
        return [pile[0] for (step, _), pile in self._piles.items() if step is Step.OWNER]

    def waiting_for(self, agent_id: int | None) -> list[Task]:
        """All that wait for this agent."""
        return list(self._piles.get((Step.OWNER, agent_id), ()))

    def for_agent(self, agent: Agent) -> Iterator[Task]:
        """Those that the agent may have, in order."""
        return merge(*(p for key, p in self._piles.items() if _is_for(key, agent)), key=rank)

    def open_count(self) -> int:
        """How many are for more than one agent."""
        return sum(len(pile) for (step, _), pile in self._piles.items() if step is not Step.OWNER)


def _is_for(key: _Pile, agent: Agent) -> bool:
    step, of = key
    if step is Step.GROUP and isinstance(of, frozenset):
        return bool(of & agent.groups)
    return step is Step.ANYONE or of == agent.id
