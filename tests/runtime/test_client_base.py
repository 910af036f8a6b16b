"""The built-in client base answers for one project, and never for another."""

from __future__ import annotations

import pytest

from ccdialer.crm.fault import CrmFault
from ccdialer.runtime.client_base import ClientBase
from ccdialer.storage import Database
from ccdialer.storage.client_journal import Occasion
from ccdialer.storage.clients import ClientRow, put_clients
from tests.storage.client_base import project_of
from tests.storage.samples import NOW, number


def test_each_project_knows_its_own_clients(db: Database) -> None:
    rows = [ClientRow([number(1)], told={"name": "Olga"})]
    put_clients(db, project_of(db), rows, Occasion(NOW, "list.csv"))
    project_of(db, "other")
    base = ClientBase("clients", db)
    card = base.find(f"acme/{number(1)}", 1.0)
    assert card is not None
    assert card.name == "Olga"
    assert base.find(f"acme/{number(2)}", 1.0) is None
    assert base.find(f"other/{number(1)}", 1.0) is None
    assert base.find(f"none/{number(1)}", 1.0) is None


def test_a_database_that_does_not_answer_is_a_fault(db: Database) -> None:
    project_of(db)
    db.run("DROP TABLE client_number")
    with pytest.raises(CrmFault) as caught:
        ClientBase("clients", db).find("acme/+79161234567", 1.0)
    assert caught.value.reason == "crm_database"
