"""What is set of projects comes back, and a project may exist before anything is set of it."""

from __future__ import annotations

import pytest

from ccdialer import storage
from ccdialer.core.campaign import CampaignSettings
from ccdialer.core.project import Distribution, Project, ProjectSettings
from ccdialer.errors import NotFound
from ccdialer.storage import Database
from ccdialer.storage.projects import all_projects, find_project, set_project
from tests.storage.samples import NOW

CALLS = ProjectSettings(Distribution.FEWEST_CALLS)


def test_a_project_of_a_campaign_is_as_shipped(db: Database) -> None:
    storage.upsert_campaign(db, "acme", "demo", CampaignSettings("PJSIP/x"), NOW)
    found = find_project(db, "acme")
    assert found == Project(found.id, "acme")


def test_settings_come_back_and_the_project_stays_the_same(db: Database) -> None:
    made = set_project(db, "acme", CALLS, NOW)
    set_project(db, "zoo", ProjectSettings(), NOW)
    assert find_project(db, "acme") == made
    again = set_project(db, "acme", ProjectSettings(), NOW)
    assert (again.id, again.settings.distribution) == (made.id, Distribution.LONGEST_IDLE)
    assert [project.name for project in all_projects(db)] == ["acme", "zoo"]


def test_settings_of_a_later_version_are_read(db: Database) -> None:
    made = set_project(db, "acme", CALLS, NOW)
    db.run("UPDATE project SET settings = ?", ('{"colour": 1, "distribution": "by_height"}',))
    assert find_project(db, "acme") == Project(made.id, "acme", ProjectSettings())


def test_a_project_that_is_not_there(db: Database) -> None:
    with pytest.raises(NotFound, match='no project "nope"; see: ccdialer project list'):
        find_project(db, "nope")
