"""`make bench`: prints a table, writes bench.json, and fails if a goal is missed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    agi,
    agi_calls,
    agi_faults,
    calls,
    claim,
    clients,
    crm,
    crowd,
    decision,
    dnc,
    idle,
    importing,
    memory,
    outbox,
    projects,
    queue,
    recording,
    report,
    route,
    talks,
)
from tests.bench.rows import Row, table, write

BENCHES: dict[str, Callable[[], list[Row]]] = {
    "agi": agi.agi,
    "agi-calls": agi_calls.calls,
    "agi-faults": agi_faults.faults,
    "cycles": calls.cycles,
    "joins": calls.joins,
    "claim": claim.claim,
    "clients": clients.clients,
    "import": importing.importing,
    "crm": crm.crm,
    "crowd": crowd.crowd,
    "decision": decision.decision,
    "dnc": dnc.dnc,
    "idle": idle.idle,
    "memory": memory.memory,
    "outbox": outbox.outbox,
    "projects": projects.projects,
    "queue": queue.queue,
    "recording": recording.recording,
    "report": report.report,
    "route": route.decisions,
    "talks": talks.talks,
}


def main(names: list[str]) -> int:
    """Run the benches of these names, or all."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or BENCHES:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        rows += BENCHES[name]()
        write(rows, Path("bench.json"))
    print(table(rows))
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
