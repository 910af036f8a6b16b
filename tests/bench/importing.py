"""A list from CSV into SQLite, against a bare executemany of the very same rows."""

from __future__ import annotations

import csv
import random
import sqlite3
import tempfile
import time
from pathlib import Path

from ccdialer.core.campaign import Campaign, CampaignSettings
from ccdialer.importing import import_tasks
from ccdialer.storage import campaigns
from ccdialer.storage.database import Database, connect
from ccdialer.storage.migrating import migrate
from tests.bench.rows import Goal, Row, middle

ROWS = 300_000
ROUNDS = 3

GOAL = Goal("import-sqlite", "rows imported from CSV against a bare executemany", "rows/s", 0.25)
READ_TASKS = """SELECT id, campaign_id, state, priority, due_at, attempts, details, reason,
    created_at, changed_at FROM task ORDER BY id"""
READ_NUMBERS = "SELECT task_id, position, campaign_id, e164, original, bad FROM task_number"
TASKS = """INSERT INTO task (id, campaign_id, state, priority, due_at, attempts, details, reason,
    created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
NUMBERS = """INSERT INTO task_number (task_id, position, campaign_id, e164, original, bad)
    VALUES (?, ?, ?, ?, ?, ?)"""


def importing() -> list[Row]:
    """Each round imports into a new database, and copies its rows into another by bare SQL."""
    ours, bare = [], []
    with tempfile.TemporaryDirectory(prefix="ccd-bench-import-") as name:
        folder = Path(name)
        listed = _write_list(folder / "list.csv")
        for turn in range(ROUNDS):
            site = folder / f"site{turn}.db"
            ours.append(ROWS / _import_s(site, listed))
            bare.append(ROWS / _bare_s(site, folder / f"bare{turn}.db"))
            site.unlink()
    return [GOAL.row(middle(ours), middle(bare))]


def _write_list(path: Path) -> Path:
    """As people send them: semicolons, a name, a city, numbers in the national spelling."""
    dice = random.Random(1)
    tails = dice.sample(range(10_000_000), ROWS)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Телефон", "ФИО", "Город"])
        for n, tail in enumerate(tails):
            digits = f"{9160000000 + tail}"
            shown = f"8 ({digits[:3]}) {digits[3:6]}-{digits[6:8]}-{digits[8:]}"
            writer.writerow([shown, f"Иванов Иван {n}", "Казань"])
    return path


def _fresh(path: Path) -> tuple[Database, Campaign]:
    database = connect(f"sqlite:///{path}")
    migrate(database)
    settings = CampaignSettings(dial="PJSIP/{digits}@carrier")
    return database, campaigns.upsert_campaign(database, "bench", "bench", settings, 0)


def _import_s(path: Path, listed: Path) -> float:
    database, campaign = _fresh(path)
    with database:
        begun = time.perf_counter()
        report = import_tasks(database, campaign, listed)
        took = time.perf_counter() - begun
    assert report.accepted == ROWS
    return took


def _bare_s(source: Path, path: Path) -> float:
    """The same rows in the same order into the same tables and indexes, one transaction."""
    _fresh(path)[0].close()
    with sqlite3.connect(source) as full:
        tasks, numbers = full.execute(READ_TASKS).fetchall(), full.execute(READ_NUMBERS).fetchall()
    numbers.sort()
    empty = sqlite3.connect(path)
    empty.execute("PRAGMA synchronous = NORMAL")
    empty.execute("PRAGMA cache_size = -65536")  # as much as ours
    begun = time.perf_counter()
    with empty:
        empty.executemany(TASKS, tasks)
        empty.executemany(NUMBERS, numbers)
    took = time.perf_counter() - begun
    full.close()
    empty.close()
    path.unlink()
    return took
