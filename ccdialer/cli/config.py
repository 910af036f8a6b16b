"""`ccdialer config`: is config.yaml right, and what is in force."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from ccdialer import config as configuration
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, say, show
from ccdialer.cli.site import Site, pass_site
from ccdialer.reports.table import Table, columns
from ccdialer.schema import plain

HIDDEN = "********"
SECRETS = re.compile(r"(password|secret|token|webhook|headers)$")


@click.group(cls=Noun)
def config() -> None:
    """Check and show config.yaml."""


@config.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@pass_site
def check(site: Site, path: Path | None) -> None:
    """Name every fault of the configuration at once; exit code 2 if there is one."""
    found = path or site.path
    configuration.load(found)
    say(f"{found}: no faults")


@config.command("show")
@format_option
@pass_site
def show_(site: Site, shape: str) -> None:
    """Print every key with the value in force; secrets are hidden."""
    rows = list(settings(site.config))
    show(Table(f"{site.path}", columns("key", "value"), rows), shape)


def settings(section: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Key paths and values of a configuration, fit to be shown to anybody."""
    for field in dataclasses.fields(section):
        key, value = f"{path}{field.name}", getattr(section, field.name)
        if dataclasses.is_dataclass(value):
            yield from settings(value, f"{key}.")
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            for each in value:
                yield from settings(each, f"{key}.{getattr(each, 'name', '')}.")
        else:
            yield key, _shown(key, value)


def _shown(key: str, value: Any) -> Any:
    if SECRETS.search(key):
        return HIDDEN if value else ""
    return without_password(value) if key.endswith("database") else plain(value)


def without_password(url: str) -> str:
    """A database's address with its password hidden."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    account, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{account.partition(':')[0]}:{HIDDEN}@{host}").geturl()
