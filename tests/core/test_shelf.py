"""The shelf finds for every agent what a look at all callbacks would find."""

from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.agent import Agent
from ccdialer.core.shelf import Shelf, rank
from ccdialer.core.stickiness import may_take
from ccdialer.core.task import Step, Task

GROUPS = st.frozensets(st.sampled_from(["sales", "support", "vip"]))


@st.composite
def callbacks(draw: st.DrawFn) -> Task:
    step = draw(st.sampled_from(Step))
    return Task(
        draw(st.integers(1, 12)),
        1,
        ("+79160000001",),
        priority=draw(st.integers(0, 9)),
        due_at=draw(st.sampled_from([1.0, 2.0, 3.0])),
        owner_id=draw(st.integers(1, 4)) if step is Step.OWNER else None,
        groups=draw(GROUPS),
        step=step,
    )


@given(st.lists(st.tuples(st.booleans(), callbacks())), GROUPS)
def test_it_finds_what_a_look_at_all_would_find(
    deeds: list[tuple[bool, Task]], groups: frozenset[str]
) -> None:
    shelf, known = Shelf(), dict[int, Task]()
    for is_put, task in deeds:
        if is_put:
            shelf.put(task)
            known[task.id] = task
        else:
            assert shelf.take(task.id) == known.pop(task.id, None)
    for agent_id in range(1, 6):
        agent = Agent(agent_id, "", "", "", True, frozenset(), groups)
        allowed = [task for task in known.values() if may_take(task, agent)]
        assert list(shelf.for_agent(agent)) == sorted(allowed, key=rank)
        own = [t for t in known.values() if t.step is Step.OWNER and t.owner_id == agent_id]
        assert shelf.of_owner(agent_id) == min(own, key=rank, default=None)
        assert sorted(shelf.waiting_for(agent_id), key=rank) == sorted(own, key=rank)
    assert len(shelf) == len(list(shelf)) == len(known)
    assert shelf.open_count() == sum(t.step is not Step.OWNER for t in known.values())
    shelf.clear()
    assert (len(shelf), shelf.open_count(), shelf.first_of_owners()) == (0, 0, [])
