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
    cancel_campaign(db, campaign_id, now) -> int            its open tasks too
    find_campaign(db, name, project=None), campaign_by_id(db, id) -> Campaign
    ensure_project(db, name, now) -> id         list_projects(db) -> {id: name}
    to_json(settings), settings_from_json(text)
    upsert_agent(db, agent, projects, now) -> id
    list_agents(db), agent_by_login(db, login), agent_by_phone(db, phone), agent_by_id(db, id)

Rules of the site
    site_rules(db) -> SiteRules                 save_rules(db, rules, now) -> tasks let go
Trunks, money, the emergency stop
    upsert_trunk(db, trunk, now, connection="{}") -> id     enable_trunk(db, name, enabled, now)
    list_trunks(db), find_trunk(db, name)       with their price lists; trunks_revision(db) -> int
    trunk_names(db) -> {id: name}               trunk_connections(db) -> {name: connection}
    spent_by_trunk(db, now) -> {trunk id: {currency: Spent}}    of the day
    set_cap(db, Cap), drop_cap(db, Cap) -> bool, list_caps(db), spent_of(db, cap, now) -> Spent
    stop_all(db, reason, now), resume_all(db, now) -> bool, standstill_of(db) -> (since, reason)

Tasks
    insert_tasks(db, campaign_id, [TaskRow], now) -> [None | Duplicate]     a few thousand at a time
    claim_tasks, release_tasks(db, ids, node), cancel_tasks(db, ids, reason, now) -> [id]
    list_tasks(db, TaskFilter) -> [dict]        show_task(db, id), show_contact(db, id) -> dict
    count_tasks(db) -> {campaign_id: {TaskState: n}}

Callbacks
    add_callback(db, campaign_id, TaskRow, now) -> task id
    list_callbacks(db, CallbackFilter, ids=None) -> [dict]
    move_callbacks(db, rows, due_at, Pin, now) -> [id]      Pin(): released to anyone
    set_groups(db, agent_id, groups)            set_leave(db, agent_id, until)
    leaves(db) -> {agent_id: until}

Do-not-call lists, in storage.dnc
    put_on_list(db, DncList, [Listing], now) -> Listed      a few thousand at a time
    take_off_list(db, project_id, numbers, now) -> int      list_dnc(db, DncFilter) -> [dict]

Callers, in storage.inbound, storage.lost, storage.talks, storage.app_queue
    callers_of(db, node) -> [CallerFound]       at start
    callbacks_of(db, project_id, QueueSettings) -> Campaign | why there is none
    last_talk(db, number, project_id) -> LastTalk | None
    news_of(db, number, project_id, now) -> News
    lost_call(db, SiteCall, now) -> task id | None          talked(db, SiteCall, agent_id, at)

Reports
    list_attempts(db, AttemptFilter) -> [dict]  history_of_number(db, e164) -> [dict]
    campaign_totals(db, since, until) -> {id: CampaignTotals}
    agent_totals(db, since, until) -> {id: AgentTotals}
    list_recordings(db, RecordingFilter) -> [dict]
    list_paces(db, PaceFilter) -> [dict]        what carry_out was told by RecordPace

Recordings
    recordings_of(db, attempt_ids) -> {attempt_id: [dict]}
    known_files(db, node, names) -> {name: KnownFile}     mark_deleted(db, names, reason, now)
    unfinished(db, node, before, limit) -> [(name, format)]

Journal
    note(db, Entry)   read_journal(db, kind, after, limit) -> [dict]
"""

from ccdialer.storage.agents import (
    agent_by_id,
    agent_by_login,
    agent_by_phone,
    leaves,
    list_agents,
    set_groups,
    set_leave,
    upsert_agent,
)
from ccdialer.storage.callbacks import (
    CallbackFilter,
    Pin,
    add_callback,
    list_callbacks,
    move_callbacks,
)
from ccdialer.storage.campaigns import (
    campaign_by_id,
    cancel_campaign,
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
from ccdialer.storage.contacts import show_contact
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
from ccdialer.storage.recordings import (
    KnownFile,
    RecordingFilter,
    known_files,
    list_recordings,
    mark_deleted,
    recordings_of,
    unfinished,
)
from ccdialer.storage.recovery import open_attempts_of, sessions_of
from ccdialer.storage.settings import to_json
from ccdialer.storage.site_rules import save_rules, site_rules
from ccdialer.storage.spending import (
    Cap,
    Period,
    Scope,
    Spent,
    drop_cap,
    list_caps,
    set_cap,
    spent_by_trunk,
    spent_of,
)
from ccdialer.storage.standstill import resume_all, standstill_of, stop_all
from ccdialer.storage.statistics import (
    AgentTotals,
    CampaignTotals,
    agent_totals,
    campaign_totals,
)
from ccdialer.storage.tasks import cancel_tasks, claim_tasks, release_reserved, release_tasks
from ccdialer.storage.trunks import (
    enable_trunk,
    find_trunk,
    list_trunks,
    trunk_connections,
    trunk_names,
    trunks_revision,
    upsert_trunk,
)

__all__ = [
    "AgentTotals",
    "AttemptFilter",
    "CallbackFilter",
    "CampaignTotals",
    "Cap",
    "Database",
    "Duplicate",
    "Entry",
    "KnownFile",
    "NodeLock",
    "PaceFilter",
    "Period",
    "Pin",
    "RecordingFilter",
    "Scope",
    "Spent",
    "Status",
    "StorageBusy",
    "TaskFilter",
    "TaskRow",
    "add_callback",
    "agent_by_id",
    "agent_by_login",
    "agent_by_phone",
    "agent_totals",
    "backup",
    "campaign_by_id",
    "campaign_totals",
    "cancel_campaign",
    "cancel_tasks",
    "carry_out",
    "check",
    "claim_tasks",
    "connect",
    "count_tasks",
    "drop_cap",
    "enable_trunk",
    "ensure_project",
    "find_campaign",
    "find_trunk",
    "history_of",
    "history_of_number",
    "insert_tasks",
    "known_files",
    "leaves",
    "list_agents",
    "list_attempts",
    "list_callbacks",
    "list_campaigns",
    "list_caps",
    "list_paces",
    "list_projects",
    "list_recordings",
    "list_tasks",
    "list_trunks",
    "lock_node",
    "mark_deleted",
    "memory_of",
    "migrate",
    "move_callbacks",
    "note",
    "open_attempts_of",
    "open_database",
    "read_journal",
    "recordings_of",
    "release_reserved",
    "release_tasks",
    "resume_all",
    "save_rules",
    "sessions_of",
    "set_campaign_state",
    "set_cap",
    "set_groups",
    "set_leave",
    "settings_from_json",
    "show_contact",
    "show_task",
    "site_rules",
    "spent_by_trunk",
    "spent_of",
    "standstill_of",
    "status",
    "stop_all",
    "to_json",
    "trunk_connections",
    "trunk_names",
    "trunks_revision",
    "unfinished",
    "upsert_agent",
    "upsert_campaign",
    "upsert_trunk",
]
