"""Trunks and their price lists: stored as applied, disabled when taken out, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ccdialer.core.trunk import NoRoute, Rate, Trunk, TrunkSettings
from ccdialer.errors import NotFound
from ccdialer.storage.database import Database
from ccdialer.storage.holds import Candidate, Hold, let_go_of
from ccdialer.storage.settings import from_json, to_json

RULE = "trunk"
"""Key of the rule by which a task waits for a trunk that has a price for it."""

COLUMNS = "SELECT id, name, enabled, settings FROM trunk"

UPSERT = """
    INSERT INTO trunk (name, enabled, settings, connection, revision, created_at, changed_at)
    VALUES (?, ?, ?, ?, 1, ?, ?)
    ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled, settings = excluded.settings,
        connection = excluded.connection, revision = trunk.revision + 1,
        changed_at = excluded.changed_at
    RETURNING id"""

ENABLE = """
    UPDATE trunk SET enabled = ?, revision = revision + 1, changed_at = ?
    WHERE name = ? RETURNING id"""

RATE_COLUMNS = "prefix, price, currency, fee, first_s, next_s, is_literal, destination"

INSERT_RATE = f"""
    INSERT INTO trunk_rate (trunk_id, {RATE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def upsert_trunk(database: Database, trunk: Trunk, now: int, connection: str = "{}") -> int:
    """Create or change the trunk of this name, with exactly these prices; its id.

    `trunk.id` is not looked at. `connection` is kept for whoever renders Asterisk's configuration,
    and must hold no password. `now` is epoch ms.
    """
    with database.transaction():
        values = (trunk.name, trunk.enabled, to_json(trunk.settings), connection, now, now)
        (trunk_id,) = database.rows(UPSERT, values)[0]
        database.run("DELETE FROM trunk_rate WHERE trunk_id = ?", (trunk_id,))
        rates = [_rate_row(trunk_id, rate) for rate in trunk.rates.values()]
        database.run_many(INSERT_RATE, rates)
        let_go_of(database, [RULE])
        _note(database, trunk.name, "applied", now)
    return int(trunk_id)


def _rate_row(trunk_id: int, rate: Rate) -> tuple[object, ...]:
    return (
        *(trunk_id, rate.prefix, rate.price, rate.currency, rate.fee, rate.first_s, rate.next_s),
        *(rate.is_literal, rate.destination),
    )


def enable_trunk(database: Database, name: str, enabled: bool, now: int) -> None:
    """Let calls go over it, or over others only. Raises NotFound."""
    with database.transaction():
        if not database.rows(ENABLE, (enabled, now, name)):
            raise NotFound(f'there is no trunk "{name}"; see: ccdialer trunk list')
        let_go_of(database, [RULE])
        _note(database, name, "enabled" if enabled else "disabled", now)


def _note(database: Database, name: str, state: str, now: int) -> None:
    database.run(
        "INSERT INTO journal (at, kind, state, reason, detail) VALUES (?, 'trunk', ?, ?, '{}')",
        (now, state, name),
    )


def list_trunks(database: Database) -> list[Trunk]:
    """All trunks by name, each with its price list; the disabled ones too."""
    return _trunks(database, database.rows(f"{COLUMNS} ORDER BY name"))


def find_trunk(database: Database, name: str) -> Trunk:
    """Raises NotFound."""
    found = _trunks(database, database.rows(f"{COLUMNS} WHERE name = ?", (name,)))
    if not found:
        raise NotFound(f'there is no trunk "{name}"; see: ccdialer trunk list')
    return found[0]


def trunk_names(database: Database) -> dict[int, str]:
    """Names of all trunks by id."""
    return dict(database.rows("SELECT id, name FROM trunk"))


def trunk_connections(database: Database) -> dict[str, str]:
    """What `upsert_trunk` was given as `connection`, by the trunk's name."""
    return dict(database.rows("SELECT name, connection FROM trunk"))


def trunks_revision(database: Database) -> int:
    """Another number than before: trunks or prices have changed, and are to be read again."""
    row = database.row("SELECT COALESCE(SUM(revision), 0) FROM trunk")
    return int(row[0]) if row else 0


def check(database: Database, candidates: Sequence[Candidate]) -> Mapping[int, Hold]:
    """No trunk, no call: the core has chosen, and says why there is none (SPEC A9)."""
    return {
        c.task_id: Hold(RULE, c.route.reason, c.at + round(c.route.wait_s * 1000), ends_by=0)
        for c in candidates
        if isinstance(c.route, NoRoute)
    }


def _trunks(database: Database, rows: Sequence[tuple[Any, ...]]) -> list[Trunk]:
    rates = _rates(database, [row[0] for row in rows])
    return [
        Trunk(
            id=trunk_id,
            name=name,
            settings=from_json(TrunkSettings, settings, endpoint=name),
            rates=MappingProxyType(rates[trunk_id]),
            enabled=bool(enabled),
        )
        for trunk_id, name, enabled, settings in rows
    ]


def _rates(database: Database, trunk_ids: Iterable[int]) -> dict[int, dict[str, Rate]]:
    found: dict[int, dict[str, Rate]] = {trunk_id: {} for trunk_id in trunk_ids}
    rows = database.rows(
        f"SELECT trunk_id, {RATE_COLUMNS} FROM trunk_rate WHERE trunk_id {{in_ids}}",
        (database.keys(found),),
    )
    for trunk_id, prefix, price, currency, fee, first_s, next_s, is_literal, destination in rows:
        found[trunk_id][prefix] = Rate(
            *(prefix, price, currency, fee, first_s, next_s), bool(is_literal), destination
        )
    return found
