"""`ccdialer stop-all` and `resume-all`: the emergency stop of the whole site."""

from __future__ import annotations

import click

from ccdialer import storage
from ccdialer.cli.output import hint, say
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.reports import words


@click.command("stop-all")
@click.option("--reason", default="", help="What `status` and the journal say of it.")
@pass_site
def stop_all(site: Site, reason: str) -> None:
    """Dial nobody any more, in no campaign and on no node, until `resume-all`.

    Clients who are being called are let go, those in a talk talk on. It holds over restarts.
    """
    with site.database() as database:
        storage.stop_all(database, reason, now_ms())
    trouble = site.poke()
    say("all dialing is stopped; live talks go on. Dial again: ccdialer resume-all")
    if trouble:
        hint(f"no daemon dials from now on, and none was told at once: {trouble}")


@click.command("resume-all")
@pass_site
def resume_all(site: Site) -> None:
    """Take `stop-all` back."""
    with site.database() as database:
        stop = storage.standstill_of(database)
        storage.resume_all(database, now_ms())
    if stop is None:
        say("nothing was stopped")
        return
    trouble = site.poke()
    since, reason = stop
    why = f" ({reason})" if reason else ""
    say(f"dialing goes on; it was stopped since {words.at(since, now_ms())}{why}")
    if trouble:
        hint(f"not in effect yet: {trouble}")
