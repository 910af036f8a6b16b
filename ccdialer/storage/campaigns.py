"""Projects and campaigns: created on demand, changed by name, their settings kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ccdialer.core.campaign import (
    Campaign,
    CampaignSettings,
    CampaignState,
    History,
    Mode,
    Tally,
)
from ccdialer.errors import NotFound, Refused
from ccdialer.storage.database import Database
from ccdialer.storage.holds import let_go
from ccdialer.storage.settings import from_json, to_json

COLUMNS = """
    SELECT campaign.id, project_id, campaign.name, state, campaign.settings FROM campaign
    JOIN project ON project.id = project_id"""

SETTINGS_OF = "SELECT settings FROM campaign WHERE project_id = ? AND name = ?"

UPSERT = """
    INSERT INTO campaign (project_id, name, state, settings, created_at, changed_at)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (project_id, name) DO UPDATE SET
        settings = excluded.settings, changed_at = excluded.changed_at
    RETURNING id"""

MOVE = "UPDATE campaign SET state = ?, changed_at = ? WHERE id = ? AND state = ?"

ALL_SETTLED = """
    SELECT id FROM campaign
    WHERE id {in_ids} AND state = 'active'
        AND EXISTS (SELECT 1 FROM task WHERE campaign_id = campaign.id AND state <> 'waiting')
        AND NOT EXISTS (SELECT 1 FROM task WHERE campaign_id = campaign.id AND state = 'waiting')
        AND NOT EXISTS (SELECT 1 FROM task WHERE campaign_id = campaign.id
            AND state IN ('reserved', 'active'))
    ORDER BY id"""

WITHDRAW = """
    UPDATE task SET state = 'cancelled', reason = 'its campaign was cancelled', changed_at = ?
    WHERE campaign_id = ? AND state IN ('waiting', 'reserved', 'active')"""

# The last condition is that of the index attempt_answer, word for word.
HISTORY = """
    SELECT COUNT(*) FILTER (WHERE opened_at >= ?),
        COUNT(*) FILTER (WHERE opened_at >= ? AND disposition = 'abandoned'),
        COUNT(*), COUNT(*) FILTER (WHERE disposition = 'abandoned')
    FROM attempt WHERE campaign_id = ? AND opened_at >= ?
        AND disposition IN ('abandoned', 'talked')"""


def ensure_project(database: Database, name: str, now: int) -> int:
    """The id of the project of this name, made if missing. `now` is epoch ms."""
    with database.transaction():
        database.run(
            "INSERT INTO project (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (name, now),
        )
        (project_id,) = database.rows("SELECT id FROM project WHERE name = ?", (name,))[0]
    return int(project_id)


def list_projects(database: Database) -> dict[int, str]:
    """Names of all projects by id."""
    return {i: name for i, name in database.rows("SELECT id, name FROM project ORDER BY name")}


def upsert_campaign(
    database: Database, project: str, name: str, settings: CampaignSettings, now: int
) -> Campaign:
    """Create the campaign as a draft, or change its settings and leave its state. Its tasks that a
    rule held back are asked about again."""
    with database.transaction():
        project_id = ensure_project(database, project, now)
        before = database.row(SETTINGS_OF, (project_id, name))
        values = (project_id, name, CampaignState.DRAFT, to_json(settings), now, now)
        (campaign_id,) = database.rows(UPSERT, values)[0]
        _note(database, campaign_id, "applied", now)
        if before is not None and before[0] != to_json(settings):
            let_go(database, campaign_id)
    return campaign_by_id(database, campaign_id)


def set_campaign_state(
    database: Database, campaign_id: int, state: CampaignState, now: int
) -> Campaign:
    """Start, pause or stop; raises NotFound."""
    with database.transaction():
        found = database.run(
            "UPDATE campaign SET state = ?, changed_at = ? WHERE id = ?", (state, now, campaign_id)
        )
        if found:
            _note(database, campaign_id, state, now)
    return campaign_by_id(database, campaign_id)


def reopen(database: Database, campaign_id: int, now: int) -> bool:
    """An assignment that was done has an open contact again; False: it was not done."""
    with database.transaction():
        found = database.run(MOVE, (CampaignState.ACTIVE, now, campaign_id, CampaignState.DONE))
        if found:
            _note(database, campaign_id, "reopened", now)
    return bool(found)


def settle_campaigns(database: Database, campaign_ids: Iterable[int], now: int) -> list[int]:
    """Declare done those of these assignments that work and have contacts, all of them settled
    (SPEC B2); their ids."""
    done = []
    with database.transaction():
        for (campaign_id,) in database.rows(ALL_SETTLED, (database.keys(campaign_ids),)):
            states = (CampaignState.DONE, now, campaign_id, CampaignState.ACTIVE)
            if database.run(MOVE, states):
                _note(database, campaign_id, CampaignState.DONE, now)
                done.append(int(campaign_id))
    return done


def cancel_campaign(database: Database, campaign_id: int, now: int) -> int:
    """Withdraw a campaign and its open tasks; how many those were. Live calls go on."""
    with database.transaction():
        set_campaign_state(database, campaign_id, CampaignState.CANCELLED, now)
        return database.run(WITHDRAW, (now, campaign_id))


def _note(database: Database, campaign_id: int, state: str, now: int) -> None:
    database.run(
        "INSERT INTO journal (at, kind, state, reason, campaign_id, detail)"
        " VALUES (?, 'campaign', ?, '', ?, '{}')",
        (now, state, campaign_id),
    )


def list_campaigns(database: Database) -> list[Campaign]:
    """All campaigns, by project and name."""
    rows = database.rows(f"{COLUMNS} ORDER BY project.name, campaign.name")
    return [_campaign(row) for row in rows]


def list_campaigns_of(database: Database, project_id: int, settings: str) -> list[Campaign]:
    """A project's campaigns whose settings are LIKE these, by name."""
    where = "WHERE project_id = ? AND campaign.settings LIKE ? ORDER BY campaign.name"
    rows = database.rows(f"{COLUMNS} {where}", (project_id, settings))
    return [_campaign(row) for row in rows]


def mode_words(mode: Mode) -> str:
    """What the settings of campaigns in this mode have in them, as storage/settings.py writes
    them."""
    return f'"mode": "{mode}"'


def campaign_by_id(database: Database, campaign_id: int) -> Campaign:
    """Raises NotFound."""
    row = database.row(f"{COLUMNS} WHERE campaign.id = ?", (campaign_id,))
    if row is None:
        raise NotFound(f"there is no campaign number {campaign_id}; see: ccdialer campaign list")
    return _campaign(row)


def find_campaign(database: Database, name: str, project: str | None = None) -> Campaign:
    """The campaign of this name, or `project/name`. Raises NotFound, or Refused if several projects
    have one."""
    rows = _named(database, name, project)
    if not rows and project is None and "/" in name:
        of, _, rest = name.partition("/")
        rows = _named(database, rest, of)
    if not rows:
        inside = f' in project "{project}"' if project is not None else ""
        raise NotFound(f'there is no campaign "{name}"{inside}; see: ccdialer campaign list')
    if len(rows) > 1:
        names = list_projects(database)
        which = " or ".join(f'"{names[row[1]]}/{name}"' for row in rows)
        raise Refused(
            f'{len(rows)} projects have a campaign "{name}"; name the project too: {which}'
        )
    return _campaign(rows[0])


def _named(database: Database, name: str, project: str | None) -> list[tuple[Any, ...]]:
    rows = database.rows(f"{COLUMNS} WHERE campaign.name = ?", (name,))
    if project is None:
        return rows
    names = list_projects(database)
    return [row for row in rows if names[row[1]] == project]


def _campaign(row: tuple[Any, ...]) -> Campaign:
    campaign_id, project_id, name, state, settings = row
    return Campaign(
        campaign_id, project_id, name, CampaignState(state), settings_from_json(settings)
    )


def settings_from_json(text: str) -> CampaignSettings:
    """Pauses that are not stored are the shipped ones."""
    settings = from_json(CampaignSettings, text, dial="")
    shipped = CampaignSettings(dial="").retry_after_s
    return replace(settings, retry_after_s=shipped | settings.retry_after_s)


def history_of(database: Database, campaign_id: int, today: int, month: int) -> History:
    """The campaign's live answers among the attempts opened since `today` began, and since the
    30 days began (epoch ms)."""
    row = database.row(HISTORY, (today, today, campaign_id, month))
    assert row is not None
    return History(day=Tally(*row[:2]), month=Tally(*row[2:]))
