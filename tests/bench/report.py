"""`report inbound` over a million calls, a quarter of which met nobody: seconds, and memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

from ccdialer.reports.inbound import inbound
from ccdialer.storage.database import POSTGRESQL, connect
from ccdialer.storage.inbound_statistics import By, InboundFilter
from tests.bench.calls import databases
from tests.bench.claim import fill_with_calls
from tests.bench.rows import Goal, Row

CALLS = 1_000_000
CLIENTS = CALLS // 4
ALLOWED_MIB = 256.0
BY = (By.QUEUE, By.HOUR, By.TARGET)

# Each client has called four times within a year, and was called back once, every second in vain.
# Of twenty calls fourteen are answered, five are owed a call, one goes elsewhere; a row is some
# 1.1 KB long, by the trace of its route.
BARE = (
    "SELECT fate, COUNT(*), SUM(ended_at - queued_at), MAX(joined_at) FROM inbound_call GROUP BY 1"
)
ONE_CORE = "SET max_parallel_workers_per_gather = 0"
ATTEMPTS = """{series} INSERT INTO attempt
    (id, task_id, campaign_id, number, node, opened_at, dialed_at, joined_at, ended_at,
        disposition, agent_id, counts, note)
    SELECT 'a' || n, n, {campaign}, '+7' || (9000000000 + n), 'bench', {now} + n, {now} + n,
        CASE n - n / 2 * 2 WHEN 0 THEN {now} + 5000 + n END, {now} + 90000 + n,
        'no_answer', CASE n - n / 2 * 2 WHEN 0 THEN {agent} END, {true}, '' FROM s"""
CALLS_IN = """{series} INSERT INTO inbound_call
    (id, node, leg_id, number, caller_name, did, project_id, ad_channel, client_id, client_name,
        stage, pipeline, card_status, target_kind, target, reason, trace, campaign_id, arrived_at,
        queued_at, joined_at, ended_at, agent_id, fate, fate_reason, task_id)
    SELECT 'c' || n, 'bench', '', '+7' || (9000000001 + n / 4), '', '+749512300' || (10 + kind),
        {project}, 'site', '', '', 'stage' || kind, '', 'ok', 'queue', 'q' || kind, 'rule',
        'TRACE', {campaign}, at, at,
        CASE WHEN kind > 5 THEN at + (n - n / 37 * 37) * 1000 END, at + 120000,
        CASE WHEN kind > 5 THEN {agent} END,
        CASE kind WHEN 0 THEN 'left' WHEN 1 THEN 'left' WHEN 2 THEN 'callback'
            WHEN 3 THEN 'sent_on' WHEN 4 THEN 'sent_on' WHEN 5 THEN 'lost' ELSE 'answered' END,
        CASE kind WHEN 4 THEN 'closed' ELSE '' END,
        CASE WHEN kind IN (0, 1, 2, 4, 5) THEN n / 4 + 1 END
    FROM (SELECT n, n - n / 20 * 20 AS kind, {now} - 31536000000 + CAST(n AS BIGINT) * 31000 AS at
        FROM s) AS calls""".replace("TRACE", "x" * 800)


def report() -> list[Row]:
    """For each kind of database; the baseline goes once through the same rows."""
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            url = make()
            with connect(url) as database:
                fill_with_calls(database, CLIENTS, {ATTEMPTS: CLIENTS, CALLS_IN: CALLS - 4})
            for by in BY:
                rows += _measured(name, url, by)
    return rows


def _measured(name: str, url: str, by: By) -> list[Row]:
    words = [sys.executable, "-m", "tests.bench.report", url, str(by)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    seconds, bare, mib = json.loads(told)
    what = f"report inbound --by {by} of {CALLS:,} calls, {name}"
    return [
        Goal(f"report-{name}-{by}", what, "s", at_most=20).row(seconds, bare),
        Goal(f"report-{name}-{by}-mib", f"{what}: memory", "MiB", at_most=1).row(mib, ALLOWED_MIB),
    ]


def _child(url: str, by: str) -> None:
    """In a process of its own, whose memory is the report's; prints its seconds, those of
    the bare statement, and MiB."""
    with connect(url) as database:
        if database.dialect == POSTGRESQL:
            database.run(ONE_CORE)
        begun = time.perf_counter()
        database.rows(BARE)
        went_through, held = time.perf_counter(), _peak_mib()
        list(inbound(database, InboundFilter(0, 2**60, By(by))).rows)
        seconds = time.perf_counter() - went_through
        print(json.dumps([seconds, went_through - begun, _peak_mib() - held]))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _child(*sys.argv[1:])
