"""Why a number was or was not called, and when it may be called next (SPEC F1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ccdialer.core.campaign import CampaignState, Mode
from ccdialer.core.disposition import Disposition
from ccdialer.core.task import OPEN_STATES, Step, TaskState
from ccdialer.core.zones import zones_of
from ccdialer.errors import NotFound
from ccdialer.reports import words
from ccdialer.reports.callbacks import step_of
from ccdialer.reports.inquiry import Floor, Inquiry, Row, inquire
from ccdialer.reports.means import MANY_AHEAD, means
from ccdialer.reports.verdicts import Verdict, asleep, verdicts
from ccdialer.storage import Database, history_of_number, show_task
from ccdialer.storage.holds import Hold
from ccdialer.storage.refusals import refused
from ccdialer.storage.waiting import count_ahead

SETTLED = "never: the task is settled"
WAITS = (TaskState.WAITING, TaskState.RESERVED)


@dataclass(frozen=True, slots=True)
class Answer:
    """One task: why it is as it is, what every rule says of it, and when it may be called next."""

    task: Row
    campaign: str
    state: str
    why: str  # all in one sentence
    standing: str  # its state and the reason of that
    next_at: int | None  # epoch ms, of a task that waits
    next_call: str
    rules: tuple[Verdict, ...] = ()  # were it called now; of a task that waits
    means: tuple[Verdict, ...] = ()  # by whom and by what line
    holds: tuple[tuple[int, Hold], ...] = ()  # that are met from when it is due until next_at

    @property
    def may_be_called(self) -> bool:
        """Whether every rule lets it pass now."""
        return bool(self.rules) and all(rule.passes is not False for rule in self.rules)


def why(database: Database, number: str, floor: Floor, now: int) -> list[Answer]:
    """An answer for every task that has the number (E.164). `now` is epoch ms. Raises NotFound."""
    found = history_of_number(database, number)
    if not found:
        raise NotFound(f"no task has the number {number}; it will not be called")
    return [
        _answer(
            replace(
                inquire(database, task, floor, now),
                subject=number,
                others=[other for other in found if other is not task],
            )
        )
        for task in found
    ]


def why_task(database: Database, task_id: int, floor: Floor, now: int) -> Answer:
    """The same of one task. Raises NotFound."""
    task = show_task(database, task_id)
    asked = inquire(database, task, floor, now)
    others = history_of_number(database, asked.number) if asked.number else []
    others = [other for other in others if other["id"] != task_id]
    return _answer(replace(asked, subject=asked.number, others=others))


def _answer(case: Inquiry) -> Answer:
    state = TaskState(case.task["state"])
    reason = _REASONS[state](case)
    is_open, waits = state in OPEN_STATES, state in WAITS
    return Answer(
        task=case.task,
        campaign=case.campaign.name,
        state=str(state),
        why=f"{state}: {'; '.join([reason, *(_obstacles(case) if is_open else [])])}",
        standing=f"{state}: {reason}",
        next_at=_next_at(case) if waits else None,
        next_call=_next_call(case, state),
        rules=tuple(verdicts(case)) if waits else (),
        means=tuple(means(case)) if waits else (),
        holds=case.next.holds if waits else (),
    )


# --- why it is in its state ---------------------------------------------------------------------


def _waiting(case: Inquiry) -> str:
    after = _after(case)
    left_s = (case.task["due_at"] - case.now) / 1000
    if left_s > 0:
        return f"due in {words.lasting(left_s)}{after}{_whom(case)}"
    return f"due for {words.lasting(-left_s)}{after}{_whom(case)}"


def _whom(case: Inquiry) -> str:
    """The step at which a callback's ladder stands: `, for its owner anna`."""
    if case.campaign.settings.mode is not Mode.CALLBACK:
        return ""
    who = {
        Step.OWNER: f"its owner {case.task['owner']}",
        Step.GROUP: f"group {case.task['owner_group'] or 'of its owner'}",
        Step.ANYONE: "anyone",
    }
    return f", for {who[step_of(case.task)]}"


def _after(case: Inquiry) -> str:
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


def _reserved(case: Inquiry) -> str:
    node = case.task["node"]
    if case.campaign.settings.mode is Mode.PREVIEW:
        return f"an agent at node {node} reads it before he calls"
    return f"held ready by node {node}; it is dialed when the pace of the campaign allows"


def _active(case: Inquiry) -> str:
    live = [one for one in case.tries if one["ended_at"] is None]
    if not live:
        return "an attempt is being closed"
    if live[-1]["joined_at"]:
        return f"talking with {live[-1]['agent']} since {words.at(live[-1]['joined_at'], case.now)}"
    called = live[-1]["number"]
    whom = "" if called == case.subject else f" at {called}"
    return f"being called{whom} since {words.at(live[-1]['opened_at'], case.now)}"


def _done(case: Inquiry) -> str:
    talks = [one for one in case.tries if one["disposition"] == Disposition.TALKED]
    if not talks:
        return "the client was reached"
    talk = talks[-1]
    return (
        f"talked with {talk['agent']} {words.at(talk['joined_at'], case.now)} "
        f"for {words.lasting((talk['ended_at'] - talk['joined_at']) / 1000)}"
    )


def _failed(case: Inquiry) -> str:
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


def _cancelled(case: Inquiry) -> str:
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


def _obstacles(case: Inquiry) -> list[str]:
    found = [asleep(case), case.floor.trouble, _other_call(case)]
    found.append(_this_number(case))
    last = case.next.holds[0][1] if case.next.holds else None
    waits = case.task["state"] != TaskState.ACTIVE
    found.append(last.reason if last is not None and waits else "")
    found.append(_zone(case))
    if case.task["state"] != TaskState.ACTIVE and not any(found[:2]):
        found += [_agents(case), _asked(case), _queue(case)]
    return [sentence for sentence in found if sentence]


def _other_call(case: Inquiry) -> str:
    for other in case.others:
        if any(one["ended_at"] is None and one["number"] == case.subject for one in other["tries"]):
            return f"the number is on a live call of task {other['id']}"
    return ""


def _this_number(case: Inquiry) -> str:
    """Whether it is this number of the client's that is dialed next."""
    numbers = case.task["numbers"]
    if any(n["bad"] and n["e164"] == case.subject for n in numbers):
        return "this number does not exist, the client's other numbers are dialed"
    turn = case.number
    if not turn or case.task["state"] == TaskState.ACTIVE or turn == case.subject:
        return ""
    barred = refused(case.database, [(case.campaign.id, case.subject)], case.now)
    if barred:
        (hold,) = barred.values()
        return f"this number is {hold.reason}; the client's number {turn} is dialed next"
    return f"the client's number {turn} is dialed next"


def _zone(case: Inquiry) -> str:
    """Of a client who waits for the hours of many zones: what would spare him that."""
    rule = case.next.holds[0][1].rule if case.next.holds else case.task["held_by"]
    if rule != "window" or not case.number or case.task["zone"] or case.campaign.settings.zone:
        return ""
    if len(zones_of(case.number)) == 1:
        return ""
    return (
        "his number tells no time zone: name where he lives in the campaign's file, such as zone: "
        "Europe/Moscow, and apply it"
    )


def _agents(case: Inquiry) -> str:
    row = case.floor.campaigns.get(case.campaign.name)
    if row is None:
        return ""
    if not row["agents"]:
        return "no agents of its project are signed in"
    if row["agents"].get("available"):
        return ""
    states = ", ".join(f"{state} {count}" for state, count in row["agents"].items())
    return f"no agent is available ({states})"


def _asked(case: Inquiry) -> str:
    """Of an assignment: nobody is called before an agent asks for it."""
    if case.campaign.settings.mode is not Mode.PREVIEW:
        return ""
    return "it is called when an agent asks for it: ccdialer agent next LOGIN"


def _queue(case: Inquiry) -> str:
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


def _next_at(case: Inquiry) -> int | None:
    """The earliest instant, epoch ms; None: never, or nobody knows."""
    return case.next.at


def _next_call(case: Inquiry, state: TaskState) -> str:
    if state is TaskState.ACTIVE:
        return "when this call has ended, if its result asks for it"
    if state not in OPEN_STATES:
        return SETTLED
    if case.next.is_never:
        return "never: it ends when its turn comes"
    if case.next.at is None:
        return f"nobody knows when: {case.next.last.reason if case.next.last else ''}"
    when = _when(case)
    if case.campaign.state is not CampaignState.ACTIVE:
        return f"{when}, once the campaign is started"
    return f"{when}, once the daemon can dial" if case.floor.trouble else when


def _when(case: Inquiry) -> str:
    next_at, last = case.next.at, case.next.last
    if next_at is None or next_at <= case.now:
        return "now"
    left = words.lasting((next_at - case.now) / 1000)
    at_the_latest = "at the latest " if last is not None and last.ends_by else ""
    return f"{at_the_latest}{words.at(next_at, case.now)} (in {left})"
