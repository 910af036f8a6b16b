"""What `doctor` looks at on this machine: configuration, database, disk, daemon."""

from __future__ import annotations

import shutil
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ccdialer import config, storage
from ccdialer.cli.finding import Finding, fail, ok, warn
from ccdialer.cli.importing import NAME_THE_ZONE, zones_told
from ccdialer.cli.site import Site, now_ms
from ccdialer.cli.trunk_keeping import Stored
from ccdialer.config import Config, Numbers, Speech
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignState, Mode
from ccdialer.core.numbering import examples
from ccdialer.core.queue_names import Place, full_name, queue_meant
from ccdialer.core.target import TargetKind, target_of
from ccdialer.core.trunk import Trunk, rate_of
from ccdialer.core.ways import NO_TRUNK
from ccdialer.crm_reading import SECRET_FILES
from ccdialer.errors import CcdialerError, ConfigError
from ccdialer.reports import words
from ccdialer.runtime.speech import speak, text_of
from ccdialer.storage import Database
from ccdialer.storage.coverage import unpriced, zoneless
from ccdialer.storage.lost import callbacks_of

LEAST_FREE, SCARCE_FREE = 200e6, 2e9  # bytes
MIGRATE = "ccdialer db migrate"


@dataclass(frozen=True, slots=True)
class Wants:
    """What this site asks of Asterisk."""

    agents: tuple[Agent, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    trunks: tuple[Stored, ...] = ()


def configuration(site: Site) -> tuple[Config | None, list[Finding]]:
    """config.yaml, if it can be used, and what there is to say of it."""
    try:
        path = site.path
        found = config.load(path)
    except ConfigError as error:
        return None, [
            fail("config", fault, "mend it; see docs/config.md") for fault in error.faults
        ]
    findings = [ok("config", f"{path}: no faults")]
    if holds_secret(found) and path.stat().st_mode & stat.S_IROTH:
        findings.append(
            warn(
                "config", f"{path} holds a password and everybody may read it", f"chmod o-r {path}"
            )
        )
    return found, findings


SECRETS = ("headers", *(key for key in SECRET_FILES.values() if key != "database"))
"""Of a connector; each may stand in a file of its own, but for the headers. Of the address of a
database only the password is one."""


def holds_secret(found: Config) -> bool:
    """Whether a password or the like stands in config.yaml itself."""
    connectors = [
        getattr(each, key, "") and not getattr(each, f"{key}_file", "")
        for each in found.crm.connectors
        for key in SECRETS
    ]
    databases = [found.database] + [
        getattr(each, "database", "")
        for each in found.crm.connectors
        if not getattr(each, "database_secret_file", "")
    ]
    return bool(
        any(connectors)
        or any(urlsplit(each).password for each in databases)
        or (found.ari.password and not found.ari.password_file)
        or (found.agi.secret and not found.agi.secret_file)
    )


def database_checks(url: str) -> Iterator[Finding]:
    """It opens, has this version's schema, takes writes, and has room."""
    try:
        with storage.connect(url) as database:
            yield ok("database", f"{database.shown} opens")
            yield _schema(database)
            yield _writable(database)
            if database.path is not None:
                yield disk(database.path.parent)
    except CcdialerError as error:
        yield fail(
            "database", str(error), "set `database` in config.yaml right, or start its server"
        )


def speech(settings: Speech, campaigns: Iterable[Campaign]) -> Iterator[Finding]:
    """Whether the texts that campaigns announce can be spoken; what is missing is made."""
    for campaign in campaigns:
        if text := text_of(campaign):
            what = f'campaign "{campaign.name}" says "{text}"'
            try:
                path = speak(settings, text)
            except CcdialerError as error:
                remedy = "mend `speech` in config.yaml; until then agents hear no announcement"
                yield warn("speech", f"{what}: {error}", remedy)
            else:
                yield ok("speech", f"{what}: {path}")


def _schema(database: Database) -> Finding:
    try:
        storage.check(database)
    except CcdialerError as error:
        return fail("schema", str(error), MIGRATE)
    return ok("schema", "up to date")


def _writable(database: Database) -> Finding:
    """Take the lock of a writer, and touch no row."""
    if storage.status(database).pending:
        return warn("writing", "not tried: the schema is not there", MIGRATE)
    try:
        storage.cancel_tasks(database, [], "", now_ms())
    except Exception as error:  # whatever the engine says of rights and locks
        told = str(error).splitlines()[0]
        return fail("writing", told, "give the account of the daemon the right to write")
    return ok("writing", "works")


def list_checks(found: Config) -> Iterator[Finding]:
    """Whether numbers of the home country have a price, if there are trunks; of active campaigns,
    whether clients' zones are known, and whether every number has a price where trunks carry it."""
    try:
        with storage.open_database(found.database) as database:
            trunks = [trunk for trunk in storage.list_trunks(database) if trunk.enabled]
            yield from home_prices(trunks, found.numbers)
            campaigns, names = storage.list_campaigns(database), storage.list_projects(database)
            places = {
                each.id: (names[each.project_id], each.name)
                for each in campaigns
                if each.settings.mode is Mode.INBOUND
            }
            for campaign in campaigns:
                if campaign.state is CampaignState.ACTIVE:
                    yield from lost_calls(database, campaign, places)
                    yield from overflow(campaign, places)
                if is_dialing(campaign):
                    yield from _zones(campaign.name, zoneless(database, campaign, time.time()))
                    if not campaign.settings.dial:
                        yield way(database, campaign, trunks)
    except CcdialerError:
        return  # told already


def is_dialing(campaign: Campaign) -> bool:
    """Whether it is at work, and calls people."""
    return campaign.state is CampaignState.ACTIVE and campaign.settings.mode is not Mode.INBOUND


def lost_calls(
    database: Database, campaign: Campaign, places: Mapping[int, Place]
) -> Iterator[Finding]:
    """Of a queue: whether those who leave it are called back; `places` of all queues, by id."""
    if campaign.id not in places:
        return
    to = callbacks_of(database, campaign.project_id, campaign.settings.queue)
    told = f"{full_name(places[campaign.id], places.values())}: lost callers"
    if isinstance(to, str):
        yield warn("callbacks", f"{told} are not called back", to)
    elif to.state is not CampaignState.ACTIVE:
        seen = f"{told} go to campaign {to.name}, which is {to.state}"
        yield warn("callbacks", seen, f"ccdialer campaign start {to.name}")
    else:
        yield ok("callbacks", f"{told} are called back by campaign {to.name}")


def way(database: Database, campaign: Campaign, trunks: Sequence[Trunk]) -> Finding:
    """How a campaign without a dial string reaches anybody: by the prices of trunks, if any."""
    if not trunks:
        return fail("trunks", f"{campaign.name}: nobody can be called: {NO_TRUNK}", GIVE_A_WAY)
    return prices(campaign.name, unpriced(database, campaign.id))


GIVE_A_WAY = "write `dial:` into its file, such as PJSIP/{digits}@trunk; or: ccdialer trunk apply"


def overflow(campaign: Campaign, places: Mapping[int, Place]) -> Iterator[Finding]:
    """Of a queue: whether the queue that takes its callers over is there; `places` of all queues,
    by id."""
    target = target_of(campaign.settings.queue.overflow)
    if campaign.id not in places or target is None or target.kind is not TargetKind.QUEUE:
        return
    if queue_meant(target.name, places[campaign.id][0], places.values()) is None:
        seen = f'{campaign.name}: its overflow is queue "{target.name}", and there is none'
        yield warn("queues", seen, "name another in its campaign file; see: ccdialer queue list")


def _zones(campaign: str, counts: tuple[int, int]) -> Iterator[Finding]:
    if counts[0]:
        yield warn("hours", f"{campaign}: {zones_told(counts)}", NAME_THE_ZONE)


def home_prices(trunks: Sequence[Trunk], numbers: Numbers) -> Iterator[Finding]:
    """Of the kinds of numbers that may be imported, by an example of each."""
    if not trunks:
        return
    known = examples(numbers.region, frozenset(numbers.types))
    missing = [
        f"{kind} ({number})"
        for kind, number in known.items()
        if not any(rate_of(trunk, number) for trunk in trunks)
    ]
    if missing:
        seen = f"no trunk has one for numbers of {numbers.region}: {', '.join(missing)}"
        yield warn("prices", seen, PRICE_THEM)
    else:
        yield ok("prices", f"numbers of {numbers.region} have one")


def prices(campaign: str, missing: list[tuple[str, int]]) -> Finding:
    """The same of one campaign, by what has none."""
    if not missing:
        return ok("prices", f"{campaign}: every number that waits has one")
    told = ", ".join(f"{count} beginning with {start}" for start, count in missing)
    return fail("prices", f"{campaign}: no trunk has one for numbers: {told}", PRICE_THEM)


PRICE_THEM = "add their prefix to `prices` or the price_file of a trunk, and: ccdialer trunk apply"


def disk(folder: Path) -> Finding:
    """Room for the database to grow."""
    free = shutil.disk_usage(folder).free
    seen = f"{free / 1e9:.1f} GB free in {folder}"
    if free < LEAST_FREE:
        return fail("disk", seen, "make room: a full disk stops the dialing")
    return warn("disk", seen, "make room soon") if free < SCARCE_FREE else ok("disk", seen)


def daemon(site: Site) -> Finding:
    """Whether it runs, and what it says of Asterisk and of storage."""
    try:
        found = site.ask("status", timeout_s=5.0)["daemon"]
    except CcdialerError as error:
        return warn("daemon", str(error), "systemctl start ccdialer")
    seen = f"node {found['node']} runs for {words.lasting(found['up_s'])}, pid {found['pid']}"
    if found["storage_stalled_s"]:
        stalled = words.lasting(found["storage_stalled_s"])
        return fail("daemon", f"{seen}; the database has not answered for {stalled}", "see its log")
    if found["asterisk"] != "connected":
        return fail("daemon", f"{seen}; Asterisk: {found['asterisk']}", "see the lines above")
    return ok("daemon", f"{seen}; connected to Asterisk")
