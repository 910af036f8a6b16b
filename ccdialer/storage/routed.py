"""How calls that came in were routed: written as it happens, read to explain or replay it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from ccdialer.core.commands import RecordRoute
from ccdialer.core.facts import Facts, Past
from ccdialer.core.queue import Fate
from ccdialer.core.routing import Decision, Step
from ccdialer.storage.attempts import ToWall
from ccdialer.storage.database import Database
from ccdialer.storage.settings import from_json

MOST_STEPS = 40
"""Of more rules that did not fit, the first and the last are kept."""

SET = ("number", "caller_name", "did", "project_id", "ad_channel", "client_id", "client_name")
DECIDED = (
    *("stage", "pipeline", "owner_id", "card_status", "target_kind", "target", "reason", "trace"),
)
# The queue may have opened the row before; what has become of the caller there stays.
UPSERT = f"""
    INSERT INTO inbound_call (id, node, leg_id, {", ".join(SET)}, {", ".join(DECIDED)},
        arrived_at, ended_at, fate, fate_reason)
    VALUES ({", ".join("?" * (7 + len(SET) + len(DECIDED)))})
    ON CONFLICT (id) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in (*SET, *DECIDED))},
        arrived_at = CASE WHEN excluded.arrived_at < inbound_call.arrived_at
            THEN excluded.arrived_at ELSE inbound_call.arrived_at END,
        {{fates}}"""

_OWN = """{name} = CASE WHEN inbound_call.queued_at IS NULL
    AND (inbound_call.fate IS NULL OR inbound_call.fate = 'sent_on')
    THEN excluded.{name} ELSE inbound_call.{name} END"""
UPSERT = UPSERT.format(
    fates=", ".join(_OWN.format(name=name) for name in ("ended_at", "fate", "fate_reason"))
)

COLUMNS = (
    *("id", "number", "caller_name", "did", "client_name", "stage", "card_status", "target_kind"),
    *("target", "reason", "trace", "arrived_at", "fate", "fate_reason", "owner"),
)
SELECT = """
    SELECT inbound_call.id, number, caller_name, did, client_name, stage, card_status, target_kind,
        target, reason, trace, arrived_at, fate, fate_reason, login
    FROM inbound_call LEFT JOIN agent ON agent.id = owner_id WHERE trace <> ''"""


def record_routes(
    database: Database, commands: Sequence[RecordRoute], node: str, to_wall: ToWall
) -> None:
    """Begin the rows of these calls, or bring them up to date."""
    database.run_many(UPSERT, [_row(command, node, to_wall) for command in commands])


def _row(c: RecordRoute, node: str, to_wall: ToWall) -> tuple[Any, ...]:
    at = to_wall(c.at)
    ended = (at, Fate.SENT_ON.value, _sent_to(c)) if c.ends_here else (None, None, "")
    return (
        *(c.call_id, node, c.leg_id, c.number, c.caller_name, c.did, c.project_id, c.ad_channel),
        *(c.client_id, c.client_name, c.stage, c.pipeline, c.owner_id, c.card_status),
        *(c.target_kind, c.target, c.reason, c.trace, at, *ended),
    )


def _sent_to(c: RecordRoute) -> str:
    return f"{c.target_kind} {c.target}".strip() or "the dialplan's own fallback"


# --- what is kept of a decision -----------------------------------------------------------------


def trace_text(facts: Facts, decision: Decision, version: int) -> str:
    """The facts and how each rule was judged, as JSON of a bounded length."""
    page = {
        "version": version,
        "rule": decision.rule,
        "facts": facts,
        "steps": _kept([[step.rule, step.words] for step in decision.trace]),
    }
    return json.dumps(page, ensure_ascii=False, default=_page)


def _page(part: Facts | Past | Mapping[str, str]) -> dict[str, Any]:
    """Field by field: `asdict` copies deeply, and a caller waits."""
    if is_dataclass(part):
        return {each.name: getattr(part, each.name) for each in fields(part)}
    return dict(part)


def _kept(steps: list[list[str]]) -> list[list[str]]:
    left_out = len(steps) - MOST_STEPS
    if left_out <= 0:
        return steps
    half = MOST_STEPS // 2
    return [*steps[:half], ["", f"{left_out} more rules did not fit"], *steps[-half:]]


@dataclass(frozen=True, slots=True)
class Routed:
    """A call as it was routed; the row it comes from stands beside."""

    row: dict[str, Any]
    facts: Facts
    steps: tuple[Step, ...]
    rule: str
    version: int


def _routed(values: tuple[Any, ...]) -> Routed:
    row = dict(zip(COLUMNS, values, strict=True))
    page = json.loads(row.pop("trace"))
    rule = page["rule"]
    steps = tuple(Step(name, words, bool(name) and name == rule) for name, words in page["steps"])
    facts = from_json(Facts, json.dumps(page["facts"]))
    return Routed(row, facts, steps, rule, page["version"])


# --- reading ------------------------------------------------------------------------------------


def routed_call(database: Database, call_id: str) -> Routed | None:
    """The call of that id; None: there is none, or it was not routed by rules."""
    row = database.row(f"{SELECT} AND inbound_call.id = ?", (call_id,))
    return None if row is None else _routed(row)


def routed_of(database: Database, number: str, limit: int) -> list[Routed]:
    """The last calls from a number, the newest first."""
    sql = f"{SELECT} AND number = ? ORDER BY arrived_at DESC, inbound_call.id DESC LIMIT ?"
    return [_routed(row) for row in database.rows(sql, (number, limit))]


def routed_between(
    database: Database, since: int, until: int, after: tuple[int, str], limit: int
) -> list[Routed]:
    """A page of the calls of a time, the oldest first; instants in epoch ms. `after` is instant and
    id of the last call of the page before: (since - 1, "") at first."""
    sql = f"""{SELECT} AND arrived_at >= ? AND arrived_at < ?
        AND (arrived_at > ? OR (arrived_at = ? AND inbound_call.id > ?))
        ORDER BY arrived_at, inbound_call.id LIMIT ?"""
    params = (max(since, after[0]), until, after[0], after[0], after[1], limit)
    return [_routed(row) for row in database.rows(sql, params)]
