"""The ladder owner, group, anyone: each waited for from the due time, each end of a wait once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core import stickiness
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import CampaignSettings, Mode, OwnerAway
from ccdialer.core.stickiness import Miss, Presence
from ccdialer.core.task import Step, Task

DUE = 1_000.0
HERE = Presence(True)
TASK = Task(1, 1, ("+79160000001",), due_at=DUE, owner_id=7, groups=frozenset({"sales"}))
SETTINGS = CampaignSettings("PJSIP/{digits}@t", Mode.CALLBACK, owner_wait_s=60.0, group_wait_s=30.0)


def walk(
    task: Task, settings: CampaignSettings, presence: Presence, now: float
) -> tuple[Task, list[Miss]]:
    """The callback at `now`, and every miss on the way."""
    misses = []
    task = stickiness.begun(task, settings)
    while (miss := stickiness.missed(task, settings, presence, now)) is not None:
        misses.append(miss)
        task = stickiness.after(task, miss, settings)
    return task, misses


@pytest.mark.parametrize(
    ("after_s", "step", "steps"),
    [
        (0.0, Step.OWNER, []),
        (59.9, Step.OWNER, []),
        (60.0, Step.GROUP, [(Step.OWNER, 60.0)]),
        (89.9, Step.GROUP, [(Step.OWNER, 60.0)]),
        (90.0, Step.ANYONE, [(Step.OWNER, 60.0), (Step.GROUP, 90.0)]),
        (9e9, Step.ANYONE, [(Step.OWNER, 60.0), (Step.GROUP, 90.0)]),
    ],
)
def test_the_waits_count_from_the_due_time(
    after_s: float, step: Step, steps: list[tuple[Step, float]]
) -> None:
    task, misses = walk(TASK, SETTINGS, HERE, DUE + after_s)
    assert task.step is step
    assert [(miss.step, miss.at - DUE) for miss in misses] == steps


def test_a_wait_of_nothing_is_no_miss() -> None:
    settings = replace(SETTINGS, owner_wait_s=0.0)
    assert walk(TASK, settings, HERE, DUE)[0].step is Step.GROUP
    task, misses = walk(TASK, replace(settings, group_wait_s=0.0), HERE, DUE)
    assert (task.step, misses) == (Step.ANYONE, [])


def test_who_is_in_no_group_is_followed_by_anyone() -> None:
    task, misses = walk(replace(TASK, groups=frozenset()), SETTINGS, HERE, DUE + 60.0)
    assert (task.step, len(misses)) == (Step.ANYONE, 1)


def test_a_task_pinned_to_a_group_starts_there_and_an_unpinned_one_is_for_anyone() -> None:
    assert walk(replace(TASK, owner_id=None), SETTINGS, HERE, DUE)[0].step is Step.GROUP
    bare = replace(TASK, owner_id=None, groups=frozenset())
    assert walk(bare, SETTINGS, HERE, DUE)[0].step is Step.ANYONE


@pytest.mark.parametrize(
    ("presence", "reason"),
    [
        (Presence(False), stickiness.SIGNED_OUT),
        (Presence(True, paused_since=DUE - 600.0), stickiness.PAUSED),
        (Presence(True, leave_until=DUE + 600.0), stickiness.ON_LEAVE),
        (Presence(True, paused_since=DUE - 599.0), ""),
        (Presence(True, leave_until=DUE), ""),
    ],
)
@pytest.mark.parametrize("owner_away", OwnerAway)
def test_an_absent_owner_is_handled_as_the_campaign_says(
    presence: Presence, reason: str, owner_away: OwnerAway
) -> None:
    settings = replace(SETTINGS, owner_away=owner_away)
    assert stickiness.why_away(presence, settings, DUE) == reason
    task, misses = walk(TASK, settings, presence, DUE)
    skips = {OwnerAway.WAIT: (), OwnerAway.LEAVE: (stickiness.ON_LEAVE,)}
    if reason and reason in skips.get(owner_away, (reason,)):
        assert (task.step, misses) == (Step.GROUP, [Miss(Step.OWNER, DUE, reason)])
    else:
        assert (task.step, misses) == (Step.OWNER, [])


@pytest.mark.parametrize(
    ("step", "who"),
    [(Step.OWNER, {7}), (Step.GROUP, {7, 8}), (Step.ANYONE, {7, 8, 9})],
)
def test_who_may_take_it(step: Step, who: set[int]) -> None:
    groups = {7: frozenset[str](), 8: frozenset({"sales"}), 9: frozenset({"support"})}
    agents = [Agent(i, "", "", "", True, frozenset(), groups[i]) for i in groups]
    task = replace(TASK, step=step)
    assert {a.id for a in agents if stickiness.may_take(task, a)} == who


presences = st.builds(
    Presence,
    st.booleans(),
    st.none() | st.floats(0, 3 * DUE),
    st.none() | st.floats(0, 3 * DUE),
)
tasks = st.builds(
    lambda owner, groups: replace(TASK, owner_id=owner, groups=groups),
    st.sampled_from([None, 7]),
    st.sampled_from([frozenset[str](), frozenset({"sales"})]),
)
rules = st.builds(
    lambda owner, group, away: replace(
        SETTINGS, owner_wait_s=owner, group_wait_s=group, owner_away=away
    ),
    st.sampled_from([0.0, 1.0, 60.0]),
    st.sampled_from([0.0, 1.0, 30.0]),
    st.sampled_from(OwnerAway),
)


@given(tasks, rules, st.lists(st.tuples(st.floats(0, 500), presences, st.booleans())))
def test_however_often_one_looks_and_restarts_each_wait_ends_once(
    task: Task, settings: CampaignSettings, looks: list[tuple[float, Presence, bool]]
) -> None:
    """What is written down is the step with its instant: a restart knows nothing else."""
    now, told, stored = DUE, [], task
    for later_s, presence, restarted in looks:
        now += later_s
        task = stored if restarted else task
        task, misses = walk(task, settings, presence, now)
        told += misses
        if misses:
            stored = task
    steps = [miss.step for miss in told]
    assert steps == sorted(set(steps), key=list(Step).index)
    assert [miss.at for miss in told] == sorted(miss.at for miss in told)
    assert all(DUE <= miss.at <= now for miss in told)
    over = DUE + settings.owner_wait_s + settings.group_wait_s
    assert walk(task, settings, HERE, max(now, over) + 1)[0].step is Step.ANYONE
