"""What `doctor` says of routes to Asterisk's own queues: whether queues.conf has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ccdialer import storage
from ccdialer.cli.asterisk_cli import asterisk_says
from ccdialer.cli.finding import Finding, fail, ok, warn
from ccdialer.cli.route_checks import ways
from ccdialer.config import Config
from ccdialer.core.routes import Routes
from ccdialer.core.routing import WAITED_FOR
from ccdialer.core.target import TargetKind
from ccdialer.errors import CcdialerError
from ccdialer.storage.routes import routes_in_force

WHAT = "app_queue"
_QUEUE = re.compile(r"^(\S+) +has \d+ calls", re.MULTILINE)
_FOREIGN = re.compile(r"[^A-Za-z0-9_.-]")
"""What the shipped dialplan filters out of a queue's name before it gives it to Queue()."""


def app_queue_checks(config: Config) -> Iterator[Finding]:
    """Of a site whose routes say `app_queue: true`; nothing of others."""
    try:
        with storage.open_database(config.database) as database:
            found = routes_in_force(database)
    except CcdialerError:
        return  # told already
    if found is not None and found.routes.app_queue:
        yield from queue_findings(queues_named(found.routes), asterisk_says("queue show"))


def queues_named(routes: Routes) -> dict[str, list[str]]:
    """Queues in which callers are to wait, as Queue() gets their names, each with the places of
    the file of rules that name it."""
    found: dict[str, list[str]] = {}
    for place, target, queue in ways(routes):
        if target.kind in WAITED_FOR:
            name = target.name if target.kind is TargetKind.QUEUE else queue
            places = found.setdefault(_FOREIGN.sub("", name.rpartition("/")[2]), [])
            places += [place] if place not in places else []
    return found


def queue_findings(named: dict[str, list[str]], told: str | None) -> Iterator[Finding]:
    """`told` is what `queue show` says; None: nobody can be asked."""
    if told is None:
        seen = f"whether Asterisk has {', '.join(named)} cannot be asked from here"
        if named:
            yield warn(WHAT, seen, "on Asterisk's machine: asterisk -rx 'queue show'")
        return
    known = set(_QUEUE.findall(told))
    missing = {name: places for name, places in named.items() if name not in known}
    for name, places in missing.items():
        seen = f'{places[0]}: Asterisk has no queue "{name}": its callers go to the fallback'
        yield fail(WHAT, seen, f"queues.conf: [{name}]; then: queue reload all; or mend the rules")
    if not missing:
        yield ok(WHAT, f"Asterisk has all {len(named)} queues of the routes")
