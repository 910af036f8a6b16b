"""Projects with what is set of them, kept as JSON."""

from __future__ import annotations

from ccdialer.core.project import Project, ProjectSettings
from ccdialer.errors import NotFound
from ccdialer.storage.campaigns import ensure_project
from ccdialer.storage.database import Database
from ccdialer.storage.settings import from_json, to_json

COLUMNS = "SELECT id, name, settings FROM project"


def all_projects(database: Database) -> list[Project]:
    """By name."""
    return [_project(*row) for row in database.rows(f"{COLUMNS} ORDER BY name")]


def find_project(database: Database, name: str) -> Project:
    """Raises NotFound."""
    row = database.row(f"{COLUMNS} WHERE name = ?", (name,))
    if row is None:
        raise NotFound(f'there is no project "{name}"; see: ccdialer project list')
    return _project(*row)


def set_project(database: Database, name: str, settings: ProjectSettings, now: int) -> Project:
    """Create the project, or change what is set of it. `now` is epoch ms."""
    with database.transaction():
        project_id = ensure_project(database, name, now)
        values = (to_json(settings), project_id)
        database.run("UPDATE project SET settings = ? WHERE id = ?", values)
    return Project(project_id, name, settings)


def _project(project_id: int, name: str, settings: str) -> Project:
    return Project(project_id, name, from_json(ProjectSettings, settings))
