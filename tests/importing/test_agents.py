"""Import of agents, on both databases: created, changed, as they are, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.errors import UnreadableFile
from ccdialer.importing import AgentImport, import_agents
from ccdialer.storage import Database, agent_by_login, list_agents, list_projects
from tests.importing.conftest import Write

FILE = """\
login,name,phone,kept_up,projects
anna,Анна,101,yes,sales; support
boris,Борис,SIP/trunk-7,no,sales
"""


def test_agents_are_created_and_then_as_they_are(db: Database, write: Write) -> None:
    path = write(FILE)
    report = import_agents(db, path)
    assert (report.accepted, report.duplicates, report.rejected) == (2, 0, 0)
    anna, boris = agent_by_login(db, "anna"), agent_by_login(db, "boris")
    assert (anna.name, anna.phone, anna.kept_up) == ("Анна", "PJSIP/101", True)
    assert (boris.phone, boris.kept_up) == ("SIP/trunk-7", False)
    names = list_projects(db)
    assert {names[project] for project in anna.projects} == {"sales", "support"}
    report = import_agents(db, path)
    assert (report.accepted, report.duplicates) == (0, 2)


def test_a_changed_row_changes_the_agent(db: Database, write: Write) -> None:
    import_agents(db, write(FILE))
    report = import_agents(db, write(FILE.replace("sales; support", "sales")))
    assert (report.accepted, report.duplicates) == (1, 1)
    assert len(agent_by_login(db, "anna").projects) == 1


def test_what_cannot_be_taken_is_told(db: Database, write: Write, tmp_path: Path) -> None:
    text = FILE + (
        ",Вера,103,yes,sales\nvera,,,yes,sales\nvera,,103,perhaps,sales\nvera,,103,yes,\n"
        "vera,,101,yes,sales\nvera,,PJSIP/a&PJSIP/b,yes,sales\n"
    )
    report = import_agents(db, write(text), AgentImport(rejects=tmp_path / "rejects.csv"))
    assert (report.accepted, report.rejected) == (2, 6)
    reasons = [remark.reason for remark in report.remarks]
    words = ["login", "neither an extension", "neither yes nor no", "in no project"]
    words += ["belongs to agent anna", "neither an extension"]
    assert all(word in reason for word, reason in zip(words, reasons, strict=True)), reasons
    assert len((tmp_path / "rejects.csv").read_text().splitlines()) == 7


def test_a_dry_run_changes_nothing(db: Database, write: Write) -> None:
    report = import_agents(db, write(FILE), AgentImport(dry_run=True))
    assert report.accepted == 2
    assert list_agents(db) == []


def test_defaults_where_the_file_says_nothing(db: Database, write: Write) -> None:
    options = AgentImport(projects=("sales",), kept_up=False, technology="SIP")
    import_agents(db, write("Логин;Внутренний номер\nanna;101\n"), options)
    anna = agent_by_login(db, "anna")
    assert (anna.name, anna.phone, anna.kept_up) == ("anna", "SIP/101", False)


def test_a_file_that_is_not_of_agents(db: Database, write: Write) -> None:
    with pytest.raises(UnreadableFile, match="no column login and phone among a, b"):
        import_agents(db, write("a,b\n1,2\n"))
