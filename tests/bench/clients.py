"""A client base of a million: how long it takes to know a caller, and to take a file in."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from ccdialer.importing import ClientImport, import_clients
from ccdialer.importing.clients import BATCH_ROWS
from ccdialer.storage import ensure_project, migrate
from ccdialer.storage.cards import card_of
from ccdialer.storage.clients import INSERT, INSERT_NUMBER
from ccdialer.storage.database import POSTGRESQL, Database, connect
from ccdialer.storage.deals import INSERT as DEAL
from tests.bench.calls import databases
from tests.bench.claim import SERIES
from tests.bench.rows import Goal, Row, middle

CLIENTS = 1_000_000
BUDGET_MS = 400.0
"""What a caller's look-up may take in all, as shipped (SPEC C5)."""
ROUNDS = 9
ASKED = 2_000  # in each round
FILE_ROWS = 50_000

# Every client has two numbers, every third one an open and a closed deal.
FILL = (
    """{series} INSERT INTO client (id, project_id, kind, name, source_id, stage, pipeline, city,
        channel, fields, note, created_at, changed_at)
    SELECT n, 1, 'person', 'Client ' || n, 'A-' || n, 'new', '', 'Omsk', 'radio', '{{}}', '', 0, n
    FROM s""",
    """{series} INSERT INTO client_number (e164, project_id, client_id, position)
    SELECT '+7' || (9100000000 + n), 1, n, 0 FROM s""",
    """{series} INSERT INTO client_number (e164, project_id, client_id, position)
    SELECT '+7' || (9300000000 + n), 1, n, 1 FROM s""",
    """{series} INSERT INTO deal (client_id, project_id, title, pipeline, stage, currency,
        created_at, changed_at, closed_at)
    SELECT n, 1, 'Roof', '', 'offer', 'RUB', 0, n, CASE WHEN MOD(n, 2) = 0 THEN n END FROM s
    WHERE MOD(n, 3) = 0""",
    """{series} INSERT INTO deal (client_id, project_id, title, pipeline, stage, currency,
        created_at, changed_at)
    SELECT n, 1, 'Wall', '', 'paid', 'RUB', 0, n FROM s WHERE MOD(n, 3) = 0""",
)


def clients() -> list[Row]:
    """For each kind of database: p50 and p99 of a look-up among a million clients, against one of a
    bare row by its key among as many; and rows of a file a second, new and again."""
    rows = []
    with databases() as makers, tempfile.TemporaryDirectory(prefix="ccd-bench-") as folder:
        for name, make in makers.items():
            with connect(make()) as database:
                migrate(database)
                project_id = ensure_project(database, "bench", 0)
                _fill(database)
                rows += _looking_up(name, database, project_id)
                rows += _importing(name, database, project_id, Path(folder) / "clients.csv")
    return rows


def _fill(database: Database) -> None:
    for statement in FILL:
        series = SERIES[database.dialect].format(count=CLIENTS)
        database.run(statement.format(series=series))
    if database.dialect == POSTGRESQL:
        database.row("SELECT setval(pg_get_serial_sequence('client', 'id'), ?)", (CLIENTS,))
    database.run("ANALYZE")


def _looking_up(name: str, database: Database, project_id: int) -> list[Row]:
    """Medians over rounds: whoever is put off by another process waits longer than any look-up."""
    dice = random.Random(1)
    rounds = [_round(database, project_id, dice) for _ in range(ROUNDS)]
    p50, bare = (middle([_part(each[n], 0.5) for each in rounds]) * 1000 for n in (0, 1))
    p99 = middle([_part(each[0], 0.99) for each in rounds]) * 1000
    what = f"card of a number among {CLIENTS:,} clients"
    often = Goal(f"card-p50-{name}", f"{what}, p50, against a bare row, {name}", "ms", at_most=8)
    worst = Goal(f"card-p99-{name}", f"{what}, p99, against its budget, {name}", "ms", at_most=0.05)
    return [often.row(p50, bare), worst.row(p99, BUDGET_MS)]


def _round(
    database: Database, project_id: int, dice: random.Random
) -> tuple[list[float], list[float]]:
    cards, bare = [], []
    for n in [dice.randrange(1, CLIENTS) for _ in range(ASKED)]:
        begun = time.perf_counter()
        card = card_of(database, f"+7{9_300_000_000 + n}", project_id)
        cards.append(time.perf_counter() - begun)
        assert card is not None
        assert card.client_id == str(n)
        begun = time.perf_counter()
        database.row("SELECT name FROM client WHERE id = ?", (n,))
        bare.append(time.perf_counter() - begun)
    return cards, bare


def _part(times: list[float], part: float) -> float:
    return sorted(times)[int(part * (len(times) - 1))]


def _importing(name: str, database: Database, project_id: int, path: Path) -> list[Row]:
    lines = (f"8950{n:07};N-{n};Client {n};new;D-{n};offer" for n in range(FILE_ROWS))
    path.write_text("phone;id;name;stage;deal_id;deal_stage\n" + "\n".join(lines))
    rates = []
    for _ in range(2):
        begun = time.perf_counter()
        report = import_clients(database, path, ClientImport(project_id))
        rates.append(FILE_ROWS / (time.perf_counter() - begun))
        assert report.rows.rows == FILE_ROWS
    assert (report.created, report.changed) == (0, 0)
    bare = _bare_rate(database)
    return [
        Goal(
            f"clients-{what}-{name}",
            f"rows of a file with clients and deals, {words}, against bare inserts, {name}",
            "1/s",
            at_least=0.05,
        ).row(rate, bare)
        for what, words, rate in zip(("new", "again"), ("new", "known"), rates, strict=True)
    ]


def _bare_rate(database: Database) -> float:
    """The same rows a second by the bare statements, in batches as large, nothing read or asked."""
    first = CLIENTS + FILE_ROWS + 1_000_000
    ids = range(first, first + FILE_ROWS)
    texts = ("new", "", None, "", "", "", "{}", 0, 0)
    rows = (
        (INSERT, [(n, 1, "person", f"Client {n}", f"B-{n}", *texts) for n in ids]),
        (INSERT_NUMBER, [(n, f"+7999{n:08}", None, 1, 0) for n in ids]),
        (DEAL, [(n, n, 1, f"B-{n}", "", "", "offer", None, None, "", None, 0, 0) for n in ids]),
    )
    begun = time.perf_counter()
    for start in range(0, FILE_ROWS, BATCH_ROWS):
        with database.transaction():
            for statement, of_table in rows:
                database.run_many(statement, of_table[start : start + BATCH_ROWS])
    return FILE_ROWS / (time.perf_counter() - begun)
