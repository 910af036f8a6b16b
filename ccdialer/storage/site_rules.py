"""The rules of the site, one row: calendar, calling hours, contact limits for every campaign."""

from __future__ import annotations

from functools import lru_cache

from ccdialer.core.limits import SiteRules
from ccdialer.storage.database import Database
from ccdialer.storage.holds import let_go
from ccdialer.storage.settings import from_json, to_json

ONLY_ID = 1

SAVE = """
    INSERT INTO site_rules (id, rules, changed_at) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET rules = excluded.rules, changed_at = excluded.changed_at"""

SHIPPED = to_json(SiteRules())


def site_rules(database: Database) -> SiteRules:
    """The rules that hold now; the shipped ones if none were applied."""
    return read_rules(rules_text(database))


def rules_text(database: Database) -> str:
    """The same as JSON."""
    row = database.row("SELECT rules FROM site_rules WHERE id = ?", (ONLY_ID,))
    return SHIPPED if row is None else str(row[0])


@lru_cache(maxsize=8)
def read_rules(text: str) -> SiteRules:
    """From their JSON: the same text is read for every batch."""
    return from_json(SiteRules, text)


def save_rules(database: Database, rules: SiteRules, now: int) -> int:
    """Let these rules hold from the next call on; how many tasks, held back by the old ones, are
    asked about again. `now` is epoch ms."""
    with database.transaction():
        database.run(SAVE, (ONLY_ID, to_json(rules), now))
        database.run(
            "INSERT INTO journal (at, kind, state, reason, detail)"
            " VALUES (?, 'rules', 'applied', ?, ?)",
            (now, rules.title, to_json(rules)),
        )
        return let_go(database)
