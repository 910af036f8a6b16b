"""Whatever is asked in whatever order, a task moves only as core.task.MOVES allows."""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.commands import OpenAttempt, ReleaseTasks
from ccdialer.core.events import AttemptOpened
from ccdialer.core.task import MOVES, Task, TaskMove, TaskState
from ccdialer.storage import Database, TaskFilter
from tests.storage.samples import NOW, carry, claim, closing, insert, opening, row

NODES = ("one", "two")
ENDS = (TaskMove.RETRY, TaskMove.RELEASE, TaskMove.FINISH, TaskMove.GIVE_UP)
STEPS = st.one_of(
    st.tuples(st.just("reserve"), st.sampled_from(NODES)),
    st.tuples(st.sampled_from(["dial", "release"]), st.sampled_from(NODES)),
    st.tuples(st.sampled_from(["cancel", "replay"]), st.none()),
    st.tuples(st.just("close"), st.sampled_from(ENDS)),
)
FRESH = count()


class Life:
    """One task in the database, and what it must be."""

    def __init__(self, db: Database) -> None:
        self.db = db
        name = f"c{next(FRESH)}"
        self.campaign = storage.upsert_campaign(db, "p", name, CampaignSettings("x"), NOW)
        insert(db, self.campaign, [row(next(FRESH))])
        (stored,) = storage.list_tasks(db, TaskFilter(campaign_id=self.campaign.id))
        self.task = Task(stored["id"], self.campaign.id, (stored["numbers"][0]["e164"],))
        self.state, self.node, self.attempts = TaskState.WAITING, "", 0
        self.live: OpenAttempt | None = None
        self.closed: OpenAttempt | None = None

    def move(self, move: TaskMove) -> None:
        self.state = MOVES.get((self.state, move), self.state)

    def reserve(self, node: str) -> None:
        claimed = claim(self.db, self.campaign, 5, node)
        assert len(claimed) == (self.state is TaskState.WAITING)
        if claimed:
            self.move(TaskMove.RESERVE)
            self.node = node

    def release(self, node: str) -> None:
        carry(self.db, ReleaseTasks((self.task.id,)), node=node)
        if self.state is TaskState.RESERVED and node == self.node:
            self.move(TaskMove.RELEASE)

    def dial(self, node: str) -> None:
        ours = self.state is TaskState.RESERVED and node == self.node
        command = opening(self.task)
        (answer,) = carry(self.db, command, node=node)
        assert isinstance(answer, AttemptOpened) == ours
        if ours:
            self.move(TaskMove.DIAL)
            self.live = command

    def close(self, move: TaskMove) -> None:
        if self.live is not None:
            carry(self.db, closing(self.live, task_move=move, retry_after_s=-60.0))
            self.move(move)
            self.attempts += 1
            self.live, self.closed = None, self.live

    def replay(self, _: None) -> None:
        if self.closed is not None:
            carry(self.db, closing(self.closed, task_move=TaskMove.FINISH))

    def cancel(self, _: None) -> None:
        storage.cancel_tasks(self.db, [self.task.id], "withdrawn", NOW)
        self.move(TaskMove.CANCEL)

    def check(self) -> None:
        stored = storage.show_task(self.db, self.task.id)
        assert (stored["state"], stored["attempts"]) == (self.state, self.attempts)
        live = [attempt["id"] for attempt in stored["tries"] if attempt["ended_at"] is None]
        assert live == ([self.live.attempt_id] if self.live else [])


@given(steps=st.lists(STEPS, min_size=5, max_size=25))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_task_moves_as_the_table_says(db: Database, steps: list[tuple[str, object]]) -> None:
    life = Life(db)
    for step, argument in steps:
        getattr(life, step)(argument)
        life.check()
