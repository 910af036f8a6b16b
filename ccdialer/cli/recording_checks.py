"""What `doctor` looks at where talks are recorded: Asterisk writes them, and we see them."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from ccdialer.cli.finding import Finding, fail, ok, warn
from ccdialer.config import Config, Recordings
from ccdialer.core.campaign import Campaign
from ccdialer.core.stored import name_of
from ccdialer.errors import CcdialerError
from ccdialer.runtime.archive import path_of
from ccdialer.runtime.retention import GB, no_room

WHAT = "recording"


def recording_checks(config: Config, campaigns: tuple[Campaign, ...]) -> Iterator[Finding]:
    """Nothing where no campaign records."""
    if not any(campaign.settings.record for campaign in campaigns):
        return
    yield from folder_findings(config.recordings)
    yield from _trial(config)


def folder_findings(wanted: Recordings) -> Iterator[Finding]:
    """The folder as this machine sees it: it is there, it can be read, it has room."""
    try:
        any(Path(wanted.folder).iterdir())
        free = shutil.disk_usage(wanted.folder).free
    except OSError as error:
        remedy = "make it (its owner is Asterisk's account) and let ccdialer's account read it"
        yield fail(WHAT, f"{wanted.folder}: {error.strerror}; nothing is ever deleted", remedy)
        return
    trouble = no_room(wanted)
    if trouble:
        yield fail(WHAT, f"{trouble}: talks are not recorded", "make room, or keep less")
    elif free < 2 * wanted.min_free_gb * GB:
        yield warn(WHAT, f"{free / GB:.1f} GB free in {wanted.folder}", "make room soon")
    else:
        yield ok(WHAT, f"{wanted.folder}: {free / GB:.1f} GB free")


def _trial(config: Config) -> Iterator[Finding]:
    """Asterisk writes a recording, we find it, and Asterisk deletes it."""
    from ccdialer.ari import stored  # aiohttp: only doctor needs it
    from ccdialer.runtime.settings import ari_settings

    wanted = config.recordings
    name = name_of(f"doctor{secrets.token_hex(8)}", 1, time.time())
    try:
        refusal = asyncio.run(stored.trial(ari_settings(config), name, wanted.format))
        yield trial_finding(wanted, name, refusal)
        asyncio.run(stored.delete_all(ari_settings(config), [name]))
    except CcdialerError:
        return  # told already


def trial_finding(wanted: Recordings, name: str, refusal: str) -> Finding:
    """What it means that Asterisk wrote the file, or why it did not."""
    path = path_of(wanted.folder, name, wanted.format)
    if refusal:
        remedy = "give Asterisk's account astspooldir/recording and the module of the format"
        return fail(WHAT, f"Asterisk writes no {wanted.format} recording: {refusal}", remedy)
    try:
        path.open("rb").close()
    except FileNotFoundError:
        remedy = "set recordings.folder to astspooldir/recording of asterisk.conf"
        return fail(WHAT, f"Asterisk writes, and not in {wanted.folder}", remedy)
    except OSError as error:
        remedy = "put ccdialer's account into Asterisk's group"
        return fail(WHAT, f"Asterisk writes {path.parent}, and we: {error.strerror}", remedy)
    return ok(WHAT, f"Asterisk writes {wanted.format}, and we can read it")
