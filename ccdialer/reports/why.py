"""Why a number was or was not called, and when it may be called next (SPEC F1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ccdialer.core.campaign import Campaign, CampaignState, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import OPEN_STATES, Step, Task, TaskState, next_number
from ccdialer.core.zones import zones_of
from ccdialer.errors import NotFound
from ccdialer.reports import words
from ccdialer.reports.callbacks import step_of
from ccdialer.storage import Database, campaign_by_id, history_of_number
from ccdialer.storage.holds import SOMEBODY, Candidate, Hold
from ccdialer.storage.permission import holds
from ccdialer.storage.refusals import refused, sift
from ccdialer.storage.waiting import count_ahead

MANY_AHEAD = 1000
SETTLED = "never: the task is settled"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Floor:
    """What the daemon tells of itself; `trouble` is why nobody can be dialed at all, or empty."""

    trouble: str = ""
    campaigns: dict[str, Row] = field(default_factory=dict)  # rows of the snapshot, by name


@dataclass(frozen=True, slots=True)
class Answer:
    """One task of the number: why it is as it is, and when it may be called next."""

    task: Row
    campaign: str
    state: str
    why: str
    next_at: int | None  # epoch ms, of a task that waits
    next_call: str


@dataclass(frozen=True, slots=True)
class _Case:
    """All that an answer is made from."""

    database: Database
    number: str
    task: Row
    others: list[Row]  # the number's other tasks
    campaign: Campaign
    floor: Floor
    now: int
    hold: Hold | None  # of a rule that would keep it from being dialed when it is due

    @property
    def tries(self) -> list[Row]:
        found: list[Row] = self.task["tries"]
        return found


def why(database: Database, number: str, floor: Floor, now: int) -> list[Answer]:
    """An answer for every task that has the number (E.164). `now` is epoch ms. Raises NotFound."""
    found = history_of_number(database, number)
    if not found:
        raise NotFound(f"no task has the number {number}; it will not be called")
    answers = []
    for task in found:
        others = [other for other in found if other is not task]
        campaign = campaign_by_id(database, task["campaign_id"])
        hold = _hold(database, task, campaign, now)
        answers.append(_answer(_Case(database, number, task, others, campaign, floor, now, hold)))
    return answers


def _hold(database: Database, task: Row, campaign: Campaign, now: int) -> Hold | None:
    """What the rules would say, were it dialed when it is due."""
    turn = _turn(database, task, now)
    if task["state"] not in (TaskState.WAITING, TaskState.RESERVED) or turn is None:
        return None
    at = max(now, task["due_at"])
    agent = SOMEBODY if campaign.settings.holds_agent else None
    asked = Candidate(task["id"], campaign.id, turn, at, agent)
    return holds(database, [asked]).get(task["id"])


def _turn(database: Database, task: Row, now: int) -> str | None:
    """The number that is dialed next; None: none is left."""
    usable = tuple(n["e164"] for n in task["numbers"] if not n["bad"])
    if not usable:
        return None
    left = sift(database, task["campaign_id"], {task["id"]: usable}, now)[task["id"]]
    place = (task["id"], task["campaign_id"], left, task["attempts"])
    return next_number(Task(*place, prefers=task["next_number"] or ""))


def _answer(case: _Case) -> Answer:
    state = TaskState(case.task["state"])
    reason = _REASONS[state](case)
    is_open = state in OPEN_STATES
    sentence = f"{state}: {'; '.join([reason, *(_obstacles(case) if is_open else [])])}"
    waits = state in (TaskState.WAITING, TaskState.RESERVED)
    return Answer(
        task=case.task,
        campaign=case.campaign.name,
        state=str(state),
        why=sentence,
        next_at=_next_at(case) if waits else None,
        next_call=_next_call(case, state),
    )


# --- why it is in its state ---------------------------------------------------------------------


def _waiting(case: _Case) -> str:
    after = _after(case)
    left_s = (case.task["due_at"] - case.now) / 1000
    if left_s > 0:
        return f"due in {words.lasting(left_s)}{after}{_whom(case)}"
    return f"due for {words.lasting(-left_s)}{after}{_whom(case)}"


def _whom(case: _Case) -> str:
    """The step at which a callback's ladder stands: `, for its owner anna`."""
    if case.campaign.settings.mode is not Mode.CALLBACK:
        return ""
    who = {
        Step.OWNER: f"its owner {case.task['owner']}",
        Step.GROUP: f"group {case.task['owner_group'] or 'of its owner'}",
        Step.ANYONE: "anyone",
    }
    return f", for {who[step_of(case.task)]}"


def _after(case: _Case) -> str:
    """What the waiting follows: ` after no answer (attempt 1 of 3)`."""
    because = f", because {case.task['reason']}" if case.task["reason"] else ""
    closed = [one for one in case.tries if one["disposition"]]
    if not closed:
        return because or ", not called yet"
    used, limit = case.task["attempts"], case.campaign.settings.max_attempts
    result = words.result(closed[-1]["disposition"])
    if not closed[-1]["counts"]:
        return f" after {result} (not counted; {used} of {limit} attempts used){because}"
    return f" after {result} (attempt {used} of {limit}){because}"


def _reserved(case: _Case) -> str:
    node = case.task["node"]
    if case.campaign.settings.mode is Mode.PREVIEW:
        return f"an agent at node {node} reads it before he calls"
    return f"held ready by node {node}; it is dialed when the pace of the campaign allows"


def _active(case: _Case) -> str:
    live = [one for one in case.tries if one["ended_at"] is None]
    if not live:
        return "an attempt is being closed"
    if live[-1]["joined_at"]:
        return f"talking with {live[-1]['agent']} since {words.at(live[-1]['joined_at'], case.now)}"
    called = live[-1]["number"]
    whom = "" if called == case.number else f" at {called}"
    return f"being called{whom} since {words.at(live[-1]['opened_at'], case.now)}"


def _done(case: _Case) -> str:
    talks = [one for one in case.tries if one["disposition"] == Disposition.TALKED]
    if not talks:
        return "the client was reached"
    talk = talks[-1]
    return (
        f"talked with {talk['agent']} {words.at(talk['joined_at'], case.now)} "
        f"for {words.lasting((talk['ended_at'] - talk['joined_at']) / 1000)}"
    )


def _failed(case: _Case) -> str:
    if case.task["reason"]:
        return str(case.task["reason"])
    limit = case.campaign.settings.max_attempts
    if not case.tries:
        return "given up"
    last = case.tries[-1]
    result = f"{words.result(last['disposition'])} at {words.at(last['opened_at'], case.now)}"
    if case.task["attempts"] >= limit:
        return f"all {limit} attempts are used; the last: {result}"
    return f"given up after {result}"


def _cancelled(case: _Case) -> str:
    return f"{case.task['reason'] or 'withdrawn'}, {words.at(case.task['changed_at'], case.now)}"


_REASONS = {
    TaskState.WAITING: _waiting,
    TaskState.RESERVED: _reserved,
    TaskState.ACTIVE: _active,
    TaskState.DONE: _done,
    TaskState.FAILED: _failed,
    TaskState.CANCELLED: _cancelled,
}


# --- what else keeps an open task from being dialed ---------------------------------------------


def _obstacles(case: _Case) -> list[str]:
    found = [_campaign_asleep(case), case.floor.trouble, _other_call(case), _this_number(case)]
    found += [case.hold.reason if case.hold else "", _zone(case)]
    if case.task["state"] != TaskState.ACTIVE and not any(found[:2]):
        found += [_agents(case), _asked(case), _queue(case)]
    return [sentence for sentence in found if sentence]


def _campaign_asleep(case: _Case) -> str:
    name, state = case.campaign.name, case.campaign.state
    starts_on = case.campaign.settings.starts_on
    if state is CampaignState.ACTIVE and words.local(case.now)[:10] < starts_on:
        return f'campaign "{name}" starts on {starts_on}'
    if state is CampaignState.ACTIVE:
        return ""
    return f'campaign "{name}" is {_STATES[state]}: ccdialer campaign start {name}'


_STATES = {
    CampaignState.DRAFT: "not started yet",
    CampaignState.PAUSED: "paused",
    CampaignState.STOPPED: "stopped",
    CampaignState.DONE: "done, all of its tasks are settled",
    CampaignState.CANCELLED: "cancelled",
}


def _other_call(case: _Case) -> str:
    for other in case.others:
        if any(one["ended_at"] is None and one["number"] == case.number for one in other["tries"]):
            return f"the number is on a live call of task {other['id']}"
    return ""


def _this_number(case: _Case) -> str:
    """Whether it is this number of the client's that is dialed next."""
    numbers = case.task["numbers"]
    if any(n["bad"] and n["e164"] == case.number for n in numbers):
        return "this number does not exist, the client's other numbers are dialed"
    turn = _turn(case.database, case.task, case.now)
    if turn is None or case.task["state"] == TaskState.ACTIVE or turn == case.number:
        return ""
    barred = refused(case.database, [(case.campaign.id, case.number)], case.now)
    if barred:
        (hold,) = barred.values()
        return f"this number is {hold.reason}; the client's number {turn} is dialed next"
    return f"the client's number {turn} is dialed next"


def _zone(case: _Case) -> str:
    """Of a client who waits for the hours of many zones: what would spare him that."""
    rule = case.hold.rule if case.hold else case.task["held_by"]
    turn = _turn(case.database, case.task, case.now)
    if rule != "window" or turn is None or case.task["zone"] or case.campaign.settings.zone:
        return ""
    if len(zones_of(turn)) == 1:
        return ""
    return (
        "his number tells no time zone: name where he lives in the campaign's file, such as zone: "
        "Europe/Moscow, and apply it"
    )


def _agents(case: _Case) -> str:
    row = case.floor.campaigns.get(case.campaign.name)
    if row is None:
        return ""
    if not row["agents"]:
        return "no agents of its project are signed in"
    if row["agents"].get("available"):
        return ""
    states = ", ".join(f"{state} {count}" for state, count in row["agents"].items())
    return f"no agent is available ({states})"


def _asked(case: _Case) -> str:
    """Of an assignment: nobody is called before an agent asks for it."""
    if case.campaign.settings.mode is not Mode.PREVIEW:
        return ""
    return "it is called when an agent asks for it: ccdialer agent next LOGIN"


def _queue(case: _Case) -> str:
    """How many go before it, and what the campaign's pace says."""
    task = case.task
    if task["state"] != TaskState.WAITING or task["due_at"] > case.now:
        return ""
    place = (task["priority"], task["due_at"])
    ahead = count_ahead(case.database, case.campaign.id, place, case.now, MANY_AHEAD)
    queue = f"{ahead}{' or more' if ahead >= MANY_AHEAD else ''} due tasks go before it"
    pacing = (case.floor.campaigns.get(case.campaign.name) or {}).get("pacing", "")
    parts = [queue if ahead else "", f"pacing: {pacing}" if pacing else ""]
    return "; ".join(part for part in parts if part)


# --- when next ----------------------------------------------------------------------------------


def _next_at(case: _Case) -> int | None:
    """The earliest instant, epoch ms; None: never."""
    if case.hold is None:
        return max(int(case.task["due_at"]), case.now)
    return case.hold.until


def _next_call(case: _Case, state: TaskState) -> str:
    if state is TaskState.ACTIVE:
        return "when this call has ended, if its result asks for it"
    if state not in OPEN_STATES:
        return SETTLED
    next_at = _next_at(case)
    if next_at is None:
        return "never: it ends when its turn comes"
    when = "now"
    if next_at > case.now:
        left = words.lasting((next_at - case.now) / 1000)
        when = f"{words.at(next_at, case.now)} (in {left})"
    if case.campaign.state is not CampaignState.ACTIVE:
        return f"{when}, once the campaign is started"
    return f"{when}, once the daemon can dial" if case.floor.trouble else when
