"""What every pacing policy is shown, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ccdialer.core.campaign import Tally

if TYPE_CHECKING:
    from ccdialer.core.pacing.freeing import Freeing

NOTHING = Tally()
Memory = dict[str, Any]
"""What a policy has learned, as JSON can carry it. Only the policy that made it reads it."""


@dataclass(frozen=True, slots=True)
class Callers:
    """What callers of one queue take of the agents whom a campaign counts on. Ages in seconds."""

    queue_id: int
    handling: Freeing  # how long a caller takes of an agent
    talking: tuple[float, ...]  # elapsed talk of each of the agents who is with one
    wrapping: tuple[float, ...]  # the same of those who write after one
    rate: float  # callers a second who will want one of the agents, at most as far as is known
    kept: int  # idle agents to be kept for those who come while a client is being rung


@dataclass(frozen=True, slots=True)
class Scene:
    """One campaign, now, as a real dialer sees it. Ages in seconds.

    Agents who asked to pause or sign out after their call are in no field. A call that
    answering-machine detection still judges is in flight until the verdict.
    """

    idle: int  # agents who can take a call at once
    waiting: int  # live clients who wait for an agent and have none chosen yet
    talking: tuple[float, ...]  # elapsed talk of each agent who will come back
    wrapping: tuple[float, ...]  # elapsed wrap-up of each agent who will come back
    in_flight: tuple[float, ...]  # since the dial, of each call that is not answered yet
    free_lines: int  # calls that may be added at most
    tasks_left: int | None = None  # tasks that may be dialed; None: plenty
    day: Tally = NOTHING  # live answers of today
    month: Tally = NOTHING  # of the last 30 days, today included
    time_left_s: float | None = None  # until dialing ends for today; None: nobody knows
    callers: tuple[Callers, ...] = ()  # of queues that its agents serve too; none calls, none here

    @property
    def busy(self) -> int:
        """Agents who are with clients, and with callers of the queues."""
        own = len(self.talking) + len(self.wrapping)
        return own + sum([len(each.talking) + len(each.wrapping) for each in self.callers])

    @property
    def promised(self) -> int:
        """Idle agents who are another's already: clients wait, and callers are about to come."""
        return self.waiting + sum([each.kept for each in self.callers])

    @property
    def expects_callers(self) -> bool:
        """Whether callers may come while a client is being rung."""
        return any(each.rate > 0.0 for each in self.callers)


Besides = tuple[str, tuple[Any, ...]]
"""A format string and what goes into it by position."""


@dataclass(frozen=True, slots=True)
class Decision:
    """How many calls to place now, and why.

    `reason` is put together only when it is read: decisions are frequent, readers are not.
    """

    place: int
    sentence: str  # format string
    figures: tuple[float, ...] = ()  # what goes into the sentence, by position
    let_go_after_s: float | None = None  # calls rung at least this long may be hung up now
    look_again_s: float = 0.0  # if nothing but time passes, the answer stays true for so long
    risk: float | None = None  # that one more call would meet no agent; None: nobody asked
    allowed: float | None = None  # of it
    sets_aside: bool = False  # each call in flight has an idle agent whom no other campaign gets
    besides: tuple[Besides, ...] = ()  # what else it has taken into account

    @property
    def reason(self) -> str:
        """One sentence that a coordinator understands, with the numbers."""
        parts = ((self.sentence, self.figures), *self.besides)
        return "; ".join(sentence.format(*figures) for sentence, figures in parts)


class Policy(Protocol):
    """Decides for one campaign. `now` is core time; it may be asked as often as one likes."""

    def decide(self, scene: Scene, now: float) -> Decision: ...

    def call_ended(self, age_s: float, answered: bool) -> None:
        """A call left the flight `age_s` after its dial: answered by a person, or anything else."""

    def talk_ended(self, duration_s: float) -> None: ...

    def wrap_up_ended(self, duration_s: float) -> None: ...

    def memory(self) -> Memory:
        """What it has learned, to start from after a restart; empty: nothing."""


def affordable(wanted: int, scene: Scene) -> int:
    """`wanted` calls, as far as lines and tasks go; never negative."""
    tasks = wanted if scene.tasks_left is None else scene.tasks_left
    return max(0, min(wanted, scene.free_lines, tasks))


def agents_of(scene: Scene) -> int:
    """Agents who serve the campaign, idle or busy."""
    return scene.idle + len(scene.talking) + len(scene.wrapping)


def no_agent_free(scene: Scene) -> bool:
    """Whether a call answered this very moment would meet no agent."""
    return scene.idle <= scene.waiting
