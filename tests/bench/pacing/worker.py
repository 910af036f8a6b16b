"""A process that lives days: a job per line of standard input, its figures per line of output."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from tests.bench.pacing.days import Job, live


def main() -> None:
    for line in sys.stdin:
        lived = live(Job(**json.loads(line)))
        print(json.dumps(asdict(lived)), flush=True)


if __name__ == "__main__":
    main()
