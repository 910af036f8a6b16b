"""Keeping: what pacing decides and learns goes to the writing thread, thinned."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ccdialer.core.board import Run
from ccdialer.core.commands import Command, OpenAttempt, PrunePaces, RecordLearned, RecordPace
from ccdialer.core.events import Event
from ccdialer.core.pacing.policy import Decision, Memory, Scene
from ccdialer.runtime.driver import Driver

LEAST_PAUSE_S = 10.0  # between two rows of a campaign in the journal
MOST_PAUSE_S = 60.0  # while nothing is placed, and always for the same reason
KEPT_S = 7 * 86400.0


@dataclass(slots=True)
class _Gathered:
    """A campaign's decisions since its last row."""

    last: Decision | None = None
    told: tuple[Decision, Scene] | None = None  # the last that placed a call, or the last of all
    placed: int = 0
    decisions: int = 0
    kept_at: float = -inf
    kept_sentence: str = ""


class Keeping:
    """Looks on as a watcher of the driver; what was learned it is asked to save by the clock."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._gathered: dict[int, _Gathered] = {}
        self._saved: dict[int, Memory] = {}

    def look(self, fact: Event | None, deeds: list[Command]) -> None:
        """Note new decisions, and the calls they led to."""
        for run in self._driver.dialer.board.runs.values():
            so_far = self._gathered.setdefault(run.campaign.id, _Gathered())
            if run.decision is not so_far.last:
                _gather(run, so_far, deeds)
            if so_far.decisions:
                self._keep_if_due(run, so_far)

    def _keep_if_due(self, run: Run, so_far: _Gathered) -> None:
        now = self._driver.clock.now()
        if not run.is_active or _is_due(so_far, now - so_far.kept_at):
            self._keep(run, so_far, now)

    def _keep(self, run: Run, so_far: _Gathered, now: float) -> None:
        assert so_far.told is not None
        decision, scene = so_far.told
        self._driver.to_storage(
            RecordPace(
                *(run.campaign.id, now, so_far.placed, so_far.decisions),
                *(scene.idle, scene.waiting, len(scene.in_flight)),
                *(decision.risk, decision.allowed, decision.reason),
            )
        )
        self._gathered[run.campaign.id] = _Gathered(
            last=so_far.last, kept_at=now, kept_sentence=decision.sentence
        )

    def finish(self) -> None:
        """Keep what has gathered, and what was learned: nothing more will come."""
        now = self._driver.clock.now()
        for run in self._driver.dialer.board.runs.values():
            so_far = self._gathered.get(run.campaign.id)
            if so_far is not None and so_far.decisions:
                self._keep(run, so_far, now)
        self.save()

    def save(self) -> None:
        """Keep what campaigns have learned, where that has changed."""
        now = self._driver.clock.now()
        for campaign_id, run in self._driver.dialer.board.runs.items():
            if not run.is_active and campaign_id not in self._saved:
                continue  # it stood still since we began
            memory = run.policy.memory()
            if memory and memory != self._saved.get(campaign_id):
                self._saved[campaign_id] = memory
                self._driver.to_storage(RecordLearned(campaign_id, now, memory))

    def prune(self) -> None:
        """Forget what is older than anybody asks for."""
        self._driver.to_storage(PrunePaces(self._driver.clock.now() - KEPT_S))


def _gather(run: Run, so_far: _Gathered, deeds: list[Command]) -> None:
    assert run.decision is not None
    assert run.scene is not None
    placed = sum(type(d) is OpenAttempt and d.campaign_id == run.campaign.id for d in deeds)
    so_far.last = run.decision
    so_far.decisions += 1
    so_far.placed += placed
    if placed or not so_far.placed:
        so_far.told = run.decision, run.scene


def _is_due(so_far: _Gathered, pause_s: float) -> bool:
    assert so_far.told is not None
    is_worth_it = so_far.placed > 0 or so_far.told[0].sentence != so_far.kept_sentence
    return pause_s >= (LEAST_PAUSE_S if is_worth_it else MOST_PAUSE_S)
