"""Draws what the daemon tells of the floor: one headline, agents, campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ccdialer.cli.site import now_ms
from ccdialer.core.metrics import WorkTime, abandonment_rate, utilisation
from ccdialer.core.money import shown
from ccdialer.core.task import OPEN_STATES, TaskState
from ccdialer.reports import words
from ccdialer.reports.table import Table, columns

Row = dict[str, Any]

CAMPAIGN_COLUMNS = (
    *("campaign", "state", "mode", "agents"),
    *("in_flight|dialing|count", "waiting||count", "talking||count", "hopper||count"),
    *("talked||count", "abandoned||count", "abandonment_rate|rate|rate"),
)
NARROW_COLUMNS = (
    *("campaign", "state", "mode", "agents", "in_flight|dialing|count", "waiting||count"),
    *("talking||count", "talked||count", "abandoned"),
)
TRUNK_COLUMNS = columns("trunk", "state", "in_use|lines in use", "spent|spent today", "note")
QUEUE_COLUMNS = columns(
    *("queue", "state", "agents", "waiting||count", "longest_s|longest wait|seconds"),
    *("talking||count", "expected_s|expected wait|seconds"),
    *("answered|answered today|count", "lost|lost today|count", "service_level|in time|rate"),
)
SERVED = ("answered", "lost", "service_level")
CALLER_COLUMNS = columns(
    *("queue", "state", "number", "place||count", "wait_s|waits|seconds", "agent", "owner"),
    "news",
)
AGENT_COLUMNS = columns(
    *("agent", "name", "state", "state_s|for|seconds", "reason", "next_state|then"),
    *("campaign", "number", "calls||count", "talk_s|talked|seconds", "-wrap_up_s||seconds"),
    *("-paused_s||seconds", "signed_in_s|on duty|seconds", "utilisation||rate"),
    *("-occupancy||rate", "news"),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is: its tasks by state."""

    name: str
    tasks: dict[TaskState, int]

    @property
    def left(self) -> int:
        """Tasks that are not settled yet."""
        return sum(self.tasks[state] for state in OPEN_STATES)

    @property
    def line(self) -> str:
        """`demo: 180 of 200 settled (waiting 12, active 8, done 150, failed 30)`."""
        total = sum(self.tasks.values())
        shown = counted({str(state): count for state, count in self.tasks.items()})
        return f"{self.name}: {total - self.left} of {total} settled ({shown})"


def counted(by_state: dict[str, int]) -> str:
    """`available 2, talking 8`."""
    return ", ".join(f"{state} {count}" for state, count in by_state.items() if count) or "none"


def headline(answer: Row) -> str:
    """The daemon in a line, and what is wrong with it in further ones."""
    daemon, floor = answer["daemon"], answer["snapshot"]
    lines = [
        f"node {daemon['node']}, ccdialer {daemon['version']}, pid {daemon['pid']}, "
        f"up {words.lasting(daemon['up_s'])}, Asterisk {daemon['asterisk']}"
    ]
    if floor["stopped"] is not None:
        reason = f": {floor['stopped']}" if floor["stopped"] else ""
        lines.append(f"ALL IS STOPPED, nothing is dialed{reason} (ccdialer resume-all)")
    if floor["draining"]:
        lines.append("stopping: no new calls, live ones may end")
    if daemon["storage_stalled_s"]:
        lines.append(
            f"the database has not answered for {words.lasting(daemon['storage_stalled_s'])}: "
            f"no new calls, {daemon['queue_depth']} changes are kept in memory"
        )
    return "\n".join([*lines, *_scripts(answer.get("agi", {}))])


def _scripts(agi: Row) -> Iterator[str]:
    """What keeps the dialplan from scripts."""
    if agi.get("trouble"):
        yield f"the AGI port is not open, callers take the dialplan's own way: {agi['trouble']}"
    for why in agi.get("broken", ()):
        yield f"AGI script broken: {why}"


def figures(floor: Row) -> str:
    """The whole floor in a line: calls, agents, talked, abandoned, utilisation."""
    talked = sum(row["talked"] for row in floor["campaigns"])
    abandoned = sum(row["abandoned"] for row in floor["campaigns"])
    return "; ".join(
        (
            f"calls {counted(floor['calls_by_state'])}",
            f"agents {counted(floor['agents_by_state'])}",
            f"talked {talked}, abandoned {abandoned} ({abandonment_rate(talked, abandoned):.1%})",
            f"utilisation {utilisation(_work(floor)):.0%}",
        )
    )


def _work(floor: Row) -> WorkTime:
    agents = floor["agents"]
    return WorkTime(
        signed_in_s=sum(row["signed_in_s"] for row in agents),
        paused_s=sum(row["paused_s"] for row in agents),
        talk_s=sum(row["talk_s"] for row in agents),
    )


def campaign_table(answer: Row) -> Table:
    """Campaigns, with their notes and the reason of each one's pace."""
    rows = [
        (*_campaign(row), _note(row, answer), row["pacing"])
        for row in answer["snapshot"]["campaigns"]
    ]
    return Table("campaigns", columns(*CAMPAIGN_COLUMNS, "note", "pacing"), rows)


def narrow_table(floor: Row) -> Table:
    """Campaigns with what people look at, so that a line of a terminal holds one of them."""
    rows = [_narrow(row) for row in floor["campaigns"]]
    return Table("campaigns", columns(*NARROW_COLUMNS), rows, is_compared=True)


def _narrow(row: Row) -> tuple[Any, ...]:
    rate = f"{row['abandonment_rate']:.1%}"
    return (
        *(row["name"], row["state"], row["mode"], counted(row["agents"])),
        *(row["in_flight"], row["waiting"], row["talking"], row["talked"]),
        f"{row['abandoned']} ({rate})" if row["abandoned"] else "",
    )


def notes(answer: Row, has_pacing: bool) -> list[str]:
    """The sentences: what keeps a campaign from dialing; and its pace, if asked for."""
    told = {
        row["name"]: (_note(row, answer), row["pacing"] if has_pacing else "")
        for row in answer["snapshot"]["campaigns"]
    }
    return [f"{name}: {'; '.join(filter(None, said))}" for name, said in told.items() if any(said)]


def _campaign(row: Row) -> tuple[Any, ...]:
    keys = ("in_flight", "waiting", "talking", "hopper", "talked", "abandoned", "abandonment_rate")
    return (
        *(row["name"], row["state"], row["mode"], counted(row["agents"])),
        *(row[key] for key in keys),
    )


def _note(row: Row, answer: Row) -> str:
    first = answer["next"].get(row["name"])
    is_idle = row["exhausted"] and not row["hopper"]
    return row["blocked"] or (_idle(first, now_ms()) if is_idle else "")


def _idle(first: Row | None, now: int) -> str:
    """Why a campaign that has nothing due has nothing due."""
    if first is None or first["due_at"] <= now:
        return "nothing is due now"
    because = f": {first['held']}" if first["held"] else ""
    return f"nothing is due before {words.at(first['due_at'], now)}{because}"


def trunk_table(answer: Row) -> Table:
    """Trunks, what they carry and what they have cost today."""
    rows = [_trunk(row, answer["spending"]) for row in answer["snapshot"]["trunks"]]
    return Table("trunks", TRUNK_COLUMNS, rows)


def _trunk(row: Row, spending: Row) -> tuple[Any, ...]:
    is_less = row["lines_now"] < row["lines"]
    notes = [
        *([row["trouble"]] if row["trouble"] else []),
        *([f"no more than {row['lines_now']} lines after congestion"] if is_less else []),
        *(f"{failures} calls to {p} failed in a row" for p, failures in row["breakers"].items()),
    ]
    spent = spending.get(row["name"], {})
    return (
        *(row["name"], "up" if row["usable"] else "down"),
        f"{row['in_use']} of {row['lines']}",
        ", ".join(f"{shown(sums['spent'])} {currency}" for currency, sums in spent.items()),
        "; ".join(notes),
    )


def queue_table(answer: Row) -> Table:
    """Queues, who waits in them, and how today's callers were served."""
    served = answer["served"]
    rows = [
        (
            *(row["name"], _open(row), counted(row["agents"]), row["waiting"], row["longest_s"]),
            *(row["talking"], row["expected_s"]),
            *(served.get(row["name"], {}).get(key) for key in SERVED),
        )
        for row in answer["snapshot"]["queues"]
    ]
    return Table("queues", QUEUE_COLUMNS, rows)


def _open(row: Row) -> str:
    is_after_hours = row["state"] == "active" and not row["is_open"]
    return "out of hours" if is_after_hours else str(row["state"])


def caller_table(callers: list[Row]) -> Table:
    """Callers in queues, and those who talk."""
    keys = [column.key for column in CALLER_COLUMNS]
    return Table("callers", CALLER_COLUMNS, [tuple(row[key] for key in keys) for row in callers])


def agent_table(floor: Row) -> Table:
    """Agents on duty."""
    keys = [column.key for column in AGENT_COLUMNS[1:]]
    rows = [(row["login"], *(row[key] for key in keys)) for row in floor["agents"]]
    return Table("agents", AGENT_COLUMNS, rows)


def calls_of(floor: Row, name: str) -> int:
    """How many calls of a campaign are not over yet."""
    rows = [row for row in floor["campaigns"] if row["name"] == name]
    return sum(row["in_flight"] + row["waiting"] + row["talking"] for row in rows)
