"""Agents from a CSV file: created, changed or found as they are, a verdict per row."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ccdialer.core.agent import Agent
from ccdialer.errors import Refused
from ccdialer.importing.columns import agent_columns
from ccdialer.importing.rows import Rejected
from ccdialer.importing.table import FOUND_OUT, Layout, open_table
from ccdialer.importing.verdicts import ImportReport, Rejects, Verdict
from ccdialer.storage import Database, list_agents, list_projects, upsert_agent

_YES = ("yes", "y", "true", "1", "да", "+")
_NO = ("no", "n", "false", "0", "нет", "-")


@dataclass(frozen=True, slots=True)
class AgentImport:
    """How a file of agents is to be read."""

    technology: str = "PJSIP"  # of a phone that is given as an extension: 101 is PJSIP/101
    kept_up: bool = True  # where the file does not say
    projects: tuple[str, ...] = ()  # where the file does not say
    layout: Layout = FOUND_OUT
    dry_run: bool = False
    rejects: Path | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    agent: Agent
    projects: tuple[str, ...]


def import_agents(
    database: Database, path: Path | str, options: AgentImport | None = None
) -> ImportReport:
    """Create or change the agents of a CSV file with the columns login, name, phone, kept_up,
    projects, groups; agents that are not in it stay as they are.

    A row is accepted (created or changed), a duplicate (he is so already) or rejected. Raises
    UnreadableFile, having changed nothing, if the file is no table of agents.
    """
    options = options or AgentImport()
    table = open_table(Path(path), options.layout)
    columns = agent_columns(table.path.name, table.header or ())
    report = ImportReport(
        table.path.name, table.encoding, table.delimiter, columns.taken_for, options.dry_run
    )
    rejects = Rejects(options.rejects, table)
    known = _known(database)
    for line, cells in table.rows():
        given = {key: cells[at].strip() for key, at in columns.places.items() if at < len(cells)}
        row = _row(given, options)
        verdict, reason = _stored(database, row, known, options.dry_run)
        report.count(verdict, line, reason)
        if verdict is Verdict.REJECTED:
            rejects.add(cells, reason)
    report.rejects = rejects.close()
    return report


def _known(database: Database) -> dict[str, _Row]:
    names = list_projects(database)
    return {
        agent.login: _Row(_bare(agent), tuple(sorted(names[place] for place in agent.projects)))
        for agent in list_agents(database)
    }


def _bare(agent: Agent) -> Agent:
    return Agent(
        *(0, agent.login, agent.name, agent.phone, agent.kept_up), frozenset(), agent.groups
    )


def _stored(
    database: Database, row: _Row | Rejected, known: dict[str, _Row], dry_run: bool
) -> tuple[Verdict, str]:
    if isinstance(row, Rejected):
        return Verdict.REJECTED, row.reason
    before = known.get(row.agent.login)
    if before is not None and not row.agent.groups:  # groups that are not named stay
        row = replace(row, agent=replace(row.agent, groups=before.agent.groups))
    if before == row:
        return Verdict.DUPLICATE, ""
    owner = next((login for login, k in known.items() if k.agent.phone == row.agent.phone), None)
    if owner not in (None, row.agent.login):
        return Verdict.REJECTED, f"phone {row.agent.phone} belongs to agent {owner} already"
    if not dry_run:
        try:
            upsert_agent(database, row.agent, row.projects, int(time.time() * 1000))
        except Refused as error:
            return Verdict.REJECTED, str(error)
    known[row.agent.login] = row
    return Verdict.ACCEPTED, ""


def _row(given: Mapping[str, str], options: AgentImport) -> _Row | Rejected:
    login = given.get("login", "")
    phone = _phone(given.get("phone", ""), options.technology)
    kept_up = yes_or_no("kept_up", given.get("kept_up", ""), options.kept_up)
    projects = _projects(given.get("projects", ""), options.projects)
    if not re.fullmatch(r"[\w.@-]{1,64}", login):
        return Rejected(f'login "{login[:64]}" is not 1 to 64 letters, digits, dots or dashes')
    for value in (phone, kept_up):
        if isinstance(value, Rejected):
            return value
    if not projects:
        return Rejected(f"agent {login} is in no project; name one in the column projects")
    name = given.get("name") or login
    groups = frozenset(_projects(given.get("groups", ""), ()))
    agent = Agent(0, login, name, str(phone), kept_up is True, frozenset(), groups)
    return _Row(agent, projects)


def _phone(text: str, technology: str) -> str | Rejected:
    """A dial string as it is; an extension as the phone of that name."""
    if re.fullmatch(r"[A-Za-z0-9]+/[^\s&,]+", text):
        return text
    if re.fullmatch(r"[\w.+-]{1,64}", text):
        return f"{technology}/{text}"
    return Rejected(f'phone "{text[:64]}" is neither an extension nor a dial string like PJSIP/101')


def yes_or_no(what: str, text: str, default: bool) -> bool | Rejected:
    """What a cell says, in English or Russian; nothing is the default."""
    if not text:
        return default
    if text.lower() in (*_YES, *_NO):
        return text.lower() in _YES
    return Rejected(f'{what} "{text[:40]}" is neither yes nor no')


def _projects(text: str, default: Sequence[str]) -> tuple[str, ...]:
    names = {part.strip() for part in text.split(";")} - {""}
    return tuple(sorted(names or default))
