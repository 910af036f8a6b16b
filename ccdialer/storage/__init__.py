"""The only room that says SELECT: what must outlive the process, on SQLite or PostgreSQL.

All functions are synchronous and take the Database first; call them on a thread of your own (one
that writes, a few that read). Instants are epoch **milliseconds**, except in the core's words,
which carry float seconds. Errors: StorageUnavailable says what to do; its kind StorageBusy means
"carry out the same batch again, unchanged" (locked by another writer for 5 s, or the server is
restarting); NotFound and Refused as everywhere.

Open
    connect(url) -> Database                    for `db migrate|status|backup`; close() at the end
    open_database(url) -> Database              the same, refusing a schema that is not this code's
    migrate(db) -> [name]   status(db) -> Status(applied, pending, unknown)   check(db)
    backup(db, path) -> path
    lock_node(db, node) -> NodeLock             .held(), .release(); context manager

The daemon's writing thread
    carry_out(db, commands, node, to_wall, now=None) -> [TasksReserved|AttemptOpened|AttemptRefused]

The daemon's start, after lock_node
    release_reserved(db, node) -> int
    open_attempts_of(db, node) -> [OpenAttemptFound]      sessions_of(db, node) -> [SessionFound]
    list_campaigns(db) -> [Campaign]            history_of(db, campaign_id, today, month) -> History
    memory_of(db, campaign_id) -> Memory | None

Campaigns, projects, agents
    upsert_campaign(db, project, name, settings, now) -> Campaign
    set_campaign_state(db, campaign_id, state, now) -> Campaign
    find_campaign(db, name, project=None), campaign_by_id(db, id) -> Campaign
    ensure_project(db, name, now) -> id         list_projects(db) -> {id: name}
    to_json(settings), settings_from_json(text)
    upsert_agent(db, agent, projects, now) -> id
    list_agents(db), agent_by_login(db, login), agent_by_phone(db, phone), agent_by_id(db, id)

Rules of the site
    site_rules(db) -> SiteRules                 save_rules(db, rules, now) -> tasks let go

Tasks
    insert_tasks(db, campaign_id, [TaskRow], now) -> [None | Duplicate]     a few thousand at a time
    claim_tasks, release_tasks(db, ids, node), cancel_tasks(db, ids, reason, now) -> [id]
    list_tasks(db, TaskFilter) -> [dict]        show_task(db, id) -> dict
    count_tasks(db) -> {campaign_id: {TaskState: n}}

Reports
    list_attempts(db, AttemptFilter) -> [dict]  history_of_number(db, e164) -> [dict]
    campaign_totals(db, since, until) -> {id: CampaignTotals}
    agent_totals(db, since, until) -> {id: AgentTotals}
    list_paces(db, PaceFilter) -> [dict]        what carry_out was told by RecordPace
    note(db, Entry)   read_journal(db, kind, after, limit) -> [dict]
"""

from ccdialer.storage.agents import (
    agent_by_id,
    agent_by_login,
    agent_by_phone,
    list_agents,
    upsert_agent,
)
from ccdialer.storage.campaigns import (
    campaign_by_id,
    ensure_project,
    find_campaign,
    history_of,
    list_campaigns,
    list_projects,
    set_campaign_state,
    settings_from_json,
    upsert_campaign,
)
from ccdialer.storage.carrying import carry_out
from ccdialer.storage.copying import backup
from ccdialer.storage.database import Database, StorageBusy, connect
from ccdialer.storage.insertion import Duplicate, TaskRow, insert_tasks
from ccdialer.storage.journal import Entry, note, read_journal
from ccdialer.storage.listing import (
    AttemptFilter,
    TaskFilter,
    count_tasks,
    history_of_number,
    list_attempts,
    list_tasks,
    show_task,
)
from ccdialer.storage.locks import NodeLock, lock_node
from ccdialer.storage.migrating import Status, check, migrate, open_database, status
from ccdialer.storage.pacing import PaceFilter, list_paces, memory_of
from ccdialer.storage.recovery import open_attempts_of, sessions_of
from ccdialer.storage.settings import to_json
from ccdialer.storage.site_rules import save_rules, site_rules
from ccdialer.storage.statistics import (
    AgentTotals,
    CampaignTotals,
    agent_totals,
    campaign_totals,
)
from ccdialer.storage.tasks import cancel_tasks, claim_tasks, release_reserved, release_tasks

__all__ = [
    "AgentTotals",
    "AttemptFilter",
    "CampaignTotals",
    "Database",
    "Duplicate",
    "Entry",
    "NodeLock",
    "PaceFilter",
    "Status",
    "StorageBusy",
    "TaskFilter",
    "TaskRow",
    "agent_by_id",
    "agent_by_login",
    "agent_by_phone",
    "agent_totals",
    "backup",
    "campaign_by_id",
    "campaign_totals",
    "cancel_tasks",
    "carry_out",
    "check",
    "claim_tasks",
    "connect",
    "count_tasks",
    "ensure_project",
    "find_campaign",
    "history_of",
    "history_of_number",
    "insert_tasks",
    "list_agents",
    "list_attempts",
    "list_campaigns",
    "list_paces",
    "list_projects",
    "list_tasks",
    "lock_node",
    "memory_of",
    "migrate",
    "note",
    "open_attempts_of",
    "open_database",
    "read_journal",
    "release_reserved",
    "release_tasks",
    "save_rules",
    "sessions_of",
    "set_campaign_state",
    "settings_from_json",
    "show_task",
    "site_rules",
    "status",
    "to_json",
    "upsert_agent",
    "upsert_campaign",
]
