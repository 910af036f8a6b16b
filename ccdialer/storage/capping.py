"""Holds spending down: no leg is opened that could exceed a cap, were all that live the longest.

A leg counts in the hour and on the day in which it was opened, while it lives with what the longest
call costs (the campaign's max_call_s, at which Asterisk ends it), afterwards with what it cost. So
the legs of an hour never cost more than its cap, whatever becomes of them (SPEC F8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ccdialer.core.lines import CAP_OF_PROJECT, CAP_OF_SITE, CAP_OF_TRUNK
from ccdialer.core.money import shown
from ccdialer.core.trunk import Route
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Hold
from ccdialer.storage.spending import Cap, Scope, Spent, bounds, list_caps, projects_of, spent_of

LIVE_WAIT_MS = 15_000
"""How long to wait where only calls that live stand in the way: they may end cheaper."""
RULES = {Scope.SITE: CAP_OF_SITE, Scope.PROJECT: CAP_OF_PROJECT, Scope.TRUNK: CAP_OF_TRUNK}


def check(database: Database, candidates: Sequence[Candidate]) -> Mapping[int, Hold]:
    """Who would exceed a cap. Within the transaction that opens the legs: the caps are locked, so
    that two nodes who ask at once are let pass one after the other."""
    return _asked(database, candidates, is_locked=True)


def foresee(database: Database, candidates: Sequence[Candidate]) -> Mapping[int, Hold]:
    """The same of those whom nobody is about to dial: nothing is locked."""
    return _asked(database, candidates, is_locked=False)


def counted(database: Database, candidate: Candidate) -> list[tuple[Cap, Spent]]:
    """The caps that the candidate's leg would count against, each with what counts already."""
    route = candidate.route
    if not isinstance(route, Route) or not route.most:
        return []
    project_id = projects_of(database, [candidate.campaign_id])[candidate.campaign_id]
    touched = [cap for cap in list_caps(database) if _touches(cap, project_id, route)]
    return [(cap, spent_of(database, cap, candidate.at)) for cap in touched]


def _asked(
    database: Database, candidates: Sequence[Candidate], is_locked: bool
) -> Mapping[int, Hold]:
    priced = [(c, c.route) for c in candidates if isinstance(c.route, Route) and c.route.most]
    caps = list_caps(database, is_locked) if priced else []
    if not caps:
        return {}
    projects = projects_of(database, (c.campaign_id for c, _ in priced))
    ledger, held = _Ledger(database), {}
    for candidate, route in priced:
        touched = [cap for cap in caps if _touches(cap, projects[candidate.campaign_id], route)]
        found = (ledger.hold(cap, candidate.at, route.most) for cap in touched)
        hold = next(filter(None, found), None)
        if hold is not None:
            held[candidate.task_id] = hold
        else:
            for cap in touched:
                ledger.take(cap, candidate.at, route.most)
    return held


def _touches(cap: Cap, project_id: int, route: Route) -> bool:
    subjects = {Scope.SITE: 0, Scope.PROJECT: project_id, Scope.TRUNK: route.trunk_id}
    is_same = route.rate is not None and route.rate.currency == cap.currency
    return is_same and subjects[cap.scope] == cap.subject_id


class _Ledger:
    """What counts against the caps, the legs of the batch at hand included."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sums: dict[tuple[Cap, int], Spent] = {}

    def so_far(self, cap: Cap, at: int) -> Spent:
        key = (cap, bounds(cap.period, at)[0])
        if key not in self._sums:
            self._sums[key] = spent_of(self._database, cap, at)
        return self._sums[key]

    def take(self, cap: Cap, at: int, most: int) -> None:
        """A leg is let pass."""
        found = self.so_far(cap, at)
        self._sums[cap, bounds(cap.period, at)[0]] = Spent(found.spent, found.held + most)

    def hold(self, cap: Cap, at: int, most: int) -> Hold | None:
        """Why no leg of that cost is let pass, if it is not."""
        found = self.so_far(cap, at)
        if found.spent + found.held + most <= cap.amount:
            return None
        is_spent = found.spent + most > cap.amount
        ends = bounds(cap.period, at)[1]
        until = ends if is_spent else at + LIVE_WAIT_MS
        reason = (
            f"spending cap of the {cap.scope} for the {cap.period}, "
            f"{shown(cap.amount)} {cap.currency}: {shown(found.spent)} spent, "
            f"{shown(found.held)} held for live calls, {shown(most)} for the longest more"
        )
        # Another trunk may take the task at once; of site and project it waits.
        due_at = at if cap.scope is Scope.TRUNK else until
        return Hold(RULES[cap.scope], reason, due_at, until, None if is_spent else ends)
