"""The built-in client base as one of the CRMs: asked by project, in this process."""

from __future__ import annotations

import json

from ccdialer.core.card import Card
from ccdialer.crm.fault import CrmFault
from ccdialer.errors import CcdialerError, NotFound
from ccdialer.storage.cards import card_of
from ccdialer.storage.database import Database
from ccdialer.storage.projects import find_project


class ClientBase:
    """Looks a number up among the clients of one project; each thread has its own connection."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self._database = database
        self._projects: dict[str, int] = {}

    def find(self, number: str, within_s: float) -> Card | None:
        """`number` is `project/+7916...`. Raises CrmFault if the database does not answer."""
        project, _, e164 = number.rpartition("/")
        try:
            project_id = self._project(project)
            return None if project_id is None else card_of(self._database, e164, project_id)
        except (CcdialerError, json.JSONDecodeError) as error:
            raise CrmFault("crm_database", str(error).splitlines()[0]) from error

    def _project(self, name: str) -> int | None:
        """A project keeps its id for ever."""
        if name not in self._projects:
            try:
                self._projects[name] = find_project(self._database, name).id
            except NotFound:
                return None
        return self._projects[name]
