"""Agents, the projects they work for, and what each of them is doing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ccdialer.core.agent import Agent
from ccdialer.core.commands import RecordAgentState
from ccdialer.errors import NotFound, Refused
from ccdialer.storage.attempts import ToWall
from ccdialer.storage.campaigns import ensure_project
from ccdialer.storage.database import Database

COLUMNS = "SELECT id, login, name, phone, kept_up FROM agent"

UPSERT = """
    INSERT INTO agent (login, name, phone, kept_up, created_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (login) DO UPDATE SET
        name = excluded.name, phone = excluded.phone, kept_up = excluded.kept_up
    RETURNING id"""

JOURNAL = """
    INSERT INTO journal (at, kind, state, reason, agent_id, campaign_id, node, detail)
    VALUES (?, 'agent', ?, ?, ?, ?, ?, '{}')"""

SESSION = """
    INSERT INTO agent_session
        (agent_id, state, reason, since_at, session_id, leg_id, campaign_id, node)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (agent_id) DO UPDATE SET
        state = excluded.state, reason = excluded.reason, since_at = excluded.since_at,
        session_id = excluded.session_id, leg_id = excluded.leg_id,
        campaign_id = excluded.campaign_id, node = excluded.node"""


def set_groups(database: Database, agent_id: int, groups: Sequence[str]) -> None:
    """Put the agent into exactly these groups."""
    with database.transaction():
        database.run("DELETE FROM agent_group WHERE agent_id = ?", (agent_id,))
        database.run_many(
            "INSERT INTO agent_group (agent_id, name) VALUES (?, ?)",
            [(agent_id, name) for name in sorted(set(groups))],
        )


def set_leave(database: Database, agent_id: int, until: int | None) -> None:
    """The agent is on leave until then (epoch ms); None: he is back."""
    with database.transaction():
        database.run("UPDATE agent SET leave_until = ? WHERE id = ?", (until, agent_id))


def leaves(database: Database) -> dict[int, int]:
    """Until when each agent is on leave, or was last, epoch ms, by agent id."""
    return dict(database.rows("SELECT id, leave_until FROM agent WHERE leave_until IS NOT NULL"))


def upsert_agent(database: Database, agent: Agent, projects: Sequence[str], now: int) -> int:
    """Create or change the agent of this login, exactly in these projects; his id.

    `agent.id` and `agent.projects` are not looked at; without groups his groups stay as they
    are. Projects are made if missing. Raises Refused if the phone is another agent's. `now` is
    epoch ms.
    """
    with database.transaction():
        _refuse_shared_phone(database, agent)
        values = (agent.login, agent.name, agent.phone, agent.kept_up, now)
        (agent_id,) = database.rows(UPSERT, values)[0]
        database.run("DELETE FROM membership WHERE agent_id = ?", (agent_id,))
        project_ids = sorted({ensure_project(database, name, now) for name in projects})
        database.run_many(
            "INSERT INTO membership (agent_id, project_id) VALUES (?, ?)",
            [(agent_id, project_id) for project_id in project_ids],
        )
        if agent.groups:
            set_groups(database, agent_id, sorted(agent.groups))
    return int(agent_id)


def _refuse_shared_phone(database: Database, agent: Agent) -> None:
    other = database.row(
        "SELECT login FROM agent WHERE phone = ? AND login <> ?", (agent.phone, agent.login)
    )
    if other is not None:
        raise Refused(
            f'agent "{agent.login}": phone {agent.phone} belongs to agent "{other[0]}"; '
            "one phone serves one agent"
        )


def list_agents(database: Database) -> list[Agent]:
    """All agents by login."""
    return _agents(database, f"{COLUMNS} ORDER BY login", ())


def agent_by_login(database: Database, login: str) -> Agent:
    """Raises NotFound."""
    return _the_one(_agents(database, f"{COLUMNS} WHERE login = ?", (login,)), "login", login)


def agent_by_phone(database: Database, phone: str) -> Agent:
    """`phone` is a dial string: PJSIP/anna. Raises NotFound."""
    return _the_one(_agents(database, f"{COLUMNS} WHERE phone = ?", (phone,)), "phone", phone)


def agent_by_id(database: Database, agent_id: int) -> Agent:
    """Raises NotFound."""
    found = _agents(database, f"{COLUMNS} WHERE id = ?", (agent_id,))
    return _the_one(found, "number", str(agent_id))


def _the_one(found: list[Agent], what: str, value: str) -> Agent:
    if not found:
        raise NotFound(f'there is no agent with {what} "{value}"; see: ccdialer agent list')
    return found[0]


def _agents(database: Database, sql: str, params: Sequence[Any]) -> list[Agent]:
    rows = database.rows(sql, params)
    projects: dict[int, set[int]] = {row[0]: set() for row in rows}
    memberships = database.rows(
        "SELECT agent_id, project_id FROM membership WHERE agent_id {in_ids}",
        (database.keys(projects),),
    )
    for agent_id, project_id in memberships:
        projects[agent_id].add(project_id)
    groups = groups_of(database, projects)
    return [
        Agent(
            *(agent_id, login, name, phone, bool(kept_up)),
            projects=frozenset(projects[agent_id]),
            groups=groups.get(agent_id, frozenset()),
        )
        for agent_id, login, name, phone, kept_up in rows
    ]


def groups_of(database: Database, agent_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The groups of each agent who is in any."""
    found: dict[int, set[str]] = {}
    keys = database.keys(agent_ids)
    for agent_id, name in database.rows(
        "SELECT agent_id, name FROM agent_group WHERE agent_id {in_ids}", (keys,)
    ):
        found.setdefault(agent_id, set()).add(name)
    return {agent_id: frozenset(names) for agent_id, names in found.items()}


def record_agent_states(
    database: Database, commands: Sequence[RecordAgentState], node: str, to_wall: ToWall
) -> None:
    """Write each change to the journal, and the last one of each agent as his present state."""
    rows = [
        (c.agent_id, c.state, c.reason, to_wall(c.at), c.session_id, c.leg_id, c.campaign_id, node)
        for c in commands
    ]
    present = {row[0]: row for row in rows}
    with database.transaction():
        database.run_many(
            JOURNAL,
            [
                (at, state, why, who, campaign, node)
                for who, state, why, at, _, _, campaign, _ in rows
            ],
        )
        # By id, so that two nodes never wait for each other crosswise.
        database.run_many(SESSION, [present[who] for who in sorted(present)])
