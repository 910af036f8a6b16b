"""Duplicates: several tasks of one person, of which the nearest is called (SPEC D9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ccdialer.core.campaign import Duplicates
from ccdialer.storage.campaigns import settings_from_json
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Hold
from ccdialer.storage.reached import Reached

DUPLICATE = "duplicate"

DUPLICATE_WORDS = "duplicate of task"
"""How the reason of a task begins that was closed as one; `storage.prospects` counts by it."""

CAMPAIGNS = "SELECT id, settings FROM campaign WHERE id {in_ids}"

# Where a task stands among those of its person: who was tried already, then who is due first.
PLACE = "(CASE WHEN {0}.attempts > 0 OR {0}.state = 'active' THEN 0 ELSE 1 END, {0}.due_at, {0}.id)"

NEARER = f"""
    SELECT other.id FROM task_number AS mine
    JOIN task_number AS theirs ON theirs.e164 = mine.e164 AND theirs.task_id <> mine.task_id
    JOIN task AS other ON other.id = theirs.task_id
    JOIN campaign AS others ON others.id = other.campaign_id
    WHERE mine.task_id = task.id AND other.state IN ('waiting', 'reserved', 'active')
        AND others.state = 'active' AND {{covered}}
        AND {PLACE.format("other")} < {PLACE.format("task")}"""
"""The open tasks of the person of a row of `task` that are called before it. A campaign that does
not dial is no reason to keep another from it. Two tasks never say so of each other."""

CHECK = f"""
    SELECT task.id, ({NEARER} ORDER BY other.due_at, other.id LIMIT 1)
    FROM task JOIN campaign AS own ON own.id = task.campaign_id WHERE task.id {{in_ids}}"""

COVERED = {
    Duplicates.PROJECT: "others.project_id = own.project_id",
    Duplicates.SITE: "1 = 1",
}

OF_CALLERS = """
    SELECT DISTINCT task.id, campaign.settings, campaign.project_id FROM task_number
    JOIN task ON task.id = task_id JOIN campaign ON campaign.id = task.campaign_id
    WHERE e164 = ? AND task.state IN ('waiting', 'reserved', 'active')"""

OF_REACHED = """
    SELECT DISTINCT other.id, mine.task_id, others.settings, others.project_id = own.project_id
    FROM task_number AS mine
    JOIN task_number AS theirs ON theirs.e164 = mine.e164 AND theirs.task_id <> mine.task_id
    JOIN task AS other ON other.id = theirs.task_id
    JOIN campaign AS others ON others.id = other.campaign_id
    JOIN task ON task.id = mine.task_id JOIN campaign AS own ON own.id = task.campaign_id
    WHERE mine.task_id {in_ids} AND task.state = 'done'
        AND other.state IN ('waiting', 'reserved', 'active')"""


@lru_cache(maxsize=1024)
def _scope(settings: str) -> Duplicates:
    return settings_from_json(settings).duplicates


def check(database: Database, candidates: Sequence[Candidate]) -> dict[int, Hold]:
    """The tasks whose person has a nearer one, as far as their campaigns mind."""
    if not candidates:
        return {}
    asked = database.keys({c.campaign_id for c in candidates})
    scopes = {i: _scope(settings) for i, settings in database.rows(CAMPAIGNS, (asked,))}
    found: dict[int, Hold] = {}
    for scope, covered in COVERED.items():
        ids = [c.task_id for c in candidates if scopes.get(c.campaign_id) is scope]
        if ids:
            sql = CHECK.replace("{covered}", covered)
            rows = database.rows(sql, (database.keys(ids),))
            found |= {i: _superfluous(nearer, "is called first") for i, nearer in rows if nearer}
    return found


def of_reached(database: Database, task_ids: Sequence[int]) -> dict[int, Hold]:
    """The open tasks of the persons of these, who were reached, as far as their campaigns mind.
    Who is on the line at another task stays there, and is not called for it again."""
    if not task_ids:
        return {}
    rows = database.rows(OF_REACHED, (database.keys(task_ids),))
    return {
        other: _superfluous(task_id, "has reached the client")
        for other, task_id, settings, is_same_project in rows
        if _minds(settings, is_same_project)
    }


def _minds(settings: str, is_same_project: bool) -> bool:
    """Whether a campaign minds that its client was reached at another task."""
    scope = _scope(settings)
    return scope is Duplicates.SITE or (scope is Duplicates.PROJECT and is_same_project)


def _superfluous(task_id: int, why: str) -> Hold:
    return Hold(DUPLICATE, f"{DUPLICATE_WORDS} {task_id}, which {why}", None)


def of_callers(database: Database, talks: Iterable[Reached]) -> dict[int, Hold]:
    """The same of persons who have called us: a talk reaches them, whoever has called."""
    found = {}
    for talk in talks:
        why = f"the client was reached by {talk.by} {talk.call_id}"
        for task_id, settings, project_id in database.rows(OF_CALLERS, (talk.number,)):
            if _minds(settings, project_id == talk.project_id):
                found[task_id] = Hold(DUPLICATE, why, None)
    return found
