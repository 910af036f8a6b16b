"""Routes of calls that are under way, kept for who takes the calls over from the dialplan."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ccdialer.core.agent import Agent
from ccdialer.core.facts import Facts
from ccdialer.core.found import Found
from ccdialer.core.routing import Decision
from ccdialer.runtime.clock import new_id

MOST, KEEP_S = 20_000, 3600.0


@dataclass(frozen=True, slots=True)
class Directed:
    """Where a call goes, and what is known of it."""

    call_id: str
    decision: Decision
    facts: Facts
    found: Found  # what the CRM said
    project_id: int | None = None
    owner: Agent | None = None  # who is offered first
    owner_wait_s: float = 0.0  # for so long

    @property
    def may_be_called(self) -> bool:
        """Unless he is known to be on a do-not-call list."""
        return self.facts.past is None or not self.facts.past.is_listed

    @property
    def news(self) -> str:
        """What his agent is told: "campaign X tried you at 14:05"."""
        return "" if self.facts.past is None else self.facts.past.news


class RoutedCalls:
    """The last MOST routes of the last hour; for any thread. `now` is monotonic seconds."""

    def __init__(self, new_id: Callable[[], str] = new_id) -> None:
        self._new_id = new_id
        self._ids: OrderedDict[str, tuple[str, float]] = OrderedDict()  # by leg
        self._routes: dict[str, Directed] = {}
        self._lock = threading.Lock()

    def id_of(self, leg_id: str, now: float) -> str:
        """The id of the call on that channel: a call that asks again is the same call."""
        with self._lock:
            known = self._ids.get(leg_id) if leg_id else None
            call_id = self._new_id() if known is None else known[0]
            self._ids[leg_id or call_id] = (call_id, now)
            self._ids.move_to_end(leg_id or call_id)
            self._forget(now)
            return call_id

    def known(self, leg_id: str) -> str:
        """The id of a call that has asked on that channel; empty: none has, or a while ago."""
        with self._lock:
            return self._ids.get(leg_id, ("", 0.0))[0]

    def keep(self, directed: Directed) -> None:
        with self._lock:
            self._routes[directed.call_id] = directed

    def find(self, call_id: str) -> Directed | None:
        """The route of the call of that id; None: it is of an earlier run, or none was asked."""
        return self._routes.get(call_id)

    def _forget(self, now: float) -> None:
        while self._ids:
            leg_id, (call_id, at) = next(iter(self._ids.items()))
            if len(self._ids) <= MOST and now - at <= KEEP_S:
                return
            del self._ids[leg_id]
            self._routes.pop(call_id, None)
