"""What must be true at the end, by what the carrier has seen and what the database says (A.5)."""

from __future__ import annotations

from collections import defaultdict

from ccdialer.core.attempt import attempt_of
from ccdialer.core.campaign import Mode
from tests.deaths.callers import callers_were_served
from tests.deaths.site import MAX_ATTEMPTS, PAUSE_S, PER_DAY, Site, ms

OPEN_ENDS = (
    "SELECT id FROM attempt WHERE ended_at IS NULL OR disposition IS NULL",
    "SELECT id FROM leg WHERE role = 'client' AND ended_at IS NULL",
    "SELECT scope, subject_id, held FROM spending WHERE held <> 0",
    "SELECT id FROM leg WHERE held IS NOT NULL",
    "SELECT agent_id FROM agent_session WHERE state <> 'offline'",
    "SELECT id FROM task WHERE state IN ('reserved', 'active')",
)
COSTS = """
    SELECT attempt.id, attempt.cost, SUM(leg.cost) FROM attempt
    JOIN leg ON attempt_id = attempt.id GROUP BY attempt.id, attempt.cost"""
NO_CONTACT = ("route", "nobody")  # nobody's phone has rung
SPENT = "SELECT COALESCE(SUM(spent), 0) FROM spending WHERE scope = 'site'"


HELD = """
    SELECT id, task_id, held_agent_id, opened_at, owner_id, owner_group
    FROM attempt WHERE campaign_id = ? AND held_agent_id IS NOT NULL"""
"""With the owner of then: who was lost again later may have another one by now."""
ASKED = "SELECT task_id, at FROM journal WHERE kind = 'callback' AND state = 'asked'"
"""Callbacks of callers who were lost: asked for again, a callback that was done begins anew."""
MISSED = """
    SELECT state FROM journal WHERE kind = 'callback' AND task_id = ? AND at <= ?"""


def all_hold(site: Site) -> None:
    """Every law, at the end of a site's day."""
    nothing_is_left(site)
    nobody_is_lost(site)
    nobody_is_rung_too_soon_or_too_often(site)
    nobody_listed_is_dialed(site)
    each_wait_ended_once(site)
    callbacks_were_for_those_who_took_them(site)
    money_agrees(site)
    met = {leg_id for node in site.nodes for leg_id in node.switch.met}
    callers_were_served(site.database, site.rush, met)


def nothing_is_left(site: Site) -> None:
    """Rows 1 and 6: all attempts and legs closed, no channel, no bridge, no money held."""
    for sql in OPEN_ENDS:
        assert site.database.rows(sql) == [], sql
    for node in site.nodes:
        switch = node.switch
        assert not switch.channels, [ch.leg_id for ch in switch.channels.values()]
        assert not switch.bridges
        assert not switch.recorders


def nobody_is_lost(site: Site) -> None:
    """Whoever is not settled waits for a time that is to come; who used his attempts is settled."""
    sql = "SELECT id, state, reason, due_at FROM task WHERE state NOT IN ('done', 'failed')"
    for task_id, state, reason, due_at in site.database.rows(sql):
        is_later = state == "waiting" and due_at > ms(site.agenda.now)
        is_listed = state == "cancelled" and "do-not-call" in reason
        assert is_later or is_listed, (task_id, state, reason, due_at)


def nobody_is_rung_too_soon_or_too_often(site: Site) -> None:
    """Rows 1 and 4, of every person over all campaigns."""
    rows = site.database.rows("SELECT id, task_id, counts FROM attempt")
    task_of = {attempt_id: task_id for attempt_id, task_id, _ in rows}
    used: dict[int, int] = defaultdict(int)
    anew: dict[int, list[int]] = defaultdict(list)
    for task_id, at in site.database.rows(ASKED):
        anew[task_id].append(at)
    for _, task_id, counts in rows:
        if task_id not in anew:
            used[task_id] += counts
    assert all(count <= MAX_ATTEMPTS for count in used.values()), used
    kept = dict(site.database.rows("SELECT id, attempts FROM task"))
    assert {task_id: kept[task_id] for task_id in used} == used
    last: dict[int, tuple[float, str]] = {}
    rung: dict[str, set[str]] = defaultdict(set)
    for one in site.carrier.invites:
        attempt_id = attempt_of(one.leg_id)
        task_id = task_of[attempt_id]
        at, before = last.get(task_id, (0.0, attempt_id))
        has_called = any(ms(at) < asked_at <= ms(one.at) for asked_at in anew[task_id])
        may_be_soon = before == attempt_id or task_id in site.moved or has_called
        assert may_be_soon or one.at - at >= PAUSE_S, one
        last[task_id] = (one.at, attempt_id)
        if one.fate not in NO_CONTACT:
            rung[one.number].add(attempt_id)
    too_often = {n: attempts for n, attempts in rung.items() if len(attempts) > PER_DAY}
    assert not too_often


def nobody_listed_is_dialed(site: Site) -> None:
    """Row 5: no leg was permitted after the number came on the list."""
    opened = dict(site.database.rows("SELECT id, opened_at FROM leg"))
    for one in site.carrier.invites:
        since = site.listed.get(one.number)
        assert since is None or opened[one.leg_id] <= ms(since), one


def each_wait_ended_once(site: Site) -> None:
    """Row 24: of each wait one row of the journal, owner before group, never before its time."""
    sql = (
        "SELECT task_id, detail, state, at FROM journal"
        " WHERE kind = 'callback' AND state IN ('owner_missed', 'group_missed') ORDER BY id"
    )
    seen: dict[tuple[int, str], list[str]] = defaultdict(list)
    for task_id, detail, state, _ in site.database.rows(sql):
        due_at = detail.split('"due_at": ')[1].rstrip("}")
        seen[task_id, due_at].append(state)
    for key, states in seen.items():
        assert states in (
            ["owner_missed"],
            ["group_missed"],
            ["owner_missed", "group_missed"],
        ), (key, states)


def callbacks_were_for_those_who_took_them(site: Site) -> None:
    """Row 24: nobody but the owner was held for a callback before his wait had ended, and nobody
    outside his group before that one's had."""
    rows = site.database.rows(HELD, (site.campaigns[Mode.CALLBACK],))
    for attempt_id, task_id, agent_id, opened_at, owner_id, group in rows:
        if task_id in site.moved or agent_id == owner_id:
            continue
        past = site.database.rows(MISSED, (task_id, opened_at))
        ended = {state for (state,) in past}
        assert owner_id is None or "owner_missed" in ended, attempt_id
        in_group = agent_id in _sales(site) and (group or owner_id in _sales(site))
        has_group = group or owner_id in _sales(site)
        assert in_group or not has_group or "group_missed" in ended, attempt_id


def _sales(site: Site) -> set[int]:
    return {agent.id for agent in site.agents if agent.groups}


def money_agrees(site: Site) -> None:
    """What attempts cost is the sum of their legs, and the running sums are the sum of all."""
    rows = site.database.rows(COSTS)
    assert [row for row in rows if (row[1] or 0) != (row[2] or 0)] == []
    (spent,) = site.database.rows(SPENT)[0]
    assert spent == sum(row[2] or 0 for row in rows)
    answered = {}
    sql = "SELECT id, cost, billed_s, price FROM leg WHERE role = 'client' AND cost > 0"
    for leg_id, cost, billed_s, price in site.database.rows(sql):
        answered[leg_id] = (cost, billed_s, price)
    assert set(answered) <= {one.leg_id for one in site.carrier.invites}
