"""What is typed for a number or a project, read alike by every command."""

from __future__ import annotations

import click

from ccdialer import storage
from ccdialer.core.caller_id import ANY_KIND
from ccdialer.core.phone import NotANumber, normalise
from ccdialer.errors import NotFound, Refused
from ccdialer.storage import Database


def number_meant(text: str, region: str, typed_as: str = "NUMBER") -> str:
    """The number, E.164, of any kind; `typed_as` is what the admin has to mend."""
    found = normalise(text, region, ANY_KIND)
    if isinstance(found, NotANumber):
        raise click.BadParameter(found.reason, param_hint=typed_as)
    return found


def project_of(database: Database, name: str | None) -> int:
    """The project that is named, or the only one. Raises NotFound or Refused."""
    ids = {name: project_id for project_id, name in storage.list_projects(database).items()}
    known = ", ".join(ids) or "none yet; make one: ccdialer project apply FILE"
    if name is not None and name not in ids:
        raise NotFound(f'there is no project "{name}"; there are: {known}')
    if name is None and len(ids) != 1:
        raise Refused(f"say which --project; there are: {known}")
    return ids[name] if name is not None else next(iter(ids.values()))
