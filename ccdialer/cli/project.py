"""`ccdialer project`: what is set of projects, such as how evenly calls are spread over agents."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

import click

from ccdialer.cli.completion import project_names
from ccdialer.cli.helping import Noun
from ccdialer.cli.output import format_option, hint, say, show
from ccdialer.cli.site import Site, now_ms, pass_site
from ccdialer.core.project import Project, ProjectSettings
from ccdialer.errors import NotFound
from ccdialer.project_file import ProjectEntry, changed, projects_text, read_projects
from ccdialer.reports.table import Table, columns
from ccdialer.schema import plain
from ccdialer.storage import Database
from ccdialer.storage.projects import all_projects, find_project, set_project

name_argument = click.argument("name", shell_complete=project_names)


@click.group(cls=Noun)
def project() -> None:
    """List projects, and set what holds for all of their campaigns."""


@project.command("list")
@format_option
@pass_site
def list_(site: Site, shape: str) -> None:
    """List projects with their settings."""
    names = [field.name for field in fields(ProjectSettings)]
    with site.database() as database:
        rows = [_row(found) for found in all_projects(database)]
    show(Table("projects", columns("project", *names), rows), shape)


def _row(found: Project) -> tuple[object, ...]:
    return (found.name, *plain(asdict(found.settings)).values())


@project.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@pass_site
def apply(site: Site, files: tuple[Path, ...]) -> None:
    """Create or change the projects that FILES describe; all of them, or none if one is faulty."""
    entries = [entry for path in files for entry in read_projects(path)]
    with site.database() as database, database.transaction():
        told = [_apply(database, entry) for entry in entries]
    _tell(site, told)


def _apply(database: Database, entry: ProjectEntry) -> str:
    """Write one project; a line that says what it changed."""
    try:
        before = find_project(database, entry.name).settings
    except NotFound:
        set_project(database, entry.name, entry.settings, now_ms())
        return f'project "{entry.name}": created'
    old, new = plain(asdict(before)), plain(asdict(entry.settings))
    changes = [f"{key}: {old[key]} -> {new[key]}" for key in new if old[key] != new[key]]
    set_project(database, entry.name, entry.settings, now_ms())
    return f'project "{entry.name}": ' + (
        "changed; " + ", ".join(changes) if changes else "unchanged"
    )


def _tell(site: Site, told: list[str]) -> None:
    for line in told:
        say(line)
    trouble = site.poke()
    if trouble:
        hint(f"not in effect yet: {trouble}")


@project.command("set")
@name_argument
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE...")
@pass_site
def set_(site: Site, name: str, changes: tuple[str, ...]) -> None:
    """Change settings of a project: ccdialer project set sales distribution=fewest_calls."""
    with site.database() as database, database.transaction():
        before = find_project(database, name)
        told = _apply(database, ProjectEntry(name, changed(before.settings, changes)))
    _tell(site, [told])


@project.command()
@click.argument("names", nargs=-1, shell_complete=project_names)
@pass_site
def export(site: Site, names: tuple[str, ...]) -> None:
    """Print projects as the file that `project apply` reads; none named: all."""
    with site.database() as database:
        found = [find_project(database, n) for n in names] if names else all_projects(database)
    click.echo(projects_text([ProjectEntry(p.name, p.settings) for p in found]), nl=False)
