"""Who talked last with a caller, and what of ours he may mean, among a million attempts."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from ccdialer.storage.database import Database, connect
from ccdialer.storage.holds import Candidate
from ccdialer.storage.on_the_line import check
from ccdialer.storage.talks import last_talk, news_of
from tests.bench.calls import databases
from tests.bench.claim import fill_with_calls
from tests.bench.rows import Goal, Row

CLIENTS, ATTEMPTS, CALLS_IN = 250_000, 1_000_000, 250_000
READS = 5000
BATCH, ROUNDS = 50, 500  # clients asked about at once, as when attempts are opened

# Each client has four attempts, the last of every second one a talk; and has called us once.
ATTEMPT_ROWS = """{series} INSERT INTO attempt
    (id, task_id, campaign_id, number, node, opened_at, dialed_at, joined_at, ended_at,
        disposition, agent_id, counts, note)
    SELECT 'a' || n, (n - 1) / 4 + 1, {campaign}, '+7' || (9000000001 + (n - 1) / 4), 'bench',
        {now} - 4000000 + n, {now} - 4000000 + n,
        CASE WHEN n - n / 8 * 8 = 0 THEN {now} - 3990000 + n END, {now} - 3000000 + n,
        'no_answer', CASE WHEN n - n / 8 * 8 = 0 THEN {agent} END, {true}, '' FROM s"""
CALL_ROWS = """{series} INSERT INTO inbound_call
    (id, node, leg_id, number, caller_name, did, project_id, ad_channel, client_id, client_name,
        stage, pipeline, card_status, target_kind, target, reason, trace, arrived_at, queued_at,
        joined_at, ended_at, agent_id, fate, fate_reason)
    SELECT 'c' || n, 'bench', '', '+7' || (9000000000 + n), '', '', {project}, '', '', '', '', '',
        '', '', '', '', '', {now} - 5000000 + n, {now} - 5000000 + n,
        CASE WHEN n - n / 3 * 3 = 0 THEN {now} - 4990000 + n END, {now} - 4900000 + n,
        CASE WHEN n - n / 3 * 3 = 0 THEN {agent} END, 'left', '' FROM s"""
BARE = "SELECT number, joined_at, agent_id FROM attempt WHERE id = ?"


def talks() -> list[Row]:
    """For each kind of database the 99th percentile of both reads, against that of a row by its
    key."""
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            with connect(make()) as database:
                rows += _measured(name, database)
    return rows


def _measured(name: str, database: Database) -> list[Row]:
    statements = {ATTEMPT_ROWS: ATTEMPTS, CALL_ROWS: CALLS_IN}
    project_id, campaign_id = fill_with_calls(database, CLIENTS, statements)
    now = time.time_ns() // 1_000_000
    dice = random.Random(1)
    numbers = [f"+7{9_000_000_000 + dice.randint(1, CLIENTS)}" for _ in range(READS)]
    keys = [f"a{dice.randint(1, ATTEMPTS)}" for _ in range(READS)]
    bare = _p99_ms(keys, lambda key: database.row(BARE, (key,)))
    talk = _p99_ms(numbers, lambda number: last_talk(database, number, project_id))
    news = _p99_ms(numbers, lambda number: news_of(database, number, project_id, now))
    line = _p99_ms(keys[:ROUNDS], lambda _: check(database, _some(dice, campaign_id, now)))
    what = f"among {ATTEMPTS:,} attempts and {CALLS_IN:,} calls in, p99, against a row by its key"
    return [
        Goal(f"talks-last-{name}", f"last talk {what}, {name}", "ms", at_most=10).row(talk, bare),
        Goal(f"talks-news-{name}", f"news {what}, {name}", "ms", at_most=10).row(news, bare),
        Goal(
            *(f"talks-line-{name}", f"are {BATCH} clients on the line, {what}, {name}", "ms"),
            at_most=BATCH,
        ).row(line, bare),
    ]


def _some(dice: random.Random, campaign_id: int, now: int) -> list[Candidate]:
    ids = dice.sample(range(1, CLIENTS), BATCH)
    return [Candidate(i, campaign_id, f"+7{9_000_000_000 + i}", now) for i in ids]


def _p99_ms(keys: Sequence[str], read: Callable[[str], object]) -> float:
    times = []
    for key in keys:
        begun = time.perf_counter()
        read(key)
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) * 99 // 100] * 1000
