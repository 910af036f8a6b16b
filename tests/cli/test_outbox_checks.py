"""`doctor` says who takes nothing, and what a person must decide."""

from __future__ import annotations

from pathlib import Path

from ccdialer import storage
from ccdialer.cli.finding import Level
from ccdialer.cli.outbox_checks import LATE_S, backlog, outbox_checks
from ccdialer.config import load
from ccdialer.storage.outbox import Promise, promise
from ccdialer.storage.outbox_listing import Backlog
from tests.cli.prompt import Prompt
from tests.cli.test_outbox import MISSED, NOW
from tests.crm.fakes.subscriber import SECRET


def test_levels() -> None:
    fresh = backlog(Backlog("crm", 2, 1, 0, NOW), NOW + 1000)
    assert (fresh.level, fresh.seen) == (Level.OK, "crm: 3 to be delivered, 0 parked")
    late = backlog(Backlog("crm", 1, 0, 0, NOW), NOW + round(LATE_S * 1000) + 1)
    assert (late.level, "the oldest for 10" in late.seen) == (Level.WARN, True)
    parked = backlog(Backlog("crm", 0, 0, 4, None), NOW)
    assert (parked.level, "--state parked" in parked.remedy) == (Level.WARN, True)


def test_each_connector_has_a_line(prompt: Prompt, tmp_path: Path) -> None:
    hook = f"{{kind: webhook, url: 'https://erp.example.net/c', secret: {SECRET}}}"
    path = tmp_path / "told.yaml"
    path.write_text(f"database: {prompt.url}\ncrm:\n  connectors:\n    - {hook}\n")
    with storage.open_database(prompt.url) as db:
        promise(db, [Promise("gone", "gone/missed/a", "a", MISSED, NOW)])
    found = list(outbox_checks(load(path, {})))
    assert [(each.level, each.seen.partition(":")[0]) for each in found] == [
        (Level.OK, "webhook"),
        (Level.WARN, "gone"),
    ]
    assert "outbox drop --connector gone" in found[1].remedy
