"""Lost calls: a caller who met nobody is called back, by whom he talked with last (SPEC E3)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ccdialer.core.campaign import Campaign, CampaignState
from ccdialer.core.card import LOGIN
from ccdialer.core.queue import CallbackOwner, Fate, QueueSettings
from ccdialer.core.task import PRIORITIES, TaskState
from ccdialer.storage.callbacks import add_callback
from ccdialer.storage.campaigns import list_campaigns_of
from ccdialer.storage.database import Database
from ccdialer.storage.holds import withdraw
from ccdialer.storage.insertion import TaskRow
from ccdialer.storage.reached import STICKY
from ccdialer.storage.refusals import holds_of
from ccdialer.storage.since import has_talked_since
from ccdialer.storage.talks import last_talk

SHIPPED = QueueSettings()

HIDDEN = "his number is hidden"
SHORT = "he hung up at once"
TALKED_SINCE = "he has talked with us since"
TIMES_MOST = 10
"""So many of the latest times a client called in vain are told to the agent."""

CLOSED = (CampaignState.STOPPED, CampaignState.CANCELLED)
"""What a campaign in such a state is given would never be called."""

OF_NUMBER = """
    SELECT id, campaign_id, state, due_at, priority, owner_id, owner_group, details FROM task
    WHERE id IN (SELECT task_id FROM task_number WHERE e164 = ?)
        AND campaign_id IN (SELECT id FROM campaign WHERE project_id = ? AND settings LIKE ?)
        AND state IN ('waiting', 'reserved', 'active')
    ORDER BY due_at, id {for_update}"""

# One in a call or in a hopper is due already, and stays there; the agent reads what is new of it.
HURRY = """
    UPDATE task SET state = 'waiting', node = NULL, due_at = ?, priority = ?, owner_id = ?,
        details = ?, reason = '', held_by = '', asked_at = 0, changed_at = ?
    WHERE id = ?"""

TELL = "UPDATE task SET details = ? WHERE id = ?"

IS_MEMBER = "SELECT 1 FROM membership WHERE agent_id = ? AND project_id = ?"

TRACE = "SELECT trace FROM inbound_call WHERE id = ?"

MEMBER_BY_LOGIN = """
    SELECT agent.id FROM agent JOIN membership ON membership.agent_id = agent.id
    WHERE login = ? AND project_id = ?"""

JOURNAL = """
    INSERT INTO journal
        (at, kind, state, reason, agent_id, task_id, campaign_id, attempt_id, detail)
    VALUES (?, 'callback', ?, ?, ?, ?, ?, ?, '{}')"""


@dataclass(frozen=True, slots=True)
class Missed:
    """A caller who met nobody, or who wants to be called back. Instants in epoch ms."""

    call_id: str
    number: str  # E.164; empty: hidden
    project_id: int
    at: int
    fate: Fate = Fate.LEFT
    waited_s: float | None = None  # None: he did not wait in a queue
    queue: str = ""  # its name
    settings: QueueSettings = SHIPPED
    priority: int = 5  # of the queue
    keeps_place_from: int | None = None  # since when he has waited, if he asked for it
    reason: str = ""  # why the queue sent him on
    due_at: int | None = None  # when an agent has promised it
    owner_id: int | None = None  # of one that was promised: for whom; None: for anyone
    told_at: int | None = None  # if nobody heard of it when it happened: when somebody does

    @property
    def known_at(self) -> int:
        """From when on he can be called back."""
        return self.at if self.told_at is None else self.told_at


class CalledBack(NamedTuple):
    """What came of it: the callback's task, or why there is none, in one clause."""

    task_id: int | None
    why_not: str = ""


def call_back(database: Database, missed: Missed) -> CalledBack:
    """Have the caller called back, once: a callback that waits for him already is the one.

    In the transaction that closes his call, and only then: told twice, it is two calls of his. A
    number on a do-not-call list gets its task, which says so and is not dialed.
    """
    why_not = _why_not(missed) or _why_not_any_more(database, missed)
    to = why_not or callbacks_of(database, missed.project_id, missed.settings)
    if isinstance(to, str):
        _note(database, missed, "not_made", to)
        return CalledBack(None, to)
    pin = missed.owner_id if missed.fate is Fate.ANSWERED else _pinned(database, missed)
    found = database.rows(OF_NUMBER, (missed.number, missed.project_id, STICKY))
    if found:
        return CalledBack(_hurry(database, missed, _Open(*found[0]), pin))
    row = TaskRow(
        numbers=[(missed.number, missed.number)],
        due_at=_due_at(missed),
        priority=min(missed.priority, max(PRIORITIES)),
        details=_told(missed, "{}"),
        owner_id=pin,
    )
    now = missed.known_at
    task_id = add_callback(database, to.id, row, now, reason_of(missed))
    withdraw(database, holds_of(database, [task_id], now), now)
    return CalledBack(task_id)


def _why_not(missed: Missed) -> str:
    if not missed.number:
        return HIDDEN
    waited_s, least_s = missed.waited_s, missed.settings.lost_after_s
    is_short = missed.fate is Fate.LEFT and waited_s is not None and waited_s < least_s
    return SHORT if is_short else ""


def _why_not_any_more(database: Database, missed: Missed) -> str:
    """Of one who is told of later: what has come after it holds."""
    if missed.told_at is None:
        return ""
    has_talked = has_talked_since(database, missed.number, missed.project_id, missed.at)
    return TALKED_SINCE if has_talked else ""


def callbacks_of(
    database: Database, project_id: int, settings: QueueSettings | None = None
) -> Campaign | str:
    """The campaign that lost callers of a queue go to: the one it names, else the project's only
    one; or why there is none, in one clause that says what to do."""
    name = settings.callbacks if settings is not None else ""
    found = list_campaigns_of(database, project_id, STICKY)
    if name:
        named = next((each for each in found if each.name == name), None)
        return named or f'its project has no callback campaign "{name}": make it, or name another'
    at_work = [each for each in found if each.state not in CLOSED]
    if len(at_work) == 1:
        return at_work[0]
    if not at_work:
        return "its project has no callback campaign: make one (mode: callback)"
    return (
        f"its project has {len(at_work)} callback campaigns: name one of them in the queue's"
        " settings (queue.callbacks)"
    )


def _pinned(database: Database, missed: Missed) -> int | None:
    """For whom it is, as the queue wants it; None: for anyone."""
    wanted = missed.settings.callback_owner
    if wanted is CallbackOwner.NONE:
        return None
    owner_id = _crm_owner(database, missed) if wanted is CallbackOwner.OWNER else None
    return _who_talked(database, missed) if owner_id is None else owner_id


def _who_talked(database: Database, missed: Missed) -> int | None:
    """Who talked with him last, if he is still of the project."""
    talk = last_talk(database, missed.number, missed.project_id)
    if talk is None or not database.row(IS_MEMBER, (talk.agent_id, missed.project_id)):
        return None
    return talk.agent_id


def _crm_owner(database: Database, missed: Missed) -> int | None:
    """Whose client he is by the CRM, as his call was routed, if that is an agent of the project."""
    (trace,) = database.row(TRACE, (missed.call_id,)) or ("",)
    owner = json.loads(trace or "{}").get("facts", {}).get("owner", "")
    found = database.row(MEMBER_BY_LOGIN, (owner.removeprefix(LOGIN), missed.project_id))
    return found[0] if found and owner.startswith(LOGIN) else None


def _due_at(missed: Missed) -> int:
    """At once; before later callers, if he keeps his place; or as promised."""
    if missed.due_at is not None:
        return missed.due_at
    return missed.known_at if missed.keeps_place_from is None else missed.keeps_place_from


# --- a callback that waits already --------------------------------------------------------------


class _Open(NamedTuple):
    """A row of OF_NUMBER."""

    id: int
    campaign_id: int
    state: str
    due_at: int
    priority: int
    owner_id: int | None
    owner_group: str | None
    details: str


def _hurry(database: Database, missed: Missed, known: _Open, pin: int | None) -> int:
    """He waits for it: it is due at once. A promise of another time takes the place of this one."""
    details, is_promised = _told(missed, known.details), missed.due_at is not None
    is_due = known.state == TaskState.RESERVED and not is_promised
    if is_due or known.state == TaskState.ACTIVE:
        database.run(TELL, (details, known.id))
    else:
        due_at = _due_at(missed) if is_promised else min(known.due_at, _due_at(missed))
        priority = max(known.priority, missed.priority)
        is_free = known.owner_id is None and known.owner_group is None
        owner_id = pin if is_free or is_promised else known.owner_id
        database.run(HURRY, (due_at, priority, owner_id, details, missed.known_at, known.id))
    _note(database, missed, "missed", reason_of(missed), known)
    return known.id


def _told(missed: Missed, details: str) -> str:
    """What the agent is told of it, among the task's other details."""
    known: dict[str, Any] = json.loads(details)
    if missed.fate is Fate.ANSWERED:
        return details
    times = known.get("missed_at", [])
    at = datetime.fromtimestamp(missed.at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    known["missed_calls"] = known.get("missed_calls", 0) + 1
    known["missed_at"] = sorted([*(times if isinstance(times, list) else []), at])[-TIMES_MOST:]
    known["why"] = reason_of(missed)
    return json.dumps(known, ensure_ascii=False)


WHY = {
    Fate.LEFT: "he left",
    Fate.LOST: "his call was lost",
    Fate.SENT_ON: "nobody could take his call",
    Fate.CALLBACK: "he asked to be called back",
    Fate.ANSWERED: "he was promised to be called back",
}


def reason_of(missed: Missed) -> str:
    """Why he is called back: `he left the queue sales after 35 s (inbound call 0f3a...)`."""
    where = f" the queue {missed.queue}" if missed.queue and missed.fate is Fate.LEFT else ""
    waited = "" if missed.waited_s is None else f" after {round(missed.waited_s)} s"
    because = f": {missed.reason}" if missed.reason else ""
    return f"{WHY[missed.fate]}{where}{waited}{because} (inbound call {missed.call_id})"


def _note(
    database: Database, missed: Missed, state: str, reason: str, known: _Open | None = None
) -> None:
    about = (None, None, None) if known is None else (known.owner_id, known.id, known.campaign_id)
    database.run(JOURNAL, (missed.known_at, state, reason, *about, missed.call_id))
