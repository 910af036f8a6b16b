"""The rules of the site are one row: shipped ones until others were applied."""

from __future__ import annotations

import json

from ccdialer import storage
from ccdialer.core.limits import Counts, SiteRules
from ccdialer.storage import Database
from ccdialer.storage.settings import from_json
from ccdialer.storage.site_rules import read_rules, rules_text
from tests.storage.samples import NOW

RULES = SiteRules(title="ours", per_day=1, counts=Counts.TALKS, more_holidays=("2026-12-31",))


def test_shipped_until_others_are_applied(db: Database) -> None:
    assert storage.site_rules(db) == SiteRules()
    storage.save_rules(db, RULES, NOW)
    assert storage.site_rules(db) == RULES
    storage.save_rules(db, SiteRules(), NOW)
    assert storage.site_rules(db) == SiteRules()


def test_what_held_when_is_in_the_journal(db: Database) -> None:
    storage.save_rules(db, RULES, NOW)
    (entry,) = storage.read_journal(db, "rules", 0, 10)
    assert (entry["at"], entry["reason"]) == (NOW, "ours")
    assert from_json(SiteRules, json.dumps(entry["detail"])) == RULES == read_rules(rules_text(db))
