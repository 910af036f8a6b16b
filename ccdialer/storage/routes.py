"""Routing rules in all their versions: the newest is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ccdialer.core.routes import Routes
from ccdialer.errors import NotFound
from ccdialer.storage.database import Database
from ccdialer.storage.settings import from_json, to_json

INSERT = """
    INSERT INTO route_version (text, routes, applied_at, applied_by, of_version)
    VALUES (?, ?, ?, ?, ?) RETURNING id"""

JOURNAL = """
    INSERT INTO journal (at, kind, state, reason, detail)
    VALUES (?, 'routes', 'applied', ?, '{}')"""

COLUMNS = "SELECT id, applied_at, applied_by, of_version, text, routes FROM route_version"
NEWEST = f"{COLUMNS} ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class RouteVersion:
    """A set of rules as it was applied."""

    id: int
    applied_at: int  # epoch ms
    applied_by: str
    of_version: int | None  # which one it is again
    text: str  # as people wrote it
    routes: Routes


@dataclass(frozen=True, slots=True)
class Applied:
    """A set of rules that is to hold."""

    text: str
    routes: Routes
    by: str
    of_version: int | None = None


def apply_routes(database: Database, applied: Applied, now: int) -> int:
    """Let these rules hold from the next call on; their version. `now` is epoch ms."""
    with database.transaction():
        values = (applied.text, to_json(applied.routes), now, applied.by, applied.of_version)
        (version,) = database.rows(INSERT, values)[0]
        database.run(JOURNAL, (now, f"version {version} by {applied.by}"))
    return int(version)


def routes_in_force(database: Database) -> RouteVersion | None:
    """The rules that hold now; None: none were ever applied."""
    return _version(database.row(NEWEST))


def routes_revision(database: Database) -> int:
    """Another number than before: rules have changed, and are to be read again."""
    row = database.row("SELECT COALESCE(MAX(id), 0) FROM route_version")
    return int(row[0]) if row else 0


def routes_of_version(database: Database, version: int) -> RouteVersion:
    """Raises NotFound."""
    found = _version(database.row(f"{COLUMNS} WHERE id = ?", (version,)))
    if found is None:
        raise NotFound(f"there is no version {version} of the routes; see: ccdialer route versions")
    return found


def route_versions(database: Database) -> list[RouteVersion]:
    """All of them, the newest first."""
    rows = database.rows(f"{COLUMNS} ORDER BY id DESC")
    return [found for row in rows if (found := _version(row)) is not None]


def _version(row: tuple[Any, ...] | None) -> RouteVersion | None:
    if row is None:
        return None
    version, at, by, of_version, text, routes = row
    return RouteVersion(version, at, by, of_version, text, from_json(Routes, routes))
