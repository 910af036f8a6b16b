"""`ccdialer run`: the daemon, in the foreground; systemd or a terminal watches it."""

from __future__ import annotations

import click

from ccdialer.cli.site import Site, pass_site


@click.command()
@pass_site
def run(site: Site) -> None:
    """Run the daemon until SIGTERM or Ctrl-C; live calls may end first. SIGHUP reloads."""
    from ccdialer.runtime import daemon  # aiohttp and the rest: other commands start without it

    daemon.run(site.config, site.path)
